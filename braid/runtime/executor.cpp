#include "braid/runtime/executor.hpp"

#include <sched.h>

#include <vector>

#include "braid/base/check.hpp"
#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/locked_executor.hpp"

namespace braid {

executor::~executor() = default;

void executor::enroll(detail::performer& task) {
  detail::mutex_guard guard(registry_mutex_);
  tasks_.push_back(task);
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
    for (detail::performer* task = tasks_.front(); task; task = tasks_.next(*task)) {
      if (!task->scope()) continue;
      task->scope()->retain();
      scopes.push_back(detail::scope_ref::adopt(task->scope()));
    }
  }
  for (const detail::scope_ref& scope : scopes)
    scope->cancel({error_code::cancelled, "the executor that ran the task was destroyed"});
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
