# Headers that nearly every file of a room reads, compiled once a target: two cores build this three
# times over. Every file still includes what it uses, so it compiles without them as well.
set(FERRY_PRECOMPILED
  <chrono> <expected> <filesystem> <functional> <map> <memory> <optional> <span> <string> <vector>
  <fmt/format.h> <boost/unordered/unordered_flat_map.hpp>
  <ferry/v1/command.pb.h> <ferry/v1/event.pb.h> <ferry/v1/stored_event.pb.h>)

function(ferry_precompile target)
  target_precompile_headers(${target} PRIVATE ${FERRY_PRECOMPILED} ${ARGN})
endfunction()
