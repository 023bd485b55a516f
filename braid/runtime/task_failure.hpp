// The exception that a task of a group threw, and which task it was.
#pragma once

#include <cstddef>
#include <exception>
#include <source_location>
#include <string>

namespace braid {

struct task_failure {
  std::exception_ptr exception;
  std::size_t number = 0;           ///< Tasks are counted from 0 as they are spawned, and anew after a join.
  std::string name = {};            ///< As spawned with named(); empty without.
  std::source_location place = {};  ///< Where it was spawned with named(); line 0 without.

  /// "task 3 'parse', spawned at main.cpp:12, threw: no such file"
  std::string text() const;
};

}  // namespace braid
