// The laws of streams and pools (docs/streams.md), and what proves each: tests that lie beside the code, in other
// programs.
#pragma once

#include <array>
#include <string_view>

#include "conformance/law_table.hpp"

namespace braid::conformance {

inline constexpr std::string_view f0[]{
    "map.so_many_threads_are_in_f_at_a_time",
    "map.also_after_it_has_waited_for_input",
    "map.stages_after_each_other_have_their_workers_each",
    "map.items_of_a_tenth_of_a_millisecond_use_all_workers",
    "map.items_of_some_microseconds_get_a_helper_where_there_is_a_cpu_for_it",
    "map.works_on_an_executor_of_one_worker_and_in_its_tasks",
    "stream.coroutines_run_so_many_at_a_time",
    "map_reduce.works_with_so_many_workers_at_a_time",
    "worker_pool.as_many_plain_jobs_as_workers_run_at_a_time",
    "worker_pool.never_runs_more_jobs_than_workers",
    "worker_pool.coroutines_run_as_many_at_a_time_as_there_are_workers",
    "late_help_policy.work_that_does_not_move_calls_everybody",
    "concurrency_controller.comes_within_15_percent_of_the_best_fixed_width_in_a_second",
    "automatic.tasks_that_wait_become_more_until_there_are_64"};
inline constexpr std::string_view f1[]{"map.never_has_more_in_flight_than_workers_and_slack",
                                       "through.no_more_is_in_flight_than_workers_and_slack",
                                       "merge_sorted.asks_each_stream_for_one_item_ahead_and_leaves_early",
                                       "concat.pulls_nothing_of_a_stream_before_its_turn",
                                       "race.takes_nothing_of_a_channel_that_loses",
                                       "pipeline.gives_what_a_loop_over_its_items_gives"};
inline constexpr std::string_view f2[]{"stream.an_ordered_failure_comes_after_exactly_the_items_before_it",
                                       "map.an_ordered_failure_comes_after_all_items_before_it_whatever_takes_how_long",
                                       "map.nothing_is_started_after_a_failure",
                                       "stream.a_failure_in_a_coroutine_comes_out_of_into",
                                       "stream.a_channel_closed_with_an_error_fails_after_what_it_brought",
                                       "chunk.a_failure_comes_after_the_items_before_it",
                                       "merge.a_failure_comes_after_what_was_ready_before_it",
                                       "merge_sorted.a_failure_comes_in_the_place_of_the_item_that_did_not",
                                       "concat.a_failure_ends_it_and_the_streams_behind_are_never_started",
                                       "race.a_failure_before_the_first_item_is_out_and_one_of_the_winner_is_thrown",
                                       "lanes.what_was_sent_before_a_failure_or_a_cancel_has_arrived",
                                       "through.a_failing_source_comes_out_after_the_results_before_it",
                                       "pipeline.gives_what_a_loop_over_its_items_gives"};
inline constexpr std::string_view f3[]{"stream.leaving_early_stops_what_is_behind",
                                       "stream.a_coroutine_may_leave_early_and_stop",
                                       "stream.stops_half_way_in_a_coroutine",
                                       "stream.a_context_ends_it_where_it_waits",
                                       "map.leaving_early_ends_functions_that_watch_their_context",
                                       "map.leaving_early_wakes_functions_that_wait",
                                       "map.a_stream_may_be_dropped_at_any_moment",
                                       "merge.a_failure_cancels_and_joins_the_other_streams",
                                       "merge.leaving_early_cancels_and_joins_every_stream",
                                       "race.the_first_to_give_an_item_wins_and_the_others_are_cancelled_at_once",
                                       "throttle.a_stream_that_waits_for_a_token_is_cancelled",
                                       "through.a_stream_that_is_left_takes_back_what_has_not_begun",
                                       "pool_end.abort_wakes_a_stream_that_waits_for_its_source",
                                       "undelivered.items_of_a_stream_that_is_left_early_are_handed_back_or_counted",
                                       "undelivered.items_of_streams_with_a_limit_of_time_are_handed_back_or_counted",
                                       "undelivered.items_that_collect_has_when_its_time_is_over_go_back",
                                       "undelivered.an_item_whose_send_is_refused_or_cancelled_goes_back",
                                       "undelivered.items_whose_function_throws_are_counted",
                                       "pipeline.gives_what_a_loop_over_its_items_gives"};
inline constexpr std::string_view f4[]{"map.works_ahead_while_the_consumer_is_busy",
                                       "map.a_consumer_that_goes_away_leaves_the_input_to_the_helpers",
                                       "map.coroutines_work_ahead_while_the_consumer_is_busy",
                                       "chunk.waits_on_a_thread_too_and_leaves_the_workers_before_it_at_work",
                                       "merge.the_workers_of_a_stream_go_on_while_an_item_of_another_is_looked_at",
                                       "pool_stage.gives_a_result_and_leaves_the_input_to_the_workers_before_it"};
inline constexpr std::string_view f5[]{"through.a_job_does_not_wait_for_the_next_one_to_come",
                                       "through.jobs_that_were_handed_over_together_go_to_whoever_is_free",
                                       "through.no_more_is_in_flight_than_workers_and_slack"};
inline constexpr std::string_view f6[]{
    "adjustable_workers.give_every_item_once_while_they_are_changed_all_the_time",
    "adjustable_workers.that_become_more_start_items_while_all_are_blocked_in_theirs",
    "adjustable_workers.that_become_fewer_end_what_runs_and_start_less",
    "adjustable_workers.that_become_fewer_pull_nothing_until_less_is_in_flight",
    "worker_pool.can_be_resized_while_it_works",
    "throttle.a_rate_that_is_set_holds_for_the_item_that_waits",
    "rate_law.a_rate_that_is_set_holds_at_once_and_mints_nothing",
    "semaphore_law.growing_wakes_those_who_wait_and_shrinking_works_off_what_is_held"};

inline constexpr std::string_view f7[]{"driver.sees_results_while_an_item_before_them_runs",
                                       "driver.that_is_a_coroutine_sees_them_too",
                                       "driver.sees_the_results_before_a_slow_item_of_an_ordered_stage",
                                       "driver.sees_results_while_the_source_of_the_stage_blocks",
                                       "driver.sees_results_while_a_serial_stage_before_the_workers_runs",
                                       "driver.holds_up_no_worker_of_a_sink_that_looks_at_no_result",
                                       "driver.runs_one_slow_item_of_a_stream_at_most",
                                       "driver.sees_items_of_a_merge_while_a_plain_function_of_another_branch_runs",
                                       "driver.gives_a_race_of_plain_functions_to_the_quicker_one",
                                       "driver.lets_the_branches_of_a_sorted_merge_work_at_the_same_time",
                                       "driver.gets_a_chunk_in_time_while_its_source_blocks",
                                       "driver_permit.is_lost_for_good_by_an_item_that_two_looks_find_200_us_apart"};

inline constexpr std::array stream_laws{
    beside_channels("F0",
                    "A stated number of workers is real: plain functions run on up to that many threads, coroutines "
                    "that many at a time; one more is woken only for items that have waited 20 us. automatic adapts.",
                    f0),
    beside_channels("F1", "What is in flight in a stage never exceeds workers + slack.", f1),
    beside_channels("F2", "What came before a failure comes out, then the failure, then nothing: in order, the prefix.",
                    f2),
    beside_channels("F3",
                    "A stream that is dropped, left early or fails cancels what still runs and joins it; an item of a "
                    "channel that it does not deliver goes to on_drop, or is counted in dropped().",
                    f3),
    beside_channels("F4", "Work that has started goes on while the driver is busy elsewhere, within F1.", f4),
    beside_channels("F5", "Chunks come out of slack only, can be taken back by an idle worker, and never wait to fill.",
                    f5),
    beside_channels("F6", "Workers of a stage, size of a pool and rate can change while it runs, and no item is lost.",
                    f6),
    beside_channels("F7",
                    "A result is seen within a millisecond of being ready, whatever other items take; of one slow item "
                    "among short ones, once in a stream, the driver may see the others' results when it ends.",
                    f7),
};

}  // namespace braid::conformance
