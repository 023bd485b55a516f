#include "braid/runtime/executor.hpp"

#include <vector>

#include "braid/base/check.hpp"
#include "braid/runtime/cancel_scope.hpp"

namespace braid {

executor::~executor() = default;

namespace {
const detail::constant_cause& executor_gone() {
  static const detail::constant_cause it(error_code::cancelled, "the executor that ran the task was destroyed");
  return it;
}
}  // namespace

void executor::check_threads() const noexcept {
  BRAID_CHECK(!has_lost_threads(),
              "an executor that was made before fork() is used in the child process, which has none of its threads: "
              "make it after the fork. (The default executor is made anew there; tasks of the parent are not)");
}

void executor::enroll(detail::performer& task) {
  check_threads();
  bool draining = false;
  {
    detail::mutex_guard guard(registry_mutex_);
    tasks_.push_back(task);
    draining = draining_;
  }
  if (draining) task.scope()->cancel(executor_gone());
}

void executor::leave(detail::performer& task) noexcept {
  detail::mutex_guard guard(registry_mutex_);
  tasks_.erase(task);
  // Under the mutex: once it is released, the thread that waits for the last task may destroy the executor.
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
  for (const detail::scope_ref& scope : scopes) scope->cancel(executor_gone());
  detail::mutex_guard guard(registry_mutex_);
  while (!tasks_.empty()) guard.wait(empty_);
}

bool executor::has_tasks() {
  detail::mutex_guard guard(registry_mutex_);
  return !tasks_.empty();
}

std::string executor::describe_tasks() {
  detail::mutex_guard guard(registry_mutex_);
  std::string text;
  std::size_t number = 0;
  for (detail::performer* task = tasks_.front(); task; task = tasks_.next(*task))
    text += "task " + std::to_string(++number) + ": " + task->describe_state() + "\n";
  return text;
}

namespace detail {

worker* worker::current() noexcept {
  return static_cast<worker*>(worker_slot());
}

executor* worker_of() noexcept {
  worker* const self = worker::current();
  return self ? &self->on() : nullptr;
}

}  // namespace detail
}  // namespace braid
