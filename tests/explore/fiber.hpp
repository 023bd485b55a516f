// A fiber: one stack on which an explored thread runs, inside the one OS thread of the explorer.
//
// Made with ucontext, switched with _setjmp/_longjmp: no signal mask, so no system call, per switch. The C++
// runtime keeps its stack of caught exceptions per OS thread; every switch carries it along, so a fiber may be
// switched away inside a catch block.
#pragma once

#include <csetjmp>
#include <cstddef>

namespace explore {

class fiber {
 public:
  using body = void (*)(void* argument);

  fiber();
  ~fiber();
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;

  /// Arms the fiber: the next switch to it calls body(argument) on its own stack, from the top. Whatever the fiber
  /// was doing is dropped without unwinding. `run` must not return: it ends by switching away for good.
  void arm(body run, void* argument) noexcept;

  /// Saves this fiber, which must be the running one, and goes on with `next`.
  void switch_to(fiber& next) noexcept;

  /// Stands for the stack that the program was started on; it has no stack of its own and cannot be armed.
  static fiber& home();

 private:
  struct no_stack {};
  explicit fiber(no_stack) noexcept {}
  [[noreturn]] void enter() noexcept;
  static void trampoline(unsigned high, unsigned low);

  struct exceptions {
    void* caught = nullptr;
    unsigned uncaught = 0;
  };

  std::jmp_buf place_{};
  exceptions exceptions_;
  std::byte* stack_ = nullptr;
  body run_ = nullptr;
  void* argument_ = nullptr;
  bool fresh_ = false;
};

}  // namespace explore
