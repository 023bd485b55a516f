#include "explore/fiber.hpp"

#include <cxxabi.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace explore {
namespace {

constexpr std::size_t guard_bytes = 4096;
constexpr std::size_t stack_bytes = 256 * 1024;

}  // namespace

fiber::fiber() {
  void* memory = mmap(nullptr, guard_bytes + stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory, guard_bytes, PROT_NONE) != 0) {
    std::perror("explore: no memory for a stack");
    std::abort();
  }
  stack_ = static_cast<std::byte*>(memory);
}

fiber::~fiber() {
  if (stack_ != nullptr) munmap(stack_, guard_bytes + stack_bytes);
}

fiber& fiber::home() {
  static fiber the_first{no_stack{}};
  return the_first;
}

void fiber::arm(body run, void* argument) noexcept {
  run_ = run;
  argument_ = argument;
  exceptions_ = {};
  fresh_ = true;
}

void fiber::switch_to(fiber& next) noexcept {
  auto* live = reinterpret_cast<exceptions*>(abi::__cxa_get_globals());
  exceptions_ = *live;
  if (_setjmp(place_) == 0) {
    *live = next.exceptions_;
    if (next.fresh_) next.enter();
    _longjmp(next.place_, 1);
  }
}

void fiber::enter() noexcept {
  fresh_ = false;
  ucontext_t start;
  getcontext(&start);
  start.uc_stack.ss_sp = stack_ + guard_bytes;
  start.uc_stack.ss_size = stack_bytes;
  start.uc_link = nullptr;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&start, reinterpret_cast<void (*)()>(&fiber::trampoline), 2, static_cast<unsigned>(self >> 32),
              static_cast<unsigned>(self));
  setcontext(&start);
  std::abort();  // setcontext does not come back
}

void fiber::trampoline(unsigned high, unsigned low) {
  auto* self = reinterpret_cast<fiber*>((static_cast<std::uintptr_t>(high) << 32) | low);
  self->run_(self->argument_);
  std::abort();  // a body ends by switching away
}

}  // namespace explore
