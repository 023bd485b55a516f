#include "braid/sync/task_group.hpp"

#include <cstdio>
#include <new>
#include <stdexcept>

#include "braid/base/check.hpp"

namespace braid {
namespace detail {

join_wait::join_wait(task_group& group, because why) noexcept : performable(group.core_), group_(group), why_(why) {}

std::string join_wait::describe() const {
  return why_ == because::asked ? "join() of a task group"
                                : "the destructor of a task group that was not joined: it has cancelled its tasks, and "
                                  "waits for their end";
}

std::string join_wait::describe_others() const {
  group_.core_.lock().assert_held();
  const std::size_t live = group_.core_.live();
  return "    " + std::to_string(live) + (live == 1 ? " of its tasks has" : " of its tasks have") + " not ended\n";
}

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
  group_.core_.check_children();
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

namespace {

const detail::constant_cause& not_joined() {
  static const detail::constant_cause it(error_code::cancelled, "its task group ended without a join");
  return it;
}

}  // namespace

task_group::task_group(const context& parent, std::size_t needed)
    : parent_(parent), ctx_(with_cancel(parent).ctx), core_(ctx_.scope(), needed) {
  not_joined();
}

task_group::~task_group() {
  if (core_.has_lost_children()) {
    ctx_.scope()->retain();  // the copies of the children use it
    return;
  }
  core_.scope_now()->cancel(not_joined());
  detail::join_wait all(*this, detail::join_wait::because::unjoined);
  try {
    core_.run_unstarted();
    operation* const wait = &all;
    detail::perform({{&wait, 1}, detail::choice::single}, detail::shield::yes);
  } catch (const no_thread_left&) {
    detail::fail(
        "a task group ended without a join on a worker, and no thread was left to take over while it waits for "
        "its tasks. co_await group.join() on every path, also after an exception");
  }
  while (const std::optional<task_failure> lost = core_.take_failure(true)) report_lost(*lost);
}

void task_group::report_lost(const task_failure& failure) const noexcept {
  if (const auto* handler = ctx_.value(on_lost_failure); handler && *handler) return (*handler)(failure);
  std::fprintf(stderr, "braid: a task group ended without a join; %s\n", failure.text().c_str());
  BRAID_CHECK(std::uncaught_exceptions() > 0,
              "a task group ended without a join, and one of its tasks had thrown: the exception would be lost. "
              "Join the group, or give its context an on_lost_failure");
}

void task_group::cancel(std::string cause) {
  core_.scope_now()->cancel({error_code::cancelled, std::move(cause)});
}

/// Starts the next round without the cancel of this one, unless the parent is cancelled.
void task_group::start_next_round() noexcept {
  if (!ctx_.is_cancelled() || parent_.is_cancelled()) return;
  try {
    ctx_ = with_cancel(parent_).ctx;
    core_.start_round(ctx_.scope());
  } catch (const std::bad_alloc&) {  // the next round stays cancelled: its tasks are skipped, as skipped() says
  }
}

void task_group::take_failures() {
  std::vector<task_failure> failures;
  failures.reserve(core_.failures());  // the only call here that may throw; nothing has been taken yet
  while (std::optional<task_failure> next = core_.take_failure(false)) failures.push_back(std::move(*next));
  errors_ = std::move(failures);
}

void task_group::check_outcome() {
  take_failures();
  const auto [succeeded, skipped, any_cancelled] = core_.take_tally();
  skipped_ = skipped;
  const context round = ctx_;
  start_next_round();
  const std::size_t needed = core_.needed();
  if (needed > 0 && succeeded >= needed) return;
  if (!errors_.empty()) std::rethrow_exception(errors_.front().exception);
  if (any_cancelled) parent_.check();
  if (needed == 0) return;
  round.check();
  throw std::runtime_error("at least " + std::to_string(needed) + " tasks of a group had to succeed, and only " +
                           std::to_string(succeeded) + " were there to do so");
}

}  // namespace braid
