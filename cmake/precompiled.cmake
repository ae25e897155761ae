# Headers that nearly every file of a room reads, compiled once for all targets that are compiled
# alike: it takes as long as a dozen files. Every file still includes what it uses, so it compiles
# without them as well.
set(FERRY_PRECOMPILED
  <chrono> <expected> <filesystem> <functional> <map> <memory> <optional> <span> <string> <vector>
  <fmt/format.h> <boost/unordered/unordered_flat_map.hpp>
  <ferry/v1/command.pb.h> <ferry/v1/event.pb.h> <ferry/v1/stored_event.pb.h>)

function(ferry_precompile target)
  target_precompile_headers(${target} PRIVATE ${FERRY_PRECOMPILED} ${ARGN})
endfunction()

# For a target that is compiled as `like` is, with its options and at least its definitions: with
# what was compiled for that.
function(ferry_precompile_as target like)
  target_precompile_headers(${target} REUSE_FROM ${like})
endfunction()
