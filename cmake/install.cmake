# The installed package: find_package(coterie) gives coterie::coterie.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/coterie")

install(TARGETS coterie EXPORT coterieTargets)
install(EXPORT coterieTargets NAMESPACE coterie:: DESTINATION "${package_dir}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/coterie" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
if(TARGET coterie_cli)
    install(TARGETS coterie_cli)
endif()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/coterieConfig.cmake.in" coterieConfig.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(coterieConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/coterieConfig.cmake" "${PROJECT_BINARY_DIR}/coterieConfigVersion.cmake" DESTINATION "${package_dir}")
