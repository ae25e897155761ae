# `find_package(ferry)` gives ferry::events, ferry::engine and ferry::projections.
include(CMakePackageConfigHelpers)

install(TARGETS ferry_proto ferry_events ferry_engine ferry_projections EXPORT ferry-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS ferry RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT ferry-targets NAMESPACE ferry:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ferry)
foreach(room events engine projections)
  install(DIRECTORY ${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ferry
    FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/proto/ferry DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ferry
  FILES_MATCHING PATTERN "*.pb.h")
install(DIRECTORY proto/ferry DESTINATION ${CMAKE_INSTALL_DATADIR}/ferry/proto
  FILES_MATCHING PATTERN "*.proto")

configure_package_config_file(cmake/ferry-config.cmake.in ${PROJECT_BINARY_DIR}/ferry-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ferry)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ferry-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ferry-config.cmake
  ${PROJECT_BINARY_DIR}/ferry-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ferry)
