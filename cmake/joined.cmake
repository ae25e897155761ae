# Tests are compiled by the dozen: what a test file takes to compile is for the most part the same
# templates as in every other, and ten of them at once take half the time. Every file still compiles
# alone, which FERRY_JOIN_TESTS=OFF does.
option(FERRY_JOIN_TESTS "Compile test files by the dozen" ON)
set(FERRY_JOINED_AT_ONCE 12)

# Sets `out` to the sources that stand for the given ones, which are full paths.
function(ferry_joined out name)
  set(sources ${ARGN})
  if(NOT FERRY_JOIN_TESTS)
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
