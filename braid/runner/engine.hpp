// The engine of `braid map`: inputs fan out to slots, outcomes fan in to the output. No terminal, no signal, no option
// text: those are the command's.
//
//   reader --fresh--> worker pool, each worker with a slot --outcomes--> result_output
//                        ^                            |
//                        +--due-- retry desk <--failed+
//
// Threads: run() reads the inputs on the caller's thread, then waits for the end; the pool has one for each job that
// runs, and one to spare; the retry desk is one, only where retries are asked for. A worker takes jobs that are due
// again before fresh ones. While it runs one it waits in
// poll() for {its end, its output, stop}, up to its deadline.
//
// Invariants
// 1. Every job that was started ends in exactly one outcome, shown once. Jobs never started show nothing.
// 2. A job that is to be tried again has not ended: it is with the desk or in the pool's queue. The run is over when as
//    many jobs have ended as were handed over, or when it was stopped and desk and pool have given back theirs.
// 3. Stages of stopping only go up: draining (no job starts) -> terminating (SIGTERM to what runs) -> killing.
// 4. The pool's queue has no bound, so no submit waits: reader and desk each keep one. As many jobs wait in it as they
//    let through.
// 5. A job whose start fails for lack of processes, memory or descriptors (a shortage) has not been tried. It is queued
//    again, and the slots go down to the jobs that run, and up again by one in 5 s; where none runs, its worker waits
//    and tries again, until that has failed for options.shortage_patience without any start between.
// 6. mutex_ guards the members between it and pool_; changed_ tells run() that is_over(). No lock is held while output
//    is written or a child is waited for.
//
// Shutdown: 1 the pool is paused and the reader stops; 2 each slot ends its job as the stage says; 3 run() has the desk
// give up what waits; 4 it takes back what is in the pool's queue, and waits for the workers; 5 it writes what output
// was held back, and returns.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "braid/pool/worker_pool.hpp"
#include "braid/process/bell.hpp"
#include "braid/process/launcher.hpp"
#include "braid/runner/command_template.hpp"
#include "braid/runner/input_reader.hpp"
#include "braid/runner/result_output.hpp"
#include "braid/runner/retry_desk.hpp"
#include "braid/runner/run_observer.hpp"
#include "braid/runner/run_options.hpp"
#include "braid/runner/run_report.hpp"
#include "braid/runner/shortage.hpp"
#include "braid/runner/slot_set.hpp"

namespace braid::runner {

class engine {
 public:
  /// All borrowed.
  engine(const command_template& command, const run_options& options, process::launcher& launcher,
         result_output& output, run_observer& observer);

  /// Runs every input of `reader` and returns when no job is left. Once.
  [[nodiscard]] run_report run(input_reader& reader);

  // From any thread while run() is under way, any number of times.
  void drain() { stop(stage::draining); }
  void terminate() { stop(stage::terminating); }
  void kill() { stop(stage::killing); }
  /// All job trees stand still, and their timeouts with them, or go on.
  void freeze(bool frozen);
  void add_slot() { resize(+1); }
  /// One slot fewer, as soon as one is idle; the last one stays.
  void remove_slot() { resize(-1); }

 private:
  enum class stage : std::uint8_t { running, draining, terminating, killing };

  void stop(stage to);
  void resize(int by);
  void begin(input_reader& reader);
  /// How many there were, as far as they were read.
  std::uint64_t read_all(input_reader& reader);
  void wait_for_end(std::uint64_t given);
  /// Every job has ended, or no more of them are started. With mutex_ held.
  bool is_over() const;
  void work(slot& mine, const job& next) noexcept;
  /// One try of `next`. Empty if it came to nothing, which has been seen to.
  std::optional<outcome> attempt(slot& mine, const job& next);
  void begin_try();
  void end_try(bool started);
  /// Undoes one step of postpone(), if a further job has room.
  void regain_slot();
  /// `unstarted` could not be started, since `why`: waits where nothing else runs, and queues it again.
  void postpone(const job& unstarted, std::size_t slot, const shortage& why);
  /// Waits for a moment. Returns false if the run is stopping, or has waited for too long and is stopped here.
  bool wait_out_shortage(const shortage& why);
  /// Tries once more, or ends the job.
  void settle(outcome result);
  /// Ends a job that was taken and was not started.
  void cancel(const job& unstarted, std::size_t slot);
  /// Ends a job, and the run, whose outcome there was no memory for.
  void lose(const job& ended, std::size_t slot);
  /// The run ends before a job was started again: one that was never tried shows nothing.
  void forget(const job& unstarted, std::size_t slot);
  void finish(const outcome& result);
  void count(const outcome& result);
  void abort(run_failure kind, std::string sentence);

  const run_options& options_;
  result_output& output_;
  run_observer& observer_;
  run_clock clock_;

  process::bell terminating_, killing_;
  const slot_surroundings shared_;
  slot_set slots_;
  std::optional<retry_desk> desk_;

  std::mutex mutex_;
  std::condition_variable changed_;
  stage stage_ = stage::running;
  input_reader* reader_ = nullptr;
  int width_;                                            ///< the pool's
  int trying_ = 0;                                       ///< workers that have a job
  std::optional<run_clock::time_point> starved_since_;   ///< by clock_: of a shortage while nothing ran
  int withheld_ = 0;                                     ///< slots that a shortage took
  std::chrono::steady_clock::time_point next_regain_{};  ///< when the next of them may come back
  bool shortage_told_ = false;
  std::optional<std::uint64_t> given_;  ///< How many inputs were handed over, once no more are.
  run_report report_;
  random_engine random_;

  worker_pool<job, void> pool_;  ///< Its workers use all of the above.
};

}  // namespace braid::runner
