# How a target of this project is compiled, and the kinds there are:
#   braid_module(NAME)   one folder of braid/: its sources, and its unit tests as one program
#   braid_test(NAME)     a test program that crosses modules (tests/)
#   braid_example(NAME)  examples/NAME.cpp, and a ctest entry that runs it
#   braid_program(NAME)  anything else with a main: the tool, a benchmark
# Labels of ctest entries are listed in scripts/test.

function(braid_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)  # unnamed namespaces of included sources
  endif()
endfunction()

function(braid_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE -Wno-restrict)  # false on "literal" + string: GCC PR105651
    endif()
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      target_compile_options(${target} PRIVATE -Wthread-safety)
    endif()
  endif()
  if(BRAID_UNITY STREQUAL "all")
    braid_unity(${target})
  endif()
  if(BRAID_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${BRAID_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${BRAID_SANITIZE})
  endif()
endfunction()

# braid_module(base SOURCES a.cpp TESTS a_test.cpp)            goes into the library braid::core
# braid_module(process LIBRARY SOURCES ... DEPENDS core ...)   is a library of its own, braid::process
function(braid_module name)
  cmake_parse_arguments(arg "LIBRARY" "" "SOURCES;TESTS;DEPENDS" ${ARGN})
  if(arg_LIBRARY)
    set(library braid_${name})
    add_library(${library} STATIC ${arg_SOURCES})
    add_library(braid::${name} ALIAS ${library})
    list(TRANSFORM arg_DEPENDS REPLACE "^(core|process|runner)$" "braid::\\1")
    target_link_libraries(${library} PUBLIC ${arg_DEPENDS})
    braid_compile_options(${library})
  else()
    set(library braid_core)
    list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    target_sources(braid_core PRIVATE ${arg_SOURCES})
  endif()
  if(BRAID_BUILD_TESTS AND arg_TESTS)
    braid_test(${name}_test SOURCES ${arg_TESTS} DEPENDS ${library})
  endif()
endfunction()

# A GoogleTest program, one ctest entry. Further ctest entries may run it with another filter. Names of one program's
# sources do not clash, so that they can be compiled as one. DOES_MUCH: it runs a million operations or schedules; optimised as the
# library is, whatever the preset. COST: seconds, so that ctest begins the longest first.
function(braid_test name)
  cmake_parse_arguments(arg "DOES_MUCH" "TIMEOUT;COST" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  braid_compile_options(${name})
  if(BRAID_UNITY)
    braid_unity(${name})
  endif()
  if(BRAID_TEST_FLAGS AND NOT arg_DOES_MUCH)
    target_compile_options(${name} PRIVATE ${BRAID_TEST_FLAGS})
  endif()
  if(BRAID_TESTS AND NOT name MATCHES "${BRAID_TESTS}")
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
  if(arg_COST)
    set_tests_properties(${name} PROPERTIES COST ${arg_COST})
  endif()
endfunction()

# A program that a user could have written; it ends by itself, with status 0.
function(braid_example name)
  braid_program(${name} SOURCES ${name}.cpp DEPENDS braid::core)
  if(BRAID_BUILD_TESTS)
    add_test(NAME example_${name} COMMAND ${name})
    set_tests_properties(example_${name} PROPERTIES TIMEOUT 60 LABELS example)
  endif()
endfunction()

function(braid_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
  braid_compile_options(${name})
endfunction()
