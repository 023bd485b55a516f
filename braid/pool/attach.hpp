// pool.attach(jobs, results): the task that feeds a pool from a channel and sends the results of its jobs.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "braid/pool/through.hpp"
#include "braid/runtime/shielded.hpp"

namespace braid::detail {

/// Returns the number of results sent. Runs in the pool's feeders().
template<class Job, class R>
task<std::size_t> feed_pool(std::shared_ptr<pool_state<Job, R>> pool, receiver<Job> jobs,
                            sender<job_result<Job, R>> results) {
  std::exception_ptr ended;
  try {
    pool_stage_maker<Job, R> stage{pool, stage_options(1), stage_use::attached};
    auto done = from(std::move(jobs)) | std::move(stage);
    const std::size_t sent = co_await done.into(to(std::move(results)));
    co_return sent;
  } catch (const cancelled&) {
    ended = std::current_exception();
  }
  if (pool->ctx().is_cancelled()) {  // once the cancel has reached this task's group, `cancelled` is not a failure
    const context own = current_context();
    auto here = own.done();
    co_await shielded(here);
  }
  std::rethrow_exception(ended);
}

}  // namespace braid::detail
