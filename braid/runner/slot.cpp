#include "braid/runner/slot.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "braid/runner/shortage.hpp"

namespace braid::runner {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr auto never = steady_clock::time_point::max();

/// How long a killed child may take to end.
constexpr std::chrono::seconds patience{1};

/// Stops the whole tree. A process that was just being created during one walk is found by a later one: the walks end
/// when one finds no more processes than the one before. At most 10 walks, in case the tree outgrows them.
void stop_tree(process::child& child) {
  for (int before = -1, found = 0, walks = 0; found != before && walks < 10; ++walks) {
    before = found;
    found = child.signal_tree(SIGSTOP).reached;
  }
}

/// Lets SIGCHLD through to the calling thread, which starts a child. SIGCHLD has no handler, so the kernel drops it at
/// once. If the thread blocks it, as a pool's thread does, it stays pending and wakes every other thread.
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

/// While this lives, other threads can reach the child of the current try. Freezes the child if the run is frozen.
class slot::known_child {
 public:
  known_child(slot& of, process::child& child, std::uint64_t input) : slot_(of) {
    const std::lock_guard lock(slot_.mutex_);
    slot_.running_ = &child;
    slot_.input_ = input;
  }
  /// Freezes the child where the run is frozen.
  void follow_run() {
    const std::lock_guard lock(slot_.mutex_);
    if (slot_.frozen_) stop_tree(*slot_.running_);
  }
  ~known_child() {
    const std::lock_guard lock(slot_.mutex_);
    slot_.running_ = nullptr;
  }
  known_child(const known_child&) = delete;
  known_child& operator=(const known_child&) = delete;

 private:
  slot& slot_;
};

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
    {
      known_child known(*this, *child, what.input.number);
      known.follow_run();
      const auto why = watch(*child, result);
      note_end(*child, why, result);
    }
    result.status ? child.reset() : child->abandon();
  }
  result.end = system_clock::now();
  result.wall = steady_clock::now() - began;
  return result;
}

std::optional<process::child> slot::start(const job& what, outcome& result) {
  try {
    process::command command;
    command.argv = shared_.command.argv({.input = what.input.text, .number = what.input.number, .slot = number_});
    if (shared_.options.capture) {
      capture_.open();
      command.output = capture_.out_end();
      command.error = capture_.err_end();
      command.closed_early = shared_.closed_early;
      result.out = &capture_.out();
      result.err = &capture_.err();
    }
    auto started = shared_.launcher.start(command, true);
    capture_.close_write_ends();
    return started;
  } catch (const std::bad_alloc&) {
    capture_.close();
    throw shortage("no memory is left to start a job", ENOMEM);
  } catch (const std::system_error& error) {
    capture_.close();
    if (process::is_shortage(error.code().value())) throw shortage(error.what(), error.code().value());
    throw;
  } catch (const process::spawn_error& error) {
    capture_.close();
    if (error.passes()) throw shortage(error.what(), error.error_number());
    if (error.hopeless() && shared_.command.program_is_fixed()) throw;
    result.state = job_state::failed;
    result.reason = error.what();
    result.may_work_later = error.failure() == process::spawn_failure::no_resources;
    return std::nullopt;
  }
}

/// Waits until the child ends by itself, runs out of time, or is to be stopped. On return the child has ended, or
/// cannot be ended.
job_state slot::watch(process::child& child, outcome& result) {
  using process::attended;
  const auto limit = shared_.options.timeout;
  const auto began = shared_.clock.run_time(steady_clock::now());
  auto deadline = limit ? steady_clock::now() + *limit : never;
  while (true) {
    switch (capture_.attend(child, &shared_.stop, deadline)) {
      case attended::ended:
        return job_state::ok;
      case attended::stopped:
        end_tree(child, result);
        return job_state::cancelled;
      case attended::cannot_keep:
        end_tree(child, result);
        return job_state::failed;
      case attended::timed_out:
        break;
    }
    const auto left = *limit - (shared_.clock.run_time(steady_clock::now()) - began);
    if (left <= std::chrono::nanoseconds{0}) {
      end_tree(child, result);
      return job_state::timed_out;
    }
    deadline = steady_clock::now() + left;  // the run was frozen meanwhile
  }
}

