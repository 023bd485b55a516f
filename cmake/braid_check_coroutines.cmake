# braid_check_coroutines(TARGET [PATHS path...])
#
# Checks the sources of TARGET, and the files and folders in PATHS (its headers, say), for coroutine forms that g++ 12
# miscompiles. It runs before TARGET is built, again when one of them has changed, and fails the build with the place of
# each bad form and what to write instead. Works with every compiler; wants Python 3.
set_property(GLOBAL PROPERTY braid_coroutine_checker ${CMAKE_CURRENT_LIST_DIR}/../tools/check_coroutines.py)

function(braid_check_coroutines target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PATHS")
  if(NOT TARGET ${target} OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "braid_check_coroutines: expected the name of a target, and PATHS before further files; got: ${ARGV}")
  endif()
  find_package(Python3 COMPONENTS Interpreter)
  if(NOT Python3_Interpreter_FOUND)
    message(FATAL_ERROR "braid_check_coroutines: Python 3 is not installed. Install it, or remove the call.")
  endif()
  get_property(checker GLOBAL PROPERTY braid_coroutine_checker)
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  list(FILTER sources EXCLUDE REGEX "^\\$<")  # known only after the build files are written
  list(FILTER sources INCLUDE REGEX "\\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp)$")
  set(paths ${sources} ${arg_PATHS})
  list(TRANSFORM paths PREPEND "${folder}/" REGEX "^[^/]")
  set(checked ${paths})
  foreach(path IN LISTS arg_PATHS)
    cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY ${folder})
    if(IS_DIRECTORY ${path})
      file(GLOB_RECURSE inside CONFIGURE_DEPENDS ${path}/*)
      list(APPEND checked ${inside})
    endif()
  endforeach()
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}_coroutines_checked)
  add_custom_command(OUTPUT ${stamp} DEPENDS ${checked} ${checker} VERBATIM COMMENT "Checking the coroutines of ${target}"
                     COMMAND Python3::Interpreter ${checker} ${paths} COMMAND ${CMAKE_COMMAND} -E touch ${stamp})
  add_custom_target(${target}_coroutine_check DEPENDS ${stamp})
  add_dependencies(${target} ${target}_coroutine_check)
endfunction()
