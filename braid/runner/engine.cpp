#include "braid/runner/engine.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <system_error>
#include <utility>

#include "braid/process/inherited_descriptors.hpp"
#include "braid/process/process_limit.hpp"
#include "braid/runtime/real_clock.hpp"
#include "braid/sync/ticker.hpp"

namespace braid::runner {
namespace {

constexpr std::chrono::seconds regain_interval{5};
constexpr std::chrono::nanoseconds own_patience{500'000'000};
/// A slot is given back only if this many more processes and threads can be started: one job with a few of its own.
constexpr std::size_t tasks_of_a_job = 8;

bool may_be_tried_again(const outcome& last) {
  if (last.state == job_state::ok || last.state == job_state::cancelled) return false;
  if (!last.status) return last.may_work_later;
  return last.status->code != 126 && last.status->code != 127;
}

outcome without_result(const job& of, std::size_t slot, job_state state) {
  outcome result;
  result.input = of.input;
  result.slot = slot;
  result.tries = of.tries;
  result.state = state;
  result.start = result.end = std::chrono::system_clock::now();
  return result;
}

}  // namespace

engine::engine(const command_template& command, const run_options& options, process::launcher& launcher,
               result_output& output, run_observer& observer)
    : options_(options),
      output_(output),
      observer_(observer),
      shared_{command, options, launcher, observer, clock_, terminating_, killing_, process::not_inherited()},
      slots_(shared_),
      width_(static_cast<int>(options.slots)),
      random_(options.seed),
      pool_(with_value(context(), on_lost_failure, [](const task_failure&) {}), workers(width_), per_worker([this] {
              return [this, mine = slot_set::loan()](const job& next) mutable { work(mine, next); };
            }),
            {.queue = std::numeric_limits<std::size_t>::max(),
             .priorities = true,
             .most_passes = std::numeric_limits<std::uint32_t>::max(),
             .on_job_end =
                 [this](const std::exception_ptr& thrown) {
                   if (thrown) lose_unshown();  // work() throws nothing: there was no memory for the worker
                 },
             .name = "slots"}) {
  start_real_clock();
  if (options_.retry.retries == 0) return;
  delays_.emplace(
      [this](job due) {
        try {
          pool_.post(std::move(due), 1);
        } catch (const std::bad_alloc&) {
          lose_unshown();
        }
      },
      [this](outcome last) {
        last.state = job_state::cancelled;
        last.out = last.err = nullptr;
        last.left_behind.clear();  // reported when it failed
        last.left_unseen = false;
        finish(last);
      });
}

run_report engine::run(input_reader& reader) {
  begin(reader);
  const auto given = read_all(reader);
  wait_for_end(given);
  if (delays_) delays_->end();
  for (const job& left : pool_.stop().get()) forget(left, 0);
  shared_.launcher.on_terminal_stop({});
  shared_.launcher.end_late();
  // From here on no other thread touches report_.
  report_.jobs_were_ended = terminating_.is_set();
  report_.all_started = report_.all_started && report_.cancelled == 0 && report_.ended() == given;
  try {
    if (report_.failure != run_failure::output) output_.finish();
  } catch (const std::runtime_error& error) {
    abort(run_failure::output, error.what());
  }
  return report_;
}

void engine::begin(input_reader& reader) {
  shared_.launcher.on_terminal_stop([this](pid_t child, int signal) {
    const auto number = slots_.input_of(child);
    if (number != 0) observer_.wants_terminal(number, signal);
    return number != 0;
  });
  const auto total = reader.known_total();
  if (total) observer_.total_known(*total);
  if (total && *total < options_.slots)
    resize(std::max(1, static_cast<int>(*total)) - static_cast<int>(options_.slots));
  const std::lock_guard lock(mutex_);
  report_.sentence.reserve(64);
  reader_ = &reader;
  if (stage_ != stage::running) reader.stop();
}

std::uint64_t engine::read_all(input_reader& reader) {
  std::uint64_t given = 0;
  bool all_read = false;
  try {
    all_read = reader.read([&](input in) {
      ++given;
      pool_.post({.input = std::move(in)});
      return true;
    });
  } catch (const std::system_error& error) {
    abort(run_failure::input, error.what());
  } catch (const std::bad_alloc&) {
    end_for_lack_of_memory();
  }
  if (all_read) observer_.total_known(given);
  const std::lock_guard lock(mutex_);
  report_.all_started = all_read;
  return given;
}

void engine::wait_for_end(std::uint64_t given) {
  std::unique_lock lock(mutex_);
  given_ = given;
  changed_.wait(lock, [this] { return is_over(); });
}

bool engine::is_over() const {
  return stage_ != stage::running || report_.ended() == given_;
}

void engine::resize(int by) {
  const std::lock_guard lock(mutex_);
  if (width_ + by > 0) pool_.resize(width_ += by);
}

void engine::work(slot_set::loan& mine, const job& next) noexcept try {
  if (next.tries == 0 && !next.postponed) reader_->taken(next.input);
  if (!mine) mine = slots_.open();
  begin_try();
  observer_.starting(next, mine->number());
  if (auto result = attempt(*mine, next)) settle(std::move(*result));
} catch (const std::bad_alloc&) {  // what has happened to this job cannot be shown
  lose_unshown();
}

std::optional<outcome> engine::attempt(slot& mine, const job& next) {
  std::optional<outcome> result;
  try {
    result = mine.run(next);
  } catch (const shortage& error) {
    postpone(next, mine.number(), error);
    return std::nullopt;
  } catch (const process::spawn_error& error) {
    abort(error.failure() == process::spawn_failure::not_found ? run_failure::not_found : run_failure::not_executable,
          error.what());
  } catch (const std::system_error& error) {
    abort(run_failure::output, error.what());
  } catch (const std::bad_alloc&) {
    end_try(false);
    lose(next, mine.number());
    return std::nullopt;
  }
  end_try(result.has_value());
  if (!result) cancel(next, mine.number());
  return result;
}

void engine::begin_try() {
  const std::lock_guard lock(mutex_);
  ++trying_;
}

void engine::end_try(bool started) {
  bool regains = false;
  {
    const std::lock_guard lock(mutex_);
    --trying_;
    if (started) starved_since_.reset();
    regains = started && withheld_ > 0 && std::chrono::steady_clock::now() >= next_regain_;
  }
  if (regains) regain_slot();
}

void engine::regain_slot() {
  bool has_room = false;
  try {
    has_room = !process::limit_below(tasks_of_a_job);
  } catch (const std::bad_alloc&) {  // then there is no room
  }
  const std::lock_guard lock(mutex_);
  next_regain_ = std::chrono::steady_clock::now() + regain_interval;
  if (!has_room || withheld_ == 0 || stage_ != stage::running) return;
  --withheld_;
  pool_.resize(++width_);
}

void engine::postpone(const job& unstarted, std::size_t slot, const shortage& why) {
  observer_.postponed(unstarted);
  bool alone = false, told = false;
  int width = 0;
  {
    const std::lock_guard lock(mutex_);
    alone = trying_ == 1;
    width = std::min(width_, std::max(1, trying_ - 1));
    withheld_ += width_ - width;
    next_regain_ = std::chrono::steady_clock::now() + regain_interval;
    if (width < width_) pool_.resize(width_ = width);
    told = std::exchange(shortage_told_, true);
  }
  if (!told) observer_.short_of_resources(why.what(), static_cast<std::size_t>(width));
  const bool goes_on = !alone || wait_out_shortage(why);
  end_try(false);
  if (!goes_on) return forget(unstarted, slot);
  job again = unstarted;
  again.postponed = true;
  try {
    pool_.post(std::move(again), 1);
  } catch (const pool_closed&) {  // the run was stopped meanwhile
    forget(unstarted, slot);
  }
}

void engine::forget(const job& unstarted, std::size_t slot) {
  if (unstarted.tries > 0) cancel(unstarted, slot);
}

bool engine::wait_out_shortage(const shortage& why) {
  constexpr std::chrono::milliseconds nap{50};
  static_cast<void>(after(real_clock(), nap).get());
  const auto now = clock_.run_time(std::chrono::steady_clock::now());
  {
    const std::lock_guard lock(mutex_);
    if (stage_ != stage::running) return false;
    if (!starved_since_) starved_since_ = now;
    const auto patience =
        why.is_our_own() ? std::min(own_patience, options_.shortage_patience) : options_.shortage_patience;
    if (now - *starved_since_ < patience) return true;
  }
  abort(run_failure::no_resources, std::string(why.what()) + "; no job of this run was left to wait for");
  return false;
}

void engine::settle(outcome result) {
  std::unique_lock lock(mutex_);
  if (stage_ == stage::running && result.lost_output.empty() && may_be_tried_again(result) &&
      options_.retry.allows(result.tries)) {
    ++report_.retries;
    const auto wait = options_.retry.delay(result.tries, random_);
    lock.unlock();
    observer_.retrying(result, wait);
    delays_->put(std::move(result), wait);
    return;
  }
  lock.unlock();
  finish(result);
}

void engine::cancel(const job& unstarted, std::size_t slot) {
  finish(without_result(unstarted, slot, job_state::cancelled));
}

void engine::lose(const job& ended, std::size_t slot) {
  auto result = without_result(ended, slot, job_state::failed);
  ++result.tries;
  result.reason = "no memory was left";
  abort(run_failure::no_resources, "no memory is left; job " + std::to_string(ended.input.number) + " was ended");
  finish(result);
}

void engine::lose_unshown() noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++report_.failed;
  }
  end_for_lack_of_memory();
}

