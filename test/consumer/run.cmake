# cmake -D ... -P run.cmake: see CMakeLists.txt for what it is given.

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefixes "${WORK}/prefix" ${PREFIXES})
list(JOIN prefixes "\\;" prefixes)

run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix" --config "${CONFIG}")
run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${PROJECT}" -B "${WORK}/build"
    -D "CMAKE_PREFIX_PATH=${prefixes}"
    -D "CMAKE_BUILD_TYPE=${CONFIG}"
    -D "CMAKE_CXX_COMPILER=${COMPILER}"
    -D "CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
    -D "CMAKE_CXX_FLAGS=${FLAGS}")
run("${CMAKE_COMMAND}" --build "${WORK}/build" --config "${CONFIG}")
run("${WORK}/build/consumer")
