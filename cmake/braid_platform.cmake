# What braid runs on, said before anything is compiled.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR "braid: ${CMAKE_SYSTEM_NAME} is not supported: waiting stands on Linux futexes and pidfds. Build on Linux.")
endif()
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|aarch64|arm64)$")
  message(FATAL_ERROR "braid: processor ${CMAKE_SYSTEM_PROCESSOR} is not supported. Build on x86-64 or aarch64.")
endif()
find_package(Threads REQUIRED)
