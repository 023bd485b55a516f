// The process in which a stage was started, which has the threads and tasks that work for the stage.
#pragma once

#include "braid/base/check.hpp"
#include "braid/base/home_process.hpp"

namespace braid::detail {

class stage_home {
 public:
  void starts_here() noexcept { home_ = home_process(); }
  /// Returns false in the child of a fork.
  bool is_here() const noexcept { return home_.is_here(); }
  /// Call before a wait for the stage.
  void check() const noexcept {
    BRAID_CHECK(
        is_here(),
        "a stream that was started before fork() waits in the child process, which has none of the threads that "
        "work for it: run it to its end before the fork, or start it after");
  }

 private:
  home_process home_;
};

}  // namespace braid::detail