void engine::end_for_lack_of_memory() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (report_.failure == run_failure::none) {
      report_.failure = run_failure::no_resources;
      report_.sentence = "no memory is left";  // begin() has reserved it
    }
  }
  stop(stage::terminating);
}

void engine::finish(const outcome& result) {
  try {
    if (options_.only_failures && result.state == job_state::ok) {
      output_.skip(result.input.number);
    } else {
      output_.show(result);
    }
  } catch (const std::runtime_error& error) {
    abort(run_failure::output, error.what());
  }
  observer_.ended(result);
  if (!result.lost_output.empty()) {
    abort(run_failure::output, "job " + std::to_string(result.input.number) + ": " + result.lost_output);
  }
  count(result);
}

void engine::count(const outcome& result) {
  bool failed_too_often = false;
  {
    const std::lock_guard lock(mutex_);
    switch (result.state) {
      case job_state::ok:
        ++report_.ok;
        break;
      case job_state::cancelled:
        ++report_.cancelled;
        break;
      default:
        ++report_.failed;
    }
    const bool first_failure = options_.stop_at_first_failure && report_.failed > 0;
    failed_too_often = first_failure || options_.max_fails.exceeded(report_.failed, report_.ok + report_.failed);
    report_.too_many_failed = report_.too_many_failed || failed_too_often;
    if (is_over()) changed_.notify_one();
  }
  if (!failed_too_often) return;
  stop(options_.stop_at_first_failure ? stage::terminating : stage::draining);
}

void engine::abort(run_failure kind, std::string sentence) {
  {
    const std::lock_guard lock(mutex_);
    if (report_.failure == run_failure::none) {
      report_.failure = kind;
      report_.sentence = std::move(sentence);
    }
  }
  stop(stage::terminating);
}

void engine::stop(stage to) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = std::max(stage_, to);
    if (reader_ != nullptr) reader_->stop();
    changed_.notify_one();
  }
  pool_.pause();
  if (to >= stage::terminating) terminating_.set();
  if (to >= stage::killing) killing_.set();
}

void engine::freeze(bool frozen) {
  const auto now = std::chrono::steady_clock::now();
  if (frozen) clock_.pause(now);
  slots_.freeze(frozen);
  if (!frozen) clock_.resume(now);
}

}  // namespace braid::runner
