# A room is one folder, one static library and one line in the link order. Warnings are errors for
# Ferry's own code; generated and foreign headers are system headers.
add_library(ferry_options INTERFACE)
target_compile_options(ferry_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(FERRY_SANITIZE)
  add_compile_options(-fsanitize=${FERRY_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FERRY_SANITIZE})
  # The sanitizers' own instrumentation makes g++ 12 see maybe-uninitialised values that are not.
  target_compile_options(ferry_options INTERFACE -Wno-maybe-uninitialized)
endif()

# Commands and events are many small texts, and the C library's allocator was half of an import's
# time. Only programs are linked with another one; the sanitizers bring their own.
function(ferry_allocator program)
  if(NOT FERRY_SANITIZE)
    target_link_libraries(${program} PRIVATE mimalloc)
    target_compile_definitions(${program} PRIVATE FERRY_MIMALLOC)
  endif()
endfunction()

function(ferry_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;ALONE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  add_library(ferry_${name} STATIC ${sources})
  add_library(ferry::${name} ALIAS ferry_${name})
  set_target_properties(ferry_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(ferry_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/ferry>)
  target_link_libraries(ferry_${name} PUBLIC ${ROOM_LINKS} PRIVATE $<BUILD_INTERFACE:ferry_options>)
  if(name STREQUAL "events")
    ferry_precompile(ferry_events <boost/json.hpp>)
  else()
    ferry_precompile_as(ferry_${name} ferry_events)
  endif()
  ferry_join(ferry_${name} ${ROOM_ALONE})
endfunction()
