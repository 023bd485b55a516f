#include "braid/runner/engine.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "braid/runtime/select.hpp"

namespace braid::runner {
namespace {

bool may_be_tried_again(const outcome& last) {
  if (last.state == job_state::ok || last.state == job_state::cancelled) return false;
  if (!last.status) return last.may_work_later;
  return last.status->code != 126 && last.status->code != 127;
}

}  // namespace

engine::engine(const command_template& command, const run_options& options, process::launcher& launcher,
               result_output& output, run_observer& observer)
    : command_(command),
      options_(options),
      launcher_(launcher),
      output_(output),
      observer_(observer),
      draining_(with_cancel()),
      terminating_(with_cancel()),
      killing_(with_cancel()),
      shared_{command_, options_, launcher_, clock_, terminating_.ctx, killing_.ctx},
      inputs_(read_ahead::most_lines),
      due_(unbounded),
      retire_(unbounded),
      random_(options.seed) {}

run_report engine::run(input_reader& reader) {
  {
    const std::lock_guard lock(mutex_);
    reader_ = &reader;
    if (stage_ != stage::running) reader.stop();
  }
  if (options_.retry.retries > 0) {
    desk_ = std::make_unique<retry_desk>(draining_.ctx, due_.tx, [this](outcome last) {
      last.state = job_state::cancelled;
      last.out = last.err = nullptr;
      finish(last);
    });
  }
  const auto total = reader.known_total();
  if (total) observer_.total_known(*total);
  const auto seats = total ? std::min<std::uint64_t>(options_.slots, *total) : options_.slots;
  for (std::uint64_t i = 0; i < seats; ++i) add_slot();
  read_all(reader);
  join_seats();
  desk_.reset();
  try {
    if (report_.failure != run_failure::output) output_.finish();
  } catch (const std::runtime_error& error) {
    abort(run_failure::output, error.what());
  }
  return report_;
}

void engine::read_all(input_reader& reader) {
  std::uint64_t given = 0;
  bool all_read = false;
  try {
    all_read = reader.read([&](input in) {
      open_jobs_.fetch_add(1);
      ++given;
      return inputs_.tx.emplace(std::move(in), 0U).get();
    });
  } catch (const std::system_error& error) {
    abort(run_failure::input, error.what());
  }
  inputs_.tx.close();
  if (all_read) observer_.total_known(given);
  close_one();
  const std::lock_guard lock(mutex_);
  report_.all_started = all_read;
}

void engine::close_one() {
  if (open_jobs_.fetch_sub(1) == 1) due_.tx.close();
}

void engine::add_slot() {
  const std::lock_guard lock(mutex_);
  if (!over_ && stage_ == stage::running) open_seat();
}

void engine::open_seat() {
  std::size_t number = 1;
  while (taken_numbers_.contains(number)) ++number;
  taken_numbers_.insert(number);
  ++wanted_;
  auto& mine = seats_.emplace_back(number, shared_);
  if (frozen_) mine.place.freeze(true);
  mine.thread = std::thread([this, &mine] { serve(mine); });
}

void engine::remove_slot() {
  const std::lock_guard lock(mutex_);
  if (wanted_ < 2) return;
  --wanted_;
  static_cast<void>(retire_.tx.send(1).get());  // unbounded, and never closed
}

void engine::join_seats() {
  for (auto each = seats_.begin();;) {
    std::unique_lock lock(mutex_);
    if (each == seats_.end()) {
      over_ = true;
      break;
    }
    lock.unlock();
    each->thread.join();
    lock.lock();
    ++each;
  }
  const std::lock_guard lock(mutex_);
  report_.all_started = report_.all_started && report_.cancelled == 0 && open_jobs_ == 0;
}

void engine::serve(seat& mine) {
  auto stop = draining_.ctx.done();
  auto retire = retire_.rx.recv();
  auto due = due_.rx.recv();
  auto fresh = inputs_.rx.recv();
  for (bool open = true; open;) {
    switch (select(biased, stop, retire, due, fresh).get()) {
      case 2:
        if (auto next = due.result()) {
          work(mine.place, std::move(*next));
        } else {
          open = false;
        }
        break;
      case 3:
        if (auto next = fresh.result()) {
          reader_->taken(next->input);
          work(mine.place, std::move(*next));
        }
        break;
      default:
        open = false;
    }
  }
  const std::lock_guard lock(mutex_);
  taken_numbers_.erase(mine.place.number());
}

void engine::work(slot& mine, job next) {
  observer_.starting(next, mine.number());
  try {
    settle(mine.run(next));
    return;
  } catch (const process::spawn_error& error) {
    abort(error.failure() == process::spawn_failure::not_found ? run_failure::not_found : run_failure::not_executable,
          error.what());
  } catch (const std::system_error& error) {
    abort(run_failure::output, error.what());
  }
  outcome lost;
  lost.input = std::move(next.input);
  lost.slot = mine.number();
  lost.tries = next.tries;
  lost.state = job_state::cancelled;
  finish(lost);
}

void engine::settle(outcome result) {
  if (may_be_tried_again(result) && options_.retry.allows(result.tries) && !draining_.ctx.is_cancelled()) {
    std::unique_lock lock(mutex_);
    ++report_.retries;
    const auto wait = options_.retry.delay(result.tries, random_);
    lock.unlock();
    observer_.retrying(result, wait);
    desk_->put(std::move(result), wait);
    return;
  }
  finish(result);
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
  count(result);
  close_one();
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
  }
  if (!failed_too_often) return;
  stop(options_.stop_at_first_failure ? stage::terminating : stage::draining, "too many jobs failed");
}

void engine::abort(run_failure kind, std::string sentence) {
  {
    const std::lock_guard lock(mutex_);
    if (report_.failure == run_failure::none) {
      report_.failure = kind;
      report_.sentence = std::move(sentence);
    }
  }
  stop(stage::terminating, "the run cannot go on");
}

void engine::stop(stage to, const char* why) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = std::max(stage_, to);
    if (reader_ != nullptr) reader_->stop();
  }
  draining_.cancel(why);
  if (to >= stage::terminating) terminating_.cancel(why);
  if (to >= stage::killing) killing_.cancel(why);
}

void engine::freeze(bool frozen) {
  const auto now = std::chrono::steady_clock::now();
  if (frozen) clock_.pause(now);
  const std::lock_guard lock(mutex_);
  frozen_ = frozen;
  for (auto& each : seats_) each.place.freeze(frozen);
  if (!frozen) clock_.resume(now);
}

}  // namespace braid::runner
