// The in-process library, in reading order.
#pragma once

#if __cplusplus < 202002L
#error "braid needs C++20: compile with -std=c++20"
#elif !defined(__cpp_exceptions)
#error "braid needs exceptions, which carry failures and cancels to the join: compile without -fno-exceptions"
#elif !__has_include(<source_location>) || defined(__clang__) && __clang_major__ < 16
#error "braid needs g++ 12.2 or clang 16 at least; g++ 12.2 and clang 19 are tested"
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
// g++ takes a protected destructor for accessible if the class has friends. braid deletes no object through such a
// base.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

// task.hpp comes first: then few lines stand before a compiler's error about a task's type
#include "braid/runtime/task.hpp"  // task<T>

// Channels, and waiting for one of several things
#include "braid/runtime/select.hpp"     // select, try_select
#include "braid/sync/channel.hpp"       // channel<T>, sender<T>, receiver<T>
#include "braid/sync/limited_task.hpp"  // within(2s, task), call(f, item): one call
#include "braid/sync/select_list.hpp"   // select_list: a number of cases that is known at run time
#include "braid/sync/select_on.hpp"     // select(on(rx.recv(), f), ...): a function for each case
#include "braid/sync/ticker.hpp"        // after, every
#include "braid/sync/within.hpp"        // within, try_within

// Tasks
#include "braid/runtime/task_failure.hpp"  // task_failure: the exception of a group's task, and which task threw it
#include "braid/sync/at_least.hpp"         // at_least(k): a group that needs only k successes
#include "braid/sync/blocking.hpp"         // blocking(f): a function that blocks its thread
#include "braid/sync/first_of.hpp"         // first_of: the first of several functions to succeed
#include "braid/sync/fork_join.hpp"        // fork_join: two functions at the same time
#include "braid/sync/future.hpp"           // future<R>: the value of a task
#include "braid/sync/named.hpp"            // named("parse"): a task with a name
#include "braid/sync/scope.hpp"            // scope: a task group that is joined on every path of a coroutine
#include "braid/sync/task_group.hpp"       // task_group: spawn, async, generate, join

// Cancellation and deadlines
#include "braid/runtime/errors.hpp"    // cancelled, timed_out
#include "braid/runtime/shielded.hpp"  // shielded
#include "braid/sync/context.hpp"      // context: cancel, deadline, cause, values

// Streams
#include "braid/flow/adjustable_workers.hpp"  // adjustable_workers: a number that changes while stages run
#include "braid/flow/concat.hpp"              // concat: streams one after the other
#include "braid/flow/lanes.hpp"               // round_robin, by_key: choose one of several channels
#include "braid/flow/map.hpp"                 // map: f on every item, by several workers
#include "braid/flow/map_reduce.hpp"          // map_reduce, and reduce by several workers
#include "braid/flow/merge.hpp"               // merge: several streams into one, each item as it is ready
#include "braid/flow/merge_sorted.hpp"        // merge_sorted: several sorted streams, sorted
#include "braid/flow/race.hpp"                // race: the first stream to give an item
#include "braid/flow/retry.hpp"               // retry(policy, f)
#include "braid/flow/sinks.hpp"               // for_each, collect, reduce, first, count, any_of, all_of, to
#include "braid/flow/sources.hpp"             // from, generate, ticks, lines
#include "braid/flow/stages.hpp"              // filter, inspect, flat_map, chunk, throttle
#include "braid/flow/stream.hpp"              // stream<T>, range-for and |
#include "braid/flow/timeout.hpp"             // timeout(limit, f)

// Worker pools
#include "braid/pool/job_result.hpp"    // job_result, batch_error, values_of
#include "braid/pool/pool_errors.hpp"   // pool_closed, queue_full, job_dropped
#include "braid/pool/pool_handler.hpp"  // per_worker
#include "braid/pool/pool_options.hpp"  // pool_options, when_full, pool_stats
#include "braid/pool/through.hpp"       // a pool as a stage of a stream
#include "braid/pool/worker_pool.hpp"   // worker_pool: submit, run, stream, attach, drain

// More operations to wait for
#include "braid/sync/broadcast.hpp"     // broadcast<T>, publisher<T>, subscriber<T>
#include "braid/sync/rate_limiter.hpp"  // rate_limiter, rate
#include "braid/sync/semaphore.hpp"     // semaphore, permit
#include "braid/sync/signals.hpp"       // signals({SIGTERM, SIGINT})

// Reports of stalled waits
#include "braid/inspect/stall_watch.hpp"  // BRAID_STALL_REPORT=5s, stall_watch, stalled_waits

// The environment that work runs in
#include "braid/base/random.hpp"                     // seeded random numbers
#include "braid/base/result.hpp"                     // result<T>: a value or the reason why there is none
#include "braid/runtime/clock.hpp"                   // real_clock, manual_clock
#include "braid/runtime/environment.hpp"             // executor, clock and random source of a context
#include "braid/runtime/manual_executor.hpp"         // manual_executor: tasks that a test runs step by step
#include "braid/runtime/work_stealing_executor.hpp"  // work_stealing_executor: an executor of your own

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
