// through(pool): a stage that runs the jobs of a stream in a pool.
//
//   for (auto& [job, outcome] : braid::from(jobs) | braid::through(pool)) ...       // as ready; never throws for a job
//   braid::from(rx) | braid::through(pool, braid::ordered, braid::slack(100)) | ...
//
// Streams take turns on the workers with each other and with submitted jobs. A job is in flight from before it is
// pulled until the next stage has its result. At most workers + slack jobs are in flight (law F1), for the number of
// workers at the start of the stream; the default slack is the same number. A stream that is left takes back the jobs
// that no worker has begun, and waits for the rest; the pool counts those taken back as dropped.
//
// Jobs are pulled on the driver's thread, so the close of the pool decides about each of them, in order. A source that
// blocks in its pull, such as generate(f), delays the results that are ready. If that matters, put a channel between:
// from(group.generate<Job>(capacity, f)).
//
// Once the pool is drained or stopped, each further job comes out with pool_closed as its outcome. A stream whose input
// has to be waited for, such as a channel that still has senders, does not wait for it then: it gives the results of
// the jobs in flight and throws pool_closed. Jobs that were not received are still in the channel. After an abort the
// stream throws `cancelled`.
#pragma once

#include <memory>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/pool/pool_stage.hpp"

namespace braid::detail {

/// Returned by through(): makes the pool_stage.
template<class Job, class R>
struct pool_stage_maker {
  std::shared_ptr<pool_state<Job, R>> pool;
  stage_options options;
  stage_use use = stage_use::stream;

  std::unique_ptr<pull_stage<job_result<Job, R>>> over(std::unique_ptr<pull_stage<Job>> from) && {
    return make_derived<pull_stage<job_result<Job, R>>, pool_stage<Job, R>>(std::move(from), std::move(pool), options,
                                                                            use);
  }
};

}  // namespace braid::detail
