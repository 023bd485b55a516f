// Where failed jobs wait until they may be tried again, so that no slot stands idle for them.
//
//   slots --put--> [waiting: at most 1,024, by due time] --due--> slots
//
// One thread owns the waiting jobs; it sleeps untimed when none waits. Shutdown: 1 close() or a cancel of `drain` ends
// the thread; 2 what still waits then is handed to `give_up`, on that thread; 3 the destructor joins it.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "braid/base/retry_policy.hpp"
#include "braid/runner/job.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"

namespace braid::runner {

class retry_desk {
 public:
  using give_up = std::function<void(outcome)>;

  /// Jobs that are due go to `due`. `dropped` gets the last outcome of each job that will not be tried again.
  retry_desk(context drain, sender<job> due, give_up dropped);
  ~retry_desk();

  /// `last` failed and is tried again after `wait`. Any thread; waits while too many wait already.
  void put(outcome last, std::chrono::nanoseconds wait);

  /// No more jobs will come. Any thread, any number of times.
  void close() { intake_.tx.close(); }

 private:
  struct waiting_job {
    std::chrono::steady_clock::time_point due;
    outcome last;
  };

  void serve(sender<job> due);

  const context drain_;
  const give_up dropped_;
  channel<waiting_job> intake_;
  std::thread thread_;
};

}  // namespace braid::runner
