// Holds failed jobs until they may be tried again, so that no slot stands idle for them.
//
//   slots --put--> [waiting: at most 1,024, by due time] --due--> slots
//
// One thread owns the waiting jobs; it sleeps untimed while none waits.
//
// Shutdown
// 1. end() notifies the thread.
// 2. The thread hands the jobs that still wait to `give_up`.
// 3. end() joins the thread. A later put() gives its job up itself.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "braid/base/retry_policy.hpp"
#include "braid/runner/job.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"

namespace braid::runner {

class delay_queue {
 public:
  using try_again = std::function<void(job)>;
  using give_up = std::function<void(outcome)>;

  /// Passes jobs that are due to `due`, on the queue's thread. Passes to `dropped` the last outcome of each job that
  /// will not be tried again.
  delay_queue(try_again due, give_up dropped);
  ~delay_queue() { end(); }

  /// Queues a job that failed, with `last`, to be tried again after `wait`. Any thread; waits while too many jobs wait.
  void put(outcome last, std::chrono::nanoseconds wait);

  /// Once it returns, no job becomes due any more. One thread, any number of times.
  void end();

 private:
  struct waiting_job {
    std::chrono::steady_clock::time_point due;
    outcome last;
  };

  void serve();

  const try_again due_;
  const give_up dropped_;
  const cancellable ending_;
  channel<waiting_job> intake_;
  std::thread thread_;
};

}  // namespace braid::runner
