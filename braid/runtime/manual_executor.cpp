#include "braid/runtime/manual_executor.hpp"

#include "braid/base/check.hpp"

namespace braid {

manual_executor::~manual_executor() {
  BRAID_CHECK(!has_tasks(), "a manual executor was destroyed while tasks lived on it: run() them to their end");
  run();  // frees the entries of tasks that a joiner has run (group_core.hpp)
}

void manual_executor::ready(detail::runnable& work, detail::arrival) noexcept {
  detail::spin_guard guard(lock_);
  queue_.push(work);
}

bool manual_executor::run_one() {
  detail::runnable* work = nullptr;
  {
    detail::spin_guard guard(lock_);
    work = queue_.pop();
  }
  if (!work) return false;
  struct here {
    detail::worker self;
    void* const before = detail::worker_slot();
    explicit here(executor& on) : self(on) { detail::worker_slot() = &self; }
    ~here() { detail::worker_slot() = before; }
  } const as_worker(*this);
  work->run();
  return true;
}

std::size_t manual_executor::run() {
  std::size_t slices = 0;
  while (run_one()) ++slices;
  return slices;
}

bool manual_executor::lend_thread(detail::thread_wait&) noexcept {
  detail::fail(
      "a task waited with get(), or another call that blocks its thread, on a manual executor: there is no "
      "other thread to complete what it waits for. co_await the operation");
}

}  // namespace braid
