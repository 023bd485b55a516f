// A lazy task and the driver loop that runs it.
#pragma once

#include "value.hpp"

namespace probe {

/// The driver loop: a task that awaits or ends leaves the next handle here and returns.
void drive();

template<class T>
struct outcome {
  std::optional<T> value_ = {};
  std::exception_ptr error_ = nullptr;
  template<class U>
  void return_value(U&& result) {
    value_.emplace(std::forward<U>(result));
  }
  T take() {
    if (error_) std::rethrow_exception(error_);
    return std::move(*value_);
  }
};

template<>
struct outcome<void> {
  std::exception_ptr error_ = nullptr;
  void return_void() {}
  void take() {
    if (error_) std::rethrow_exception(error_);
  }
};

/// Lazy; owns its frame.
template<class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type : outcome<T> {
    std::coroutine_handle<> after_ = nullptr;
    task get_return_object() noexcept { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct last {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept { next = self.promise().after_; }
        void await_resume() noexcept {}
      };
      return last{};
    }
    void unhandled_exception() noexcept { this->error_ = std::current_exception(); }
  };

  struct awaiter {  // trivially destructible, points at the task
    std::coroutine_handle<promise_type> child;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> parent) const noexcept {
      child.promise().after_ = parent;
      next = child;
    }
    T await_resume() const { return child.promise().take(); }
  };

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~task() {
    if (frame_) frame_.destroy();
  }
  awaiter operator co_await() && noexcept { return awaiter{frame_}; }
  T get() && {
    next = frame_;
    drive();
    expect(frame_.done(), "the task did not end");
    return frame_.promise().take();
  }

 private:
  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

extern template class task<void>;
extern template class task<int>;

}  // namespace probe
