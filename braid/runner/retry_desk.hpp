// Where failed jobs wait until they may be tried again, so that no slot stands idle for them.
//
//   slots --put--> [waiting: at most 1,024, by due time] --due--> slots
//
// One thread owns the waiting jobs; it sleeps untimed when none waits. Shutdown: 1 end() tells the thread; 2 what still
// waits then is handed to `give_up`, on that thread; 3 end() joins it. What is put later is given up by put().
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
  using try_again = std::function<void(job)>;
  using give_up = std::function<void(outcome)>;

  /// Jobs that are due go to `due`, on the desk's thread. `dropped` gets the last outcome of each job that will not be
  /// tried again.
  retry_desk(try_again due, give_up dropped);
  ~retry_desk() { end(); }

  /// `last` failed and is tried again after `wait`. Any thread; waits while too many wait already.
  void put(outcome last, std::chrono::nanoseconds wait);

  /// No job is due any more once it returns. One thread, any number of times.
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
