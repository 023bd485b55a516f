// A million awaits that end at once, and a recursion 100,000 deep: symmetric transfer against a driver loop.
#include "model.hpp"

namespace {
using namespace probe;

/// Lazy like probe::task, but resumes its child and its parent by symmetric transfer.
class [[nodiscard]] transferring_task {
 public:
  struct promise_type {
    std::coroutine_handle<> after = std::noop_coroutine();
    int result = 0;
    transferring_task get_return_object() noexcept {
      return transferring_task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct last {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          return self.promise().after;
        }
        void await_resume() noexcept {}
      };
      return last{};
    }
    void return_value(int n) noexcept { result = n; }
    void unhandled_exception() noexcept { std::terminate(); }
  };
  struct awaiter {
    std::coroutine_handle<promise_type> child;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) const noexcept {
      child.promise().after = parent;
      return child;
    }
    int await_resume() const noexcept { return child.promise().result; }
  };
  transferring_task(transferring_task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~transferring_task() {
    if (frame_) frame_.destroy();
  }
  awaiter operator co_await() && noexcept { return awaiter{frame_}; }
  int get() && {
    frame_.resume();
    return frame_.promise().result;
  }

 private:
  explicit transferring_task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

constexpr int awaits = 1'000'000;
constexpr int depth = 100'000;

template<class Task>
Task one() {
  int n = 1;
  co_return n;
}
template<class Task>
Task many() {
  int sum = 0;
  for (int i = 0; i < awaits; ++i) sum += co_await one<Task>();
  co_return sum;
}
template<class Task>
Task deep(int left) {
  int below = left == 0 ? 0 : 1;
  if (below == 1) below += co_await deep<Task>(left - 1);
  co_return below;
}
BRAID_TRAP(million_awaited_tasks_by_symmetric_transfer) {
  expect(many<transferring_task>().get() == awaits, "sum");
}
BRAID_TRAP(million_awaited_tasks_by_the_driver_loop) {
  expect(many<task<int>>().get() == awaits, "sum");
}
BRAID_TRAP(deep_recursion_by_symmetric_transfer) {
  expect(deep<transferring_task>(depth).get() == depth, "depth");
}
BRAID_TRAP(deep_recursion_by_the_driver_loop) {
  expect(deep<task<int>>(depth).get() == depth, "depth");
}

/// An operation that is ready only after await_suspend has looked: it declines to suspend by returning false.
struct declining {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  int await_resume() const noexcept { return 1; }
};
/// The same by handing the waiter back as the next coroutine.
struct handing_back {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) const noexcept { return waiter; }
  int await_resume() const noexcept { return 1; }
};
template<class Awaitable>
task<int> loop_over() {
  int sum = 0;
  for (int i = 0; i < awaits; ++i) sum += co_await Awaitable{};
  co_return sum;
}
BRAID_TRAP(million_operations_that_decline_to_suspend) {
  expect(loop_over<declining>().get() == awaits, "sum");
}
BRAID_TRAP(million_operations_that_hand_the_waiter_back) {
  expect(loop_over<handing_back>().get() == awaits, "sum");
}

}  // namespace