/// Sends SIGTERM to the whole tree, gives it time to comply, and sends SIGKILL to the rest. Stopped processes get
/// SIGCONT, without which they could not act on SIGTERM.
void slot::end_tree(process::child& child, outcome& result) {
  std::vector<process::process_info> refused;
  {
    const std::lock_guard lock(mutex_);
    refused = child.signal_tree(SIGTERM).refused;
    child.signal_tree(SIGCONT);
  }
  await_end(child, refused);
  const std::lock_guard lock(mutex_);
  result.survivors = child.kill_tree().survivors;
}

/// Returns once every living member of the tree is one that refused a signal, or the time to comply is over. Only the
/// first member is a child of ours. The others give nothing to wait on, so they are polled, less and less often.
void slot::await_end(process::child& child, const std::vector<process::process_info>& refused) {
  const auto until = steady_clock::now() + shared_.options.grace;
  const auto is_refused = [&](const process::process_info& each) {
    return std::ranges::find(refused, each) != refused.end();
  };
  const bool child_refused = std::ranges::any_of(refused, [&](const auto& each) { return each.pid == child.pid(); });
  if (!child_refused && !ends(child, &shared_.hurry, until)) return;
  for (auto nap = std::chrono::milliseconds(2); steady_clock::now() < until && !shared_.hurry.is_set(); nap *= 2) {
    {
      const std::lock_guard lock(mutex_);
      if (std::ranges::all_of(child.living(), is_refused)) return;
    }
    capture_.attend_rest(&shared_.hurry, std::min<steady_clock::time_point>(steady_clock::now() + nap, until));
  }
}

/// Returns true if the child ended before the flag was set or the time passed. Output that cannot be kept does not end
/// this wait: the job is being ended already.
bool slot::ends(process::child& child, const process::event_flag* stop, steady_clock::time_point until) {
  for (;;) {
    const auto how = capture_.attend(child, stop, until);
    if (how != process::attended::cannot_keep) return how == process::attended::ended;
  }
}

void slot::note_end(process::child& child, job_state why, outcome& result) {
  result.pid = child.pid();
  result.state = why;
  const bool is_survivor =
      std::ranges::any_of(result.survivors, [&](const auto& each) { return each.process.pid == child.pid(); });
  const auto until = is_survivor ? steady_clock::now() : steady_clock::now() + patience;
  if (why == job_state::ok || ends(child, nullptr, until)) result.status = child.wait();
  capture_.read_rest(child);
  if (why == job_state::ok) {
    if (result.status->signal != 0) result.state = job_state::killed;
    if (result.status->code != 0) result.state = job_state::failed;
    note_leftovers(child, result);
  }
  note_output(result);
  drain_late(result);
}

/// A held pipe shows whether the scan of the processes missed one: a process that forks and exits all the time can
/// escape the scan, but not the pipe.
void slot::note_leftovers(process::child& child, outcome& result) {
  const std::lock_guard lock(mutex_);
  result.left_behind = child.leftovers(capture_.held_pipe());
  for (int looks = 0; looks < 3 && result.left_behind.empty() && !capture_.read_rest(child); ++looks) {
    result.left_behind = child.leftovers(capture_.held_pipe());
  }
  result.left_unseen = result.left_behind.empty() && capture_.held_pipe() != 0;
}

void slot::note_output(outcome& result) {
  for (const auto* each : {result.out, result.err}) {
    if (each == nullptr || each->failure().empty()) continue;
    result.lost_output = each->failure() + "; it is cut after " + std::to_string(each->size()) + " bytes, " +
                         std::to_string(each->lost()) + " bytes are lost";
    if (result.state == job_state::ok) result.state = job_state::failed;
    result.reason = result.lost_output;
  }
}

void slot::drain_late(const outcome& result) {
  const auto drain = [&](descriptor pipe, const char* stream) {
    if (!pipe) return;
    late_output told{result.input.number, result.tries, stream, {}};
    shared_.launcher.drain_late(std::move(pipe),
                                [&observer = shared_.observer, told](const process::late_bytes& seen) mutable {
                                  told.bytes = seen;
                                  observer.came_late(told);
                                });
  };
  drain(capture_.give_out(), "stdout");
  drain(capture_.give_err(), "stderr");
}

std::uint64_t slot::input_of(pid_t child) {
  const std::lock_guard lock(mutex_);
  return running_ != nullptr && running_->pid() == child ? input_ : 0;
}

void slot::freeze(bool frozen) {
  const std::lock_guard lock(mutex_);
  frozen_ = frozen;
  if (running_ == nullptr) return;
  frozen ? stop_tree(*running_) : static_cast<void>(running_->signal_tree(SIGCONT));
}

}  // namespace braid::runner
