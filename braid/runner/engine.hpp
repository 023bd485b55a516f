// The engine of `braid map`: inputs fan out to slots, outcomes fan in to the output. No terminal, no signal, no option
// text: those are the command's.
//
//   reader --inputs--> slot 1..n --outcomes--> result_output
//                        |   ^
//                        v   |
//                      retry desk
//
// Threads: run() reads the inputs on the caller's thread; each slot is a thread; the retry desk is one, only where
// retries are asked for. A slot that waits for work selects over {stop, retire, due retries, inputs}; one that runs a
// job over {its end, its deadline, stop}.
//
// Invariants
// 1. open_jobs_ counts the jobs that were handed to the slots and have not ended, plus one while inputs are still
//    being read. Whoever takes it to zero closes due_, which is how the slots learn that the run is over.
// 2. Every job that a slot took ends in exactly one outcome, shown once. Jobs never taken show nothing.
// 3. Stages of stopping only go up: draining (no job starts) -> terminating (SIGTERM to what runs) -> killing.
// 4. mutex_ guards slots_, free_numbers_, report_ and stopped_. No lock is held while output is written or a child
//    is waited for.
//
// Shutdown: 1 the reader stops; 2 each slot ends its job as the stage says and leaves; 3 the desk gives up what
// waits; 4 run() joins them all, writes held-back output, and returns.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "braid/process/launcher.hpp"
#include "braid/runner/command_template.hpp"
#include "braid/runner/input_reader.hpp"
#include "braid/runner/result_output.hpp"
#include "braid/runner/retry_desk.hpp"
#include "braid/runner/run_observer.hpp"
#include "braid/runner/run_options.hpp"
#include "braid/runner/run_report.hpp"
#include "braid/runner/slot.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"

namespace braid::runner {

class engine {
 public:
  /// All borrowed.
  engine(const command_template& command, const run_options& options, process::launcher& launcher,
         result_output& output, run_observer& observer);

  /// Runs every input of `reader` and returns when no job is left. Once.
  [[nodiscard]] run_report run(input_reader& reader);

  // From any thread while run() is under way, any number of times.
  void drain() { stop(stage::draining, "the user asked for it"); }
  void terminate() { stop(stage::terminating, "the user asked for it"); }
  void kill() { stop(stage::killing, "the user asked for it"); }
  /// All job trees stand still, and their timeouts with them, or go on.
  void freeze(bool frozen);
  void add_slot();
  /// One slot fewer, as soon as one is idle; the last one stays.
  void remove_slot();

 private:
  enum class stage : std::uint8_t { running, draining, terminating, killing };
  struct seat {
    slot place;
    std::thread thread;
    seat(std::size_t number, const slot_surroundings& shared) : place(number, shared) {}
  };

  void stop(stage to, const char* why);
  void open_seat();
  void serve(seat& mine);
  void work(slot& mine, job next);
  /// Tries once more, or ends the job.
  void settle(outcome result);
  void finish(const outcome& result);
  void count(const outcome& result);
  void close_one();
  void read_all(input_reader& reader);
  void join_seats();
  void abort(run_failure kind, std::string sentence);

  const command_template& command_;
  const run_options& options_;
  process::launcher& launcher_;
  result_output& output_;
  run_observer& observer_;
  run_clock clock_;

  const cancellable draining_, terminating_, killing_;
  const slot_surroundings shared_;
  channel<job> inputs_;
  channel<job> due_;
  channel<int> retire_;
  std::atomic<std::uint64_t> open_jobs_{1};
  input_reader* reader_ = nullptr;  ///< set once, under mutex_, before the first slot starts
  std::unique_ptr<retry_desk> desk_;

  std::mutex mutex_;
  stage stage_ = stage::running;
  bool over_ = false;  ///< no seat is opened any more
  bool frozen_ = false;
  std::list<seat> seats_;
  std::set<std::size_t> taken_numbers_;
  std::size_t wanted_ = 0;  ///< seats that are open and not asked to retire
  run_report report_;
  random_engine random_;
};

}  // namespace braid::runner
