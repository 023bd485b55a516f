// The laws of executors and what proves each; part of the law table. These tests are other programs'.
#pragma once

#include <array>
#include <string_view>

#include "conformance/law_table.hpp"

namespace braid::conformance {

inline constexpr std::string_view x1[]{
    "nesting.groups_in_groups_in_groups_end",
    "nesting.every_worker_waits_for_a_task_that_it_has_just_spawned",
    "nesting.a_mutex_is_held_across_a_join",
    "nesting.a_task_joins_a_group_of_its_own_executor_and_of_another",
    "blocked.producers_and_consumers_that_block_their_threads_pass_every_value",
    "blocked.threads_and_coroutines_wait_for_each_other",
    "blocked_at_the_cap.ten_thousand_waits_end_as_served_or_with_no_thread_left_and_none_is_lost",
    "pool_nesting.every_worker_waits_for_a_job_that_it_has_just_submitted",
    "pool_nesting.a_job_that_holds_a_lock_may_wait_for_a_job_of_its_own_pool"};
inline constexpr std::string_view x2[]{"blocked.functions_marked_blocking_that_wait_for_each_other_end",
                                       "thread_cache.runs_everything_at_the_same_time",
                                       "thread_cache.uses_a_thread_again"};
inline constexpr std::string_view x3[]{"blocked.an_idle_executor_uses_no_cpu",
                                       "blocked.no_thread_is_left_after_shut_down",
                                       "sleep_protocol_explored.no_push_to_a_worker_that_falls_asleep_is_lost",
                                       "sleep_protocol_explored.a_push_wakes_one_of_two_workers_that_fall_asleep"};

inline constexpr std::array executor_laws{
    beside_channels("X1",
                    "A wait never uses up the last worker: it gives its seat to a spare thread, and at the limit of "
                    "threads it fails with no_thread_left. It never hangs.",
                    x1),
    beside_channels("X2",
                    "A function marked blocking, and a plain function with a stated number of workers, runs on a "
                    "cached thread beside the executor's workers; there is a bound, and it is stated.",
                    x2),
    beside_channels("X3", "Idle costs nothing: no ticks, no spinning, every thread asleep until there is work.", x3),
};

}  // namespace braid::conformance
