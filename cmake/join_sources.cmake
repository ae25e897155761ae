# Run as `cmake -D INTO=FILE -D SOURCES=A,B,C -P join_sources.cmake` (see cmake/joined.cmake): one
# source that holds all of them, each in a namespace of its own, so that what two files call alike
# stays apart. Their places in it are given as their own.
string(REPLACE "," ";" SOURCES "${SOURCES}")
file(WRITE ${INTO} "")
foreach(source IN LISTS SOURCES)
  get_filename_component(noun ${source} NAME_WE)
  file(READ ${source} text)
  string(REGEX REPLACE "\nnamespace (ferry[a-z:]*) {\n" "\nnamespace \\1 { namespace in_${noun} {\n"
    text "${text}")
  string(REGEX REPLACE "\n}  // namespace ferry[a-z:]*\n" "\n}}\n" text "${text}")
  file(APPEND ${INTO} "#line 1 \"${source}\"\n${text}")
endforeach()
