# Turns src/store/redis/scripts/*.lua into one C++ source that defines coterie::redis::all_scripts() (see scripts.hpp).
#
#   coterie_embed_scripts(<out-var>)   sets <out-var> to the path of the generated source
#
# A line `--@include name` is replaced by scripts/lib/name.lua. The same file does the work when it is run by `cmake -P` at build
# time, so that the source is made anew whenever a script changes.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(COTERIE_EMBED_SCRIPTS_FILE ${CMAKE_CURRENT_LIST_FILE})

  function(coterie_embed_scripts out)
    set(folder ${PROJECT_SOURCE_DIR}/src/store/redis/scripts)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated/redis_scripts.cpp)
    file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.lua ${folder}/lib/*.lua)
    add_custom_command(
      OUTPUT ${generated}
      COMMAND ${CMAKE_COMMAND} -D folder=${folder} -D generated=${generated} -P ${COTERIE_EMBED_SCRIPTS_FILE}
      DEPENDS ${scripts} ${COTERIE_EMBED_SCRIPTS_FILE}
      COMMENT "Embedding the Lua scripts"
      VERBATIM)
    set_source_files_properties(${generated} PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/src)
    set(${out} ${generated} PARENT_SCOPE)
  endfunction()
  return()
endif()

file(GLOB scripts ${folder}/*.lua)
list(SORT scripts)
set(entries "")
foreach(script IN LISTS scripts)
  get_filename_component(name ${script} NAME_WE)
  file(READ ${script} text)
  string(REGEX MATCHALL "--@include [a-z_]+" includes "${text}")
  foreach(include IN LISTS includes)
    string(REPLACE "--@include " "" part "${include}")
    if(NOT EXISTS ${folder}/lib/${part}.lua)
      message(FATAL_ERROR "${script}: there is no lib/${part}.lua")
    endif()
    file(READ ${folder}/lib/${part}.lua body)
    string(REPLACE "${include}\n" "${body}" text "${text}")
  endforeach()
  string(SHA1 sha1 "${text}")
  string(APPEND entries "    {\"${name}\", \"${sha1}\", R\"lua(${text})lua\"},\n")
endforeach()

set(source "// Generated from src/store/redis/scripts by cmake/embed_scripts.cmake.
#include \"store/redis/scripts.hpp\"

namespace coterie::redis {

static constexpr script scripts[] = {
${entries}};

std::span<script const> all_scripts() noexcept { return scripts; }

}  // namespace coterie::redis
")
file(WRITE ${generated} "${source}")
