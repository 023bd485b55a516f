#include "braid/sync/task_group.hpp"

#include <algorithm>

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
  group_.core_.enlist(*this);
}

void join_wait::withdraw() noexcept {
  if (linked()) unlink();
}

void join_wait::result() { group_.check_errors(); }

namespace {

/// A cancelled child of a cancelled group has not failed.
bool is_failure(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const cancelled&) {
    return false;
  } catch (...) {
    return true;
  }
}

}  // namespace
}  // namespace detail

task_group::task_group(const context& parent) : parent_(parent), ctx_(with_cancel(parent).ctx), core_(ctx_.scope()) {}

task_group::~task_group() {
  cancel("its task group ended without a join");
  detail::join_wait all(*this);
  operation* const wait = &all;
  detail::perform({{&wait, 1}, detail::choice::single}, detail::shield::yes);
  for (std::exception_ptr& thrown : core_.take_errors())
    BRAID_CHECK(std::uncaught_exceptions() > 0 || !detail::is_failure(thrown),
                "a task group ended without a join, and one of its tasks had thrown: the exception would be lost. "
                "Join the group");
}

void task_group::cancel(std::string cause) {
  ctx_.scope()->cancel({error_code::cancelled, std::move(cause)});
}

void task_group::check_errors() {
  errors_ = core_.take_errors();
  const auto failure = std::find_if(errors_.begin(), errors_.end(), detail::is_failure);
  if (failure != errors_.end()) {
    std::rotate(errors_.begin(), failure, failure + 1);
    std::rethrow_exception(errors_.front());
  }
  if (!errors_.empty()) {
    if (!ctx_.is_cancelled()) std::rethrow_exception(errors_.front());
    parent_.check();
  }
}

}  // namespace braid
