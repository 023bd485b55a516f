// The in-process library, in reading order. Start with channel and select; the rest follows from them.
#pragma once

#if __cplusplus < 202002L
#error "braid needs C++20: compile with -std=c++20"
#endif

#include "braid/base/random.hpp"                     // seeded random numbers
#include "braid/base/result.hpp"                     // result<T>: a value or the reason why there is none
#include "braid/runtime/clock.hpp"                   // real_clock, manual_clock
#include "braid/runtime/environment.hpp"             // executor, clock and random source of a context
#include "braid/runtime/errors.hpp"                  // cancelled, timed_out
#include "braid/runtime/select.hpp"                  // select, try_select
#include "braid/runtime/shielded.hpp"                // shielded
#include "braid/runtime/task.hpp"                    // task<T>
#include "braid/runtime/task_failure.hpp"            // what a task of a group threw, and which task it was
#include "braid/runtime/work_stealing_executor.hpp"  // an executor of your own
#include "braid/sync/at_least.hpp"                   // at_least(k): a group that is content with k successes
#include "braid/sync/broadcast.hpp"                  // broadcast<T>, publisher<T>, subscriber<T>
#include "braid/sync/channel.hpp"                    // channel<T>, sender<T>, receiver<T>
#include "braid/sync/context.hpp"                    // context: cancel, deadline, cause, values
#include "braid/sync/fork_join.hpp"                  // fork_join: two functions at the same time
#include "braid/sync/future.hpp"                     // future<R>: the value of a task
#include "braid/sync/named.hpp"                      // named("parse"): a task with a name
#include "braid/sync/rate_limiter.hpp"               // rate_limiter, rate
#include "braid/sync/semaphore.hpp"                  // semaphore, permit
#include "braid/sync/task_group.hpp"                 // task_group: spawn, async, generate, join
#include "braid/sync/ticker.hpp"                     // after, every
#include "braid/sync/within.hpp"                     // within, try_within

#include "braid/flow/map.hpp"      // map: f on every item, by several workers
#include "braid/flow/sinks.hpp"    // for_each, collect, reduce, first, count, any_of, all_of, to
#include "braid/flow/sources.hpp"  // from, generate, lines
#include "braid/flow/stages.hpp"   // filter, inspect, flat_map, chunk
#include "braid/flow/stream.hpp"   // stream<T>: what streams are, for and |
