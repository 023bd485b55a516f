#include "braid/sync/task_group.hpp"

#include "braid/base/check.hpp"

namespace braid {
namespace detail {

join_wait::join_wait(task_group& group) noexcept : performable(group.core_), group_(group) {}

bool join_wait::poll(wake_chain&) {
  group_.core_.lock().assert_held();
  if (!group_.core_.all_ended()) return false;
  mark_finished();
  return true;
}

void join_wait::enlist(wake_chain&) noexcept {
  group_.core_.lock().assert_held();
  BRAID_CHECK(performer::current().scope() != &group_.core_.scope(),
              "a task waits in join() of the group that it belongs to, and so for its own end");
  group_.core_.enlist(*this);
}

void join_wait::withdraw() noexcept {
  if (linked()) unlink();
}

void join_wait::get() {
  group_.core_.run_unstarted();
  performable::get();
}

void join_wait::result() {
  BRAID_CHECK(!enabled(), "result() of a join that was not performed");
  group_.check_outcome();
}

}  // namespace detail

task_group::task_group(const context& parent) : parent_(parent), ctx_(with_cancel(parent).ctx), core_(ctx_.scope()) {}

task_group::~task_group() {
  cancel("its task group ended without a join");
  detail::join_wait all(*this);
  try {
    core_.run_unstarted();
    operation* const wait = &all;
    detail::perform({{&wait, 1}, detail::choice::single}, detail::shield::yes);
  } catch (const no_thread_left&) {
    detail::fail(
        "a task group ended without a join on a worker, and no thread was left to take over while it waits for "
        "its tasks. co_await group.join() on every path, also after an exception");
  }
  BRAID_CHECK(!core_.take_outcome().first_failure || std::uncaught_exceptions() > 0,
              "a task group ended without a join, and one of its tasks had thrown: the exception would be lost. "
              "Join the group");
}

void task_group::cancel(std::string cause) {
  ctx_.scope()->cancel({error_code::cancelled, std::move(cause)});
}

void task_group::check_outcome() {
  detail::group_core::outcome outcome = core_.take_outcome();
  errors_.clear();
  if (outcome.first_failure) {
    errors_.push_back(outcome.first_failure);
    errors_.insert(errors_.end(), outcome.further.begin(), outcome.further.end());
    std::rethrow_exception(outcome.first_failure);
  }
  if (outcome.any_cancelled) parent_.check();
}

}  // namespace braid
