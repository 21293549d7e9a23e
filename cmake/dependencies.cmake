# What coterie needs. coterieConfig.cmake.in finds the same again for those who use the installed package.

if(POLICY CMP0167)
    cmake_policy(SET CMP0167 NEW)  # Boost's own package file, where CMake no longer has a FindBoost
endif()

find_package(Boost 1.92 REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)
find_package(uriparser REQUIRED)
if(COTERIE_BUILD_CLI OR COTERIE_BUILD_BENCHMARKS)
    find_package(CLI11 REQUIRED)
endif()
