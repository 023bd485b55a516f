#include "braid/runner/slot.hpp"

#include <signal.h>

#include <algorithm>

#include "braid/runtime/select.hpp"
#include "braid/sync/ticker.hpp"

namespace braid::runner {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

/// Far enough to never come, near enough not to overflow.
constexpr std::chrono::nanoseconds never = std::chrono::hours(24 * 365 * 100);

/// Stops the whole tree. A process that was just being made when the tree was walked is met by a further walk: the
/// walks end when one finds no more than the one before. Bounded, for a tree that outgrows it.
void stop_tree(process::child& child) {
  for (int before = -1, found = 0, walks = 0; found != before && walks < 10; ++walks) {
    before = found;
    found = child.signal_tree(SIGSTOP);
  }
}

/// Lets SIGCHLD through to the calling thread, which starts a child. Nobody handles it, so the kernel drops it at once;
/// where the thread blocks it, as a pool's does, it stays pending and wakes every other thread.
class child_signal_guard {
 public:
  child_signal_guard() {
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &child_signal, &before_);
  }
  ~child_signal_guard() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  child_signal_guard(const child_signal_guard&) = delete;
  child_signal_guard& operator=(const child_signal_guard&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

outcome slot::run(const job& what) {
  outcome result;
  result.input = what.input;
  result.slot = number_;
  result.tries = what.tries + 1;
  result.start = system_clock::now();
  const auto began = steady_clock::now();
  const child_signal_guard dropped_at_once;
  if (!what.input.unusable.empty()) {
    result.tries = 0;
    result.state = job_state::failed;
    result.reason = what.input.unusable;
  } else if (auto child = start(what, result)) {
    const auto why = watch(*child);
    const std::lock_guard lock(mutex_);
    note_end(*child, why, result);
    running_ = nullptr;
    child.reset();
  }
  result.end = system_clock::now();
  result.wall = steady_clock::now() - began;
  return result;
}

std::optional<process::child> slot::start(const job& what, outcome& result) {
  process::command command;
  command.argv = shared_.command.argv({.input = what.input.text, .number = what.input.number, .slot = number_});
  if (shared_.options.capture) {
    ready_spools();
    command.output = out_->file();
    command.error = err_->file();
    result.out = &*out_;
    result.err = &*err_;
  }
  try {
    return shared_.launcher.start(command);
  } catch (const process::spawn_error& error) {
    if (error.hopeless() && shared_.command.program_is_fixed()) throw;
    result.state = job_state::failed;
    result.reason = error.what();
    result.may_work_later = error.failure() == process::spawn_failure::no_resources;
    return std::nullopt;
  }
}

/// Until the child ends by itself, runs out of time, or is to be stopped; then it has ended.
job_state slot::watch(process::child& child) {
  {
    const std::lock_guard lock(mutex_);
    running_ = &child;
    if (frozen_) stop_tree(child);
  }
  const auto began = shared_.clock.run_time(steady_clock::now());
  const auto limit = shared_.options.timeout.value_or(never);
  auto exited = child.exited();
  auto stop = shared_.stop.done();
  after deadline(real_clock(), limit);
  if (!shared_.options.timeout) deadline.disable();
  while (true) {
    switch (select(biased, exited, stop, deadline).get()) {
      case 0:
        return job_state::ok;
      case 1:
        end_tree(child);
        return job_state::cancelled;
      default:
        const auto left = limit - (shared_.clock.run_time(steady_clock::now()) - began);
        if (left <= std::chrono::nanoseconds{0}) {
          end_tree(child);
          return job_state::timed_out;
        }
        deadline.reset(left);  // the run was frozen meanwhile
    }
  }
}

/// SIGTERM to the whole tree, time to comply, SIGKILL to what is left.
void slot::end_tree(process::child& child) {
  {
    const std::lock_guard lock(mutex_);
    child.signal_tree(SIGTERM);
    if (frozen_) child.signal_tree(SIGCONT);
  }
  const auto until = steady_clock::now() + shared_.options.grace;
  auto exited = child.exited();
  auto hurry = shared_.hurry.done();
  after grace(real_clock(), until);
  bool in_time = select(biased, exited, hurry, grace).get() == 0;
  // The rest of the tree may take as long: its members are no children of ours, so there is nothing to wait on.
  for (auto nap = std::chrono::milliseconds(2); in_time && steady_clock::now() < until; nap *= 2) {
    {
      const std::lock_guard lock(mutex_);
      if (child.leftovers().empty()) break;
    }
    after again(real_clock(), std::min<std::chrono::nanoseconds>(nap, until - steady_clock::now()));
    in_time = select(biased, hurry, again).get() == 1;
  }
  const std::lock_guard lock(mutex_);
  child.kill_tree();
}

void slot::note_end(process::child& child, job_state why, outcome& result) {
  result.pid = child.pid();
  result.status = child.wait();
  result.state = why;
  if (why == job_state::ok) {
    if (result.status->signal != 0) result.state = job_state::killed;
    if (result.status->code != 0) result.state = job_state::failed;
    result.left_behind = child.leftovers();
  }
  spools_are_free_ = result.left_behind.empty();
}

void slot::ready_spools() {
  if (spools_are_free_) {
    out_->clear();
    err_->clear();
  } else {
    out_.emplace();
    err_.emplace();
    spools_are_free_ = true;
  }
}

void slot::freeze(bool frozen) {
  const std::lock_guard lock(mutex_);
  frozen_ = frozen;
  if (running_ == nullptr) return;
  frozen ? stop_tree(*running_) : static_cast<void>(running_->signal_tree(SIGCONT));
}

}  // namespace braid::runner
