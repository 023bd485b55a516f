// through(pool): a stage that has a pool do the jobs of a stream.
//
//   for (auto& [job, outcome] : braid::from(jobs) | braid::through(pool)) ...       // as ready; never throws for a job
//   braid::from(rx) | braid::through(pool, braid::ordered, braid::slack(100)) | ...
//
// Streams share the workers with each other and with submitted jobs, in turn. In flight, from before a job is pulled
// until the next stage has its result, are at most the pool's workers + slack (law F1; slack is as many as there are
// workers, as they are when the stream starts). A stream that is left takes back what no worker has begun, and waits
// for the rest; what it took back is in the pool's count of dropped jobs.
//
// Jobs are pulled on the thread of the driver: so the close of the pool decides about each of them, in order. A source
// that blocks in its pull, such as generate(f), delays the results that are ready. Where that matters a channel comes
// between: from(group.generate<Job>(capacity, f)).
//
// Once the pool is drained or stopped each further job comes out with pool_closed as its outcome. A stream whose input
// has to be waited for, such as a channel whose senders are still there, does not wait for it then: it gives what is in
// flight and throws pool_closed. What was not received is still in the channel. After an abort it throws `cancelled`.
#pragma once

#include <memory>
#include <utility>

#include "braid/pool/pool_stage.hpp"

namespace braid::detail {

/// What through() makes.
template<class Job, class R>
struct pool_stage_maker {
  std::shared_ptr<pool_state<Job, R>> pool;
  stage_options options;
  stage_use use = stage_use::stream;

  std::unique_ptr<producer<job_result<Job, R>>> over(std::unique_ptr<producer<Job>> from) && {
    return std::make_unique<pool_stage<Job, R>>(std::move(from), std::move(pool), options, use);
  }
};

}  // namespace braid::detail
