// The engine of `braid map`: inputs fan out to slots, outcomes fan in to the output. It knows no terminal, no signal
// and no option text: those belong to the command.
//
//   reader --fresh--> worker pool, each worker with a slot --outcomes--> result_output
//                        ^                            |
//                        +--due-- delay queue <--failed+
//
// Threads: run() reads the inputs on the caller's thread, then waits for the end. The pool has one thread for each
// running job, and one to spare. The delay queue has one thread, only if retries are asked for. A worker takes jobs
// that are due again before fresh ones. While its job runs, it waits in poll() for {the job's end, its output, stop},
// up to the job's deadline.
//
// Invariants
// 1. Every job that was started ends in exactly one outcome, shown once; where there is no memory for an outcome, it is
//    counted as failed and the run ends. Jobs never started show nothing.
// 2. A job that is to be tried again has not ended: it is in the delay queue or in the pool's queue. The run is over
//    when as many jobs have ended as were handed over, or when it was stopped and both queues have given back theirs.
// 3. The stage of stopping only rises: draining (no job starts) -> terminating (SIGTERM to running jobs) -> killing.
// 4. The pool's queue has no bound, so submit never waits. The reader and the delay queue each have a bound of their
//    own, and the pool's queue holds no more jobs than they let through.
// 5. A job whose start fails for lack of processes, memory or descriptors (a shortage) has not been tried. It is queued
//    again, and the number of slots drops to the number of running jobs, then rises by one every 5 s. If no job runs,
//    the worker waits and tries again, until that has failed for options.shortage_patience without any start between.
// 6. mutex_ guards the members between it and pool_; changed_ tells run() that is_over(). mutex_ is not held while
//    output is written or a child is waited for.
//
// Shutdown
// 1. The pool is paused and the reader stops.
// 2. Each slot ends its job as the stage says.
// 3. run() makes the delay queue give up its waiting jobs.
// 4. run() takes back the jobs in the pool's queue, and waits for the workers.
// 5. run() writes the output that was held back, and returns.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "braid/pool/worker_pool.hpp"
#include "braid/process/event_flag.hpp"
#include "braid/process/launcher.hpp"
#include "braid/runner/command_template.hpp"
#include "braid/runner/delay_queue.hpp"
#include "braid/runner/input_reader.hpp"
#include "braid/runner/result_output.hpp"
#include "braid/runner/run_observer.hpp"
#include "braid/runner/run_options.hpp"
#include "braid/runner/run_report.hpp"
#include "braid/runner/shortage.hpp"
#include "braid/runner/slot_set.hpp"

namespace braid::runner {

class engine {
 public:
  /// Borrows all arguments.
  engine(const command_template& command, const run_options& options, process::launcher& launcher,
         result_output& output, run_observer& observer);

  /// Runs every input of `reader` and returns when no job is left. Call once.
  [[nodiscard]] run_report run(input_reader& reader);

  // Any thread may call these, any number of times, while run() is under way.
  void drain() { stop(stage::draining); }
  void terminate() { stop(stage::terminating); }
  void kill() { stop(stage::killing); }
  /// Stops all job trees and their timeouts, or lets them continue.
  void freeze(bool frozen);
  void add_slot() { resize(+1); }
  /// Removes a slot as soon as one is idle; the last one stays.
  void remove_slot() { resize(-1); }

 private:
  enum class stage : std::uint8_t { running, draining, terminating, killing };

  void stop(stage to);
  void resize(int by);
  void begin(input_reader& reader);
  /// Returns the number of inputs that were read and handed over.
  std::uint64_t read_all(input_reader& reader);
  void wait_for_end(std::uint64_t given);
  /// Returns true once every job has ended, or no more of them are started. Requires mutex_.
  bool is_over() const;
  void work(slot_set::loan& mine, const job& next) noexcept;
  /// Runs one try of `next`. Returns nothing if there is no outcome to settle; the job is dealt with then.
  std::optional<outcome> attempt(slot& mine, const job& next);
  void begin_try();
  void end_try(bool started);
  /// Undoes one step of postpone(), if there is room for a further job.
  void regain_slot();
  /// Handles a job that could not be started because of `why`: waits if no other job runs, then queues it again.
  void postpone(const job& unstarted, std::size_t slot, const shortage& why);
  /// Waits briefly. Returns false if the run is stopping, or has waited for too long and is stopped here.
  bool wait_out_shortage(const shortage& why);
  /// Has the job tried once more, or ends it.
  void settle(outcome result);
  /// Ends a job that was taken and not started.
  void cancel(const job& unstarted, std::size_t slot);
  /// Ends a job for whose outcome there was no memory, and the run.
  void lose(const job& ended, std::size_t slot);
  /// Counts a job as failed where there was no memory for an outcome to show, and ends the run.
  void lose_unshown() noexcept;
  void end_for_lack_of_memory() noexcept;
  /// Handles a job that the end of the run kept from starting (again): one that was never tried shows nothing.
  void forget(const job& unstarted, std::size_t slot);
  void finish(const outcome& result);
  void count(const outcome& result);
  void abort(run_failure kind, std::string sentence);

  const run_options& options_;
  result_output& output_;
  run_observer& observer_;
  run_clock clock_;

  process::event_flag terminating_, killing_;
  const slot_surroundings shared_;
  slot_set slots_;
  std::optional<delay_queue> delays_;

  std::mutex mutex_;
  std::condition_variable changed_;
  stage stage_ = stage::running;
  input_reader* reader_ = nullptr;
  int width_;                                            ///< the width of the pool
  int trying_ = 0;                                       ///< workers that have a job
  std::optional<run_clock::time_point> starved_since_;   ///< by clock_: start of a shortage while no job ran
  int withheld_ = 0;                                     ///< slots removed by a shortage
  std::chrono::steady_clock::time_point next_regain_{};  ///< when the next of them may return
  bool shortage_told_ = false;
  std::optional<std::uint64_t> given_;  ///< Inputs handed over; set once no more are.
  run_report report_;
  random_engine random_;

  worker_pool<job, void> pool_;  ///< Its workers use all of the above.
};

}  // namespace braid::runner
