# The packs that ship are part of the program: each file of deploy/packs becomes a text in a source
# of the engine, the default pack first.
file(GLOB FERRY_PACKS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/deploy/packs/*.toml)
set(FERRY_DEFAULT_PACK ${PROJECT_SOURCE_DIR}/deploy/packs/side-by-side.toml)
list(REMOVE_ITEM FERRY_PACKS ${FERRY_DEFAULT_PACK})
list(PREPEND FERRY_PACKS ${FERRY_DEFAULT_PACK})
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${FERRY_PACKS})

set(rows "")
set(count 0)
foreach(pack ${FERRY_PACKS})
  get_filename_component(name ${pack} NAME_WE)
  file(READ ${pack} text)
  string(APPEND rows "    {\"${name}\", R\"pack-text(${text})pack-text\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
set(FERRY_PACKS_SOURCE ${PROJECT_BINARY_DIR}/built_in_packs.cpp)
file(CONFIGURE OUTPUT ${FERRY_PACKS_SOURCE} @ONLY CONTENT "#include \"engine/pack.hpp\"

namespace ferry {

namespace {

constexpr BuiltInPack packs[${count}] = {
${rows}};

}  // namespace

std::span<const BuiltInPack> built_in_packs() { return packs; }

}  // namespace ferry
")
target_sources(ferry_engine PRIVATE ${FERRY_PACKS_SOURCE})
