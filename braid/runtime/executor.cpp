#include "braid/runtime/executor.hpp"

#include <sched.h>

#include <vector>

#include "braid/base/check.hpp"
#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/locked_executor.hpp"

namespace braid {

executor::~executor() = default;

namespace {
const char* const executor_gone = "the executor that ran the task was destroyed";
}  // namespace

void executor::enroll(detail::performer& task) {
  bool draining = false;
  {
    detail::mutex_guard guard(registry_mutex_);
    tasks_.push_back(task);
    draining = draining_;
  }
  if (draining) task.scope()->cancel({error_code::cancelled, executor_gone});
}

void executor::leave(detail::performer& task) noexcept {
  detail::mutex_guard guard(registry_mutex_);
  tasks_.erase(task);
  // Under the mutex: once it is released, the one who waits for the last task may destroy the executor.
  if (tasks_.empty()) empty_.notify_all();
}

void executor::cancel_and_drain() {
  std::vector<detail::scope_ref> scopes;
  {
    detail::mutex_guard guard(registry_mutex_);
    draining_ = true;
    for (detail::performer* task = tasks_.front(); task; task = tasks_.next(*task)) {
      task->scope()->retain();
      scopes.push_back(detail::scope_ref::adopt(task->scope()));
    }
  }
  for (const detail::scope_ref& scope : scopes) scope->cancel({error_code::cancelled, executor_gone});
  detail::mutex_guard guard(registry_mutex_);
  while (!tasks_.empty()) guard.wait(empty_);
}

namespace {

std::size_t usable_cpus() noexcept {
  cpu_set_t set;
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
  return count > 0 ? static_cast<std::size_t>(count) : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

executor& default_executor() {
  static locked_executor& the_executor = *new locked_executor(usable_cpus());
  return the_executor;
}

}  // namespace braid
