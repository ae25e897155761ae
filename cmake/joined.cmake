# Sources are compiled by the dozen: what a file takes to compile is for the most part the same
# templates as in every other, and a dozen at once take less than half the time. Every file still
# compiles alone: FERRY_JOIN_SOURCES=OFF does that, for whoever edits (a changed file is then all
# that is compiled again), and for the preset coverage.
option(FERRY_JOIN_SOURCES "Compile sources by the dozen" ON)
set(FERRY_JOINED_AT_ONCE 12)

# For a target whose files call no two things in anonymous namespaces alike. Those named after it
# stay alone: each takes long by itself, or shares names with its like by design.
function(ferry_join target)
  if(FERRY_JOIN_SOURCES)
    set_target_properties(${target} PROPERTIES
      UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${FERRY_JOINED_AT_ONCE})
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# For files of tests, which define nothing for each other and call much alike. Sets `out` to the
# sources that stand for the given ones, which are full paths.
function(ferry_joined out name)
  set(sources ${ARGN})
  if(NOT FERRY_JOIN_SOURCES)
    set(${out} ${sources} PARENT_SCOPE)
    return()
  endif()
  set(joined)
  while(sources)
    list(SUBLIST sources 0 ${FERRY_JOINED_AT_ONCE} part)
    list(REMOVE_ITEM sources ${part})
    list(LENGTH joined number)
    set(into ${CMAKE_CURRENT_BINARY_DIR}/${name}_${number}.cpp)
    list(JOIN part "," listed)
    add_custom_command(OUTPUT ${into}
      COMMAND ${CMAKE_COMMAND} -D INTO=${into} -D SOURCES=${listed}
        -P ${PROJECT_SOURCE_DIR}/cmake/join_sources.cmake
      DEPENDS ${part} ${PROJECT_SOURCE_DIR}/cmake/join_sources.cmake VERBATIM)
    list(APPEND joined ${into})
  endwhile()
  set(${out} ${joined} PARENT_SCOPE)
endfunction()
