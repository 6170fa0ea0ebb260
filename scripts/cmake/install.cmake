# `cmake --install build/release --component core` puts the core where other CMake projects find it:
#
#   find_package(plinto_polar 0.1 REQUIRED)
#   target_link_libraries(service PRIVATE plinto::polar_core)    # #include "core/webhook/signature.h"
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/plinto_polar)
set_target_properties(plinto_polar_core PROPERTIES EXPORT_NAME polar_core)
install(TARGETS plinto_polar_core EXPORT plinto_polar_targets ARCHIVE COMPONENT core)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/cpp/core DESTINATION include/plinto_polar COMPONENT core
        FILES_MATCHING PATTERN *.h PATTERN schema EXCLUDE)
install(EXPORT plinto_polar_targets NAMESPACE plinto:: DESTINATION ${package_folder} COMPONENT core)

configure_package_config_file(${CMAKE_SOURCE_DIR}/scripts/cmake/plinto_polar-config.cmake.in
                              ${CMAKE_BINARY_DIR}/plinto_polar-config.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may break what it likes.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/plinto_polar-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/plinto_polar-config.cmake ${CMAKE_BINARY_DIR}/plinto_polar-config-version.cmake
        DESTINATION ${package_folder} COMPONENT core)
