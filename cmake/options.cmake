# How coterie's own targets are compiled. Nothing of this reaches a project that uses coterie.

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(COTERIE_CCACHE ccache)
    mark_as_advanced(COTERIE_CCACHE)
    if(COTERIE_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${COTERIE_CCACHE}")
    endif()
endif()

function(coterie_compile_options target)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_features(${target} PUBLIC cxx_std_20)
    if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
        target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            # False alarm of g++ 12 about the frames of Asio's coroutines.
            target_compile_options(${target} PRIVATE -Wno-mismatched-new-delete)
        endif()
        if(COTERIE_WARNINGS_AS_ERRORS)
            target_compile_options(${target} PRIVATE -Werror)
        endif()
    endif()
endfunction()
