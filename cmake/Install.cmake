include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/antiphon)

install(TARGETS antiphon EXPORT antiphonTargets)
install(EXPORT antiphonTargets NAMESPACE antiphon:: DESTINATION ${package_dir})
install(DIRECTORY include/antiphon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp" PATTERN simulator.hpp EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/antiphon)

# A set of targets of its own: what the simulator links is no matter for those who only link the library.
if(TARGET antiphon_simulator)
  set_target_properties(antiphon_simulator PROPERTIES EXPORT_NAME simulator)
  install(TARGETS antiphon_simulator EXPORT antiphonSimulatorTargets)
  install(EXPORT antiphonSimulatorTargets NAMESPACE antiphon:: DESTINATION ${package_dir})
  install(FILES include/antiphon/simulator.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/antiphon)
endif()

if(TARGET antiphon_cli)
  file(RELATIVE_PATH bin_to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(antiphon_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${bin_to_lib}")
  install(TARGETS antiphon_cli)
endif()

configure_package_config_file(cmake/antiphonConfig.cmake.in antiphonConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(antiphonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/antiphonConfig.cmake ${PROJECT_BINARY_DIR}/antiphonConfigVersion.cmake
  DESTINATION ${package_dir})

# A static library cannot name what it needs, so its users have to link it. `Requires.private` would be the wrong place:
# pkg-config shows it with `--static` only, and then asks for static builds of everything below as well.
set(pc_requires "")
set(pc_libs "")
if(NOT BUILD_SHARED_LIBS)
  set(pc_requires "libcurl openssl simdjson")
  set(pc_libs "-pthread")
endif()
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/antiphon.pc.in antiphon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/antiphon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
