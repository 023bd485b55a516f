# `cmake --install`: the in-process library as braid::core, for find_package(braid) and for pkg-config, and the
# braid tool where it was built. Everything installed finds the rest from its own place, so a prefix can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The layers of braid::core: those up to simulation (see BRAID_LAYERS in braid/CMakeLists.txt).
get_directory_property(layers DIRECTORY ${PROJECT_SOURCE_DIR}/braid DEFINITION BRAID_LAYERS)
string(REGEX REPLACE "(simulation).*" "\\1" core_layers "${layers}")
string(REGEX MATCHALL "[a-z]+" core_layers "${core_layers}")
foreach(layer IN LISTS core_layers)
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/braid/${layer})
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/braid/${layer} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/braid
            FILES_MATCHING PATTERN "*.hpp" PATTERN "*_test.hpp" EXCLUDE)
  endif()
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/braid/braid.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/braid OPTIONAL)

set_target_properties(braid_core PROPERTIES OUTPUT_NAME braid)
install(TARGETS braid_core EXPORT braid_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/braid)
install(EXPORT braid_targets NAMESPACE braid:: FILE braidTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/braidConfig.cmake.in ${PROJECT_BINARY_DIR}/braidConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/braidConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/braidConfig.cmake ${PROJECT_BINARY_DIR}/braidConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/braid_check_coroutines.cmake DESTINATION ${package_dir})
install(PROGRAMS ${PROJECT_SOURCE_DIR}/tools/check_coroutines.py DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME braid-check-coroutines)

# pkg-config finds the prefix from the place of braid.pc; how far up that is depends on the library folder.
file(RELATIVE_PATH up_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_CURRENT_LIST_DIR}/braid.pc.in ${PROJECT_BINARY_DIR}/braid.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/braid.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET braid_tool)
  install(TARGETS braid_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} OPTIONAL)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
