#include "conformance/law_table.hpp"

#include <algorithm>
#include <array>

#include "conformance/executor_laws.hpp"
#include "conformance/stream_laws.hpp"

namespace braid::conformance {
namespace {

using names = std::string_view[];

constexpr names drops{"drop_law.a_send_never_waits_and_the_hook_gets_what_is_dropped_in_the_order_sent",
                      "drop_law.without_a_hook_what_is_dropped_is_destroyed_at_once_and_counted",
                      "drop_law.values_arrive_in_the_order_sent_and_each_is_received_or_dropped_once",
                      "drop_law.a_waiting_receiver_gets_the_value_and_nothing_is_dropped",
                      "drop_law.a_select_hands_the_value_over_at_its_result_at_a_refill_or_when_it_goes"};
constexpr names ranks{"priority_law.the_value_that_came_first_is_passed_over_at_most_so_many_times_in_a_row",
                      "priority_law.a_value_behind_others_is_received_within_its_bound_under_a_stream_of_greater_ones",
                      "priority_law.receivers_of_a_rendezvous_take_the_greatest_of_the_waiting_sends"};

constexpr names spreads{"broadcast_law.every_subscriber_sees_every_value_of_each_sender_in_order",
                        "broadcast_law.a_copied_subscriber_and_a_new_one_see_what_is_sent_from_then_on",
                        "broadcast_law.one_send_is_received_by_every_subscriber_that_waits",
                        "broadcast_law.a_send_waits_for_the_slowest_subscriber",
                        "broadcast_law.a_subscriber_that_goes_holds_up_nobody_any_more",
                        "broadcast_law.subscribers_that_come_and_go_see_a_piece_without_gaps_and_no_value_is_lost"};

constexpr std::array flavour_table{
    flavour_row{"rendezvous"},
    flavour_row{"bounded"},
    flavour_row{"unbounded", "a send never waits"},
    flavour_row{"conflated", "it is drop_oldest(1)", drops},
    flavour_row{"drop_oldest", "a send never waits; C2: on_drop also gets, or dropped() counts, what is dropped",
                drops},
    flavour_row{"drop_newest", "the same, and what is dropped is the value sent", drops},
    flavour_row{"priority",
                "C4 and O3 by rank, and first in first out among equals; the one that came first is passed over "
                "at most 64 times in a row, or as often as was asked for",
                ranks},
    flavour_row{"broadcast",
                "every subscriber sees every value; C1: only a publisher closes; C2 and C3: a send fails while nobody "
                "subscribes, and is not finished by that; C5: no batches",
                spreads},
};

constexpr names o1{"select_law_where_all_is_kept.exactly_one_case_has_an_effect_and_losers_can_be_performed_again",
                   "select_law.a_send_that_loses_keeps_its_value_and_the_channel_has_seen_nothing",
                   "select_law.a_waiting_select_is_completed_by_one_peer_only",
                   "select_law.biased_takes_the_first_case_that_is_ready",
                   "select_law_where_all_is_kept.a_finished_case_is_reported_once_and_then_skipped_until_none_is_left",
                   "select_law.a_send_on_a_closed_channel_is_reported_once_as_false_and_then_skipped",
                   "select_law.done_of_a_context_is_reported_once_and_then_skipped",
                   "select_law.a_disabled_case_is_skipped_and_an_enabled_one_is_taken_up_again",
                   "select_law.try_select_never_waits_and_performs_a_case_that_is_ready",
                   "future_law.a_future_that_loses_a_select_is_unchanged_and_may_be_performed_again",
                   "future_law.a_cancel_ends_the_wait_for_a_future_and_leaves_its_value_in_it",
                   "cancel_law.a_value_that_was_committed_before_the_cancel_is_returned",
                   "cancel_law_for_waiting_senders.a_cancelled_send_keeps_its_value_and_can_be_performed_again",
                   "go_select_where_all_is_kept.numbers_that_pass_two_racing_selects_arrive_once_and_in_order",
                   "semaphore_law.of_two_acquires_in_a_select_one_has_an_effect_and_the_loser_can_be_performed_again",
                   "rate_order_law.a_token_and_a_cancel_exclude_each_other",
                   "broadcast_operation_law.a_select_receives_from_one_of_two_and_a_send_that_loses_keeps_its_value",
                   "broadcast_operation_law.a_cancelled_receive_and_a_cancelled_send_had_no_effect"};
constexpr names o2{"claim_law.a_performer_that_is_open_is_claimed_exactly_once",
                   "select_law.a_waiting_select_never_pairs_with_itself",
                   "select_law_where_all_is_kept.two_selects_pair_with_each_other",
                   "broadcast_operation_law.a_select_over_a_broadcasts_own_two_ends_performs_one"};
constexpr names o3{"fairness_law.select_takes_each_of_four_ready_cases_equally_often",
                   "fairness_law.waiting_receivers_are_served_first_in_first_out",
                   "fairness_law.a_waiting_receiver_is_passed_over_at_most_64_times",
                   "fairness_law_for_waiting_senders.waiting_senders_are_served_first_in_first_out",
                   "fairness_law_for_waiting_senders.a_waiting_sender_is_passed_over_at_most_64_times",
                   "priority_law.the_sender_that_has_waited_longest_is_passed_over_at_most_so_many_times_in_a_row",
                   "semaphore_order_law.those_who_wait_are_served_first_in_first_out",
                   "rate_order_law.those_who_wait_are_served_first_in_first_out",
                   "broadcast_law.waiting_senders_are_served_first_in_first_out",
                   "broadcast_law.receives_on_one_subscriber_compete_first_in_first_out",
                   "choice_law.each_ready_case_wins_equally_often_wherever_idle_disabled_and_finished_ones_stand",
                   "choice_law.try_select_takes_each_ready_case_equally_often",
                   "choice_law.of_three_cases_that_wait_for_one_channel_each_wins_equally_often",
                   "choice_law.of_three_cases_that_wait_for_the_end_of_one_context_each_wins_equally_often",
                   "choice_law.of_three_timers_that_are_due_at_once_each_wins_equally_often",
                   "choice_law.of_three_timers_that_a_late_clock_finds_due_each_wins_equally_often",
                   "choice_law.of_two_timers_on_the_real_clock_each_wins_equally_often"};
constexpr names o4{"memory_law.a_ping_pong_whose_parties_park_each_time_allocates_nothing",
                   "memory_law.a_select_that_parks_on_forty_cases_allocates_nothing",
                   "future_law.a_future_costs_no_allocation_beside_its_task",
                   "semaphore_memory_law.waiting_and_being_served_allocates_nothing",
                   "rate_order_law.waiting_and_being_served_allocates_nothing",
                   "broadcast_law.a_steady_stream_to_two_subscribers_that_park_allocates_nothing"};
constexpr names o5{
    "lock_law.a_task_is_resumed_with_no_lock_held_by_send_close_and_the_last_sender",
    "lock_law.a_select_is_resumed_with_none_of_its_locks_held",
    "lock_law.a_cancelled_task_is_resumed_with_no_lock_held",
    "semaphore_lock_law.a_task_is_resumed_with_no_lock_held_by_release_resize_and_whoever_leaves_the_queue",
    "rate_lock_law.a_task_is_resumed_with_no_lock_held_by_the_clock_a_new_rate_and_whoever_leaves_the_queue",
    "broadcast_operation_law.a_task_is_resumed_with_no_lock_held"};
constexpr names o6{"order_law.threads_and_tasks_mix_on_both_ends",
                   "span_law.a_waiting_select_over_1_to_100_cases_is_completed_at_the_right_one",
                   "span_law_where_all_is_kept.the_same_source_in_several_cases_gives_each_value_to_one_of_them",
                   "broadcast_law.every_subscriber_sees_every_value_of_each_sender_in_order",
                   "broadcast_operation_law.a_waiting_send_case_is_completed_by_the_subscriber_that_makes_room"};
constexpr names o7{"borrow_law.an_operation_can_be_made_of_a_named_end_only",
                   "lifetime_law.an_operation_keeps_no_end_alive",
                   "semaphore_borrow_law.an_acquire_is_made_of_a_named_semaphore_only_and_stays_where_it_is",
                   "rate_borrow_law.an_acquire_is_made_of_a_named_limiter_only_and_stays_where_it_is",
                   "broadcast_misuse_law.operations_are_made_of_named_ends_only_and_stay_where_they_are"};
constexpr names o8{
    "borrow_law.an_operation_can_be_neither_copied_nor_moved",
    "future_move_law.a_future_moves_and_cannot_be_copied",
    "future_move_law_death.moving_a_future_that_is_waited_for_ends_the_program",
    "future_move_law.destroying_a_waiting_future_withdraws_it",
    "lifetime_law.destroying_a_waiting_receive_withdraws_it",
    "lifetime_law.destroying_a_waiting_select_withdraws_all_its_cases",
    "lifetime_law_for_waiting_senders.destroying_a_waiting_send_withdraws_it_with_its_value",
    "lifetime_law_death.destroying_an_operation_that_is_claimed_and_not_resumed_ends_the_program",
    "semaphore_lifetime_law.destroying_a_waiting_acquire_withdraws_it_and_lets_those_behind_go_on",
    "semaphore_lifetime_law_death.destroying_an_acquire_that_was_given_its_permit_and_not_resumed_ends_the_program",
    "rate_lifetime_law.destroying_a_waiting_acquire_withdraws_it_and_lets_those_behind_go_on",
    "broadcast_operation_law.destroying_a_waiting_select_withdraws_its_receive_and_its_send",
    "broadcast_end_law.a_received_value_whose_result_was_not_taken_survives_the_ends_and_holds_up_its_slot_only"};
constexpr names o9{"lifetime_law.an_executor_cancels_drains_and_joins_its_tasks_when_it_goes",
                   "broadcast_operation_law.an_executor_cancels_drains_and_joins_what_waits_on_it"};
constexpr names o10{"lock_law_where_all_is_kept.destructors_of_values_run_with_no_lock_held",
                    "lock_law_where_all_is_kept.on_drop_may_use_the_channel",
                    "drop_law.destructors_of_dropped_values_run_with_no_lock_held",
                    "drop_law.the_hook_may_use_the_channel_since_no_lock_is_held",
                    "priority_law.the_rank_function_may_use_the_channel_since_no_lock_is_held",
                    "broadcast_end_law.values_are_copied_and_destroyed_with_no_lock_held_and_moved_for_the_last",
                    "broadcast_end_law.a_copy_that_throws_leaves_the_value_for_another_try"};
constexpr names o11{"cancel_law.a_bare_operation_throws_at_entry_once_its_context_is_cancelled_although_it_is_ready",
                    "cancel_law.a_plain_functions_operations_throw_at_entry_too",
                    "cancel_law.a_cancel_wakes_waiting_receives_and_selects_deep_in_a_task",
                    "cancel_law.the_first_failure_of_a_task_wakes_its_waiting_siblings_and_is_what_join_throws",
                    "cancel_law.a_thread_passes_a_context_with_within_and_is_woken_by_its_cancel",
                    "cancel_law.a_shielded_operation_of_a_cancelled_task_is_performed_and_waits",
                    "cancel_law.a_deadline_wakes_what_waits_and_says_timed_out",
                    "future_law.a_task_that_waits_for_a_future_of_a_sibling_is_cancelled_with_the_group",
                    "claim_law.a_cancel_claims_an_open_performer_but_no_shielded_one",
                    "semaphore_law.an_acquire_throws_at_entry_once_its_context_is_cancelled_although_there_is_room",
                    "semaphore_cancel_law.a_cancelled_group_wakes_its_waiting_acquires_and_a_shielded_one_waits_on",
                    "broadcast_operation_law.a_cancelled_receive_and_a_cancelled_send_had_no_effect"};
constexpr names o12{"choice_explored.try_select_never_says_none_while_one_of_two_cases_is_ready_at_every_moment",
                    "choice_explored.try_select_never_says_none_while_a_value_goes_and_a_close_comes",
                    "choice_explored.a_biased_select_takes_its_last_case_only_if_none_before_it_was_ready",
                    "choice_explored.a_biased_select_finds_a_case_before_a_time_that_has_passed",
                    "choice_explored.a_biased_select_never_takes_what_came_after_the_case_before_it",
                    "choice_explored.a_context_that_ended_before_the_send_wins_over_the_receive",
                    "choice_explored.within_a_context_that_ended_before_the_send_nothing_is_received",
                    "choice_explored.a_time_that_passed_before_the_send_wins_over_the_receive",
                    "choice_law.a_biased_select_takes_the_first_ready_case_wherever_it_stands",
                    "choice_law.of_three_cases_that_wait_for_one_channel_biased_takes_the_first",
                    "choice_law.of_three_timers_that_a_late_clock_finds_due_biased_takes_the_first"};
constexpr names c1{
    "close_law_where_all_is_kept.a_closed_channel_drains_then_gives_nothing",
    "close_law_where_all_is_kept.every_receiver_throws_the_close_error_each_time_after_the_drain",
    "close_law.a_waiting_receiver_is_woken_and_gets_nothing",
    "close_law.waiting_receivers_are_woken_and_throw_the_close_error",
    "close_law_where_all_is_kept.the_first_close_decides_and_further_ones_from_either_end_do_nothing",
    "close_law_where_all_is_kept.the_receivers_close_returns_what_was_buffered_and_makes_sends_fail_at_once",
    "close_law_for_waiting_senders.a_waiting_sender_fails_and_keeps_its_value_whoever_closes",
    "go_value.a_close_that_races_with_senders_and_receivers_loses_nothing",
    "broadcast_end_law.a_closed_broadcast_is_seen_to_its_end_by_every_subscriber",
    "broadcast_end_law.every_subscriber_throws_the_close_error_each_time",
    "broadcast_end_law.a_close_wakes_receivers_that_wait_and_senders_that_wait_keep_their_value"};
constexpr names c2{
    "ends_law_where_all_is_kept.the_last_sender_to_go_closes_the_channel",
    "ends_law.a_waiting_receiver_is_woken_when_the_last_sender_goes",
    "ends_law.sends_fail_once_the_last_receiver_has_gone",
    "ends_law_where_all_is_kept.what_was_buffered_goes_to_on_drop_oldest_first_when_the_last_receiver_goes",
    "ends_law.what_was_buffered_goes_to_on_drop_also_when_the_senders_have_gone_before",
    "ends_law.without_on_drop_what_was_buffered_is_destroyed_and_counted",
    "ends_law_for_waiting_senders.a_waiting_sender_fails_when_the_last_receiver_goes",
    "generate_law.the_generator_has_the_only_sender_and_the_receiver_ends_with_it",
    "generate_law.the_receiver_of_a_generator_that_fails_throws_after_what_was_sent",
    "generate_order_law.the_channel_is_closed_when_the_join_returns",
    "drop_law.a_value_on_its_way_to_the_hook_survives_the_ends_of_its_channel",
    "broadcast_end_law.the_last_publisher_to_go_closes_and_wakes",
    "broadcast_end_law.a_sender_that_waits_fails_when_the_last_subscriber_goes",
    "broadcast_end_law.what_nobody_has_received_goes_to_on_drop_oldest_first_when_the_last_subscriber_goes",
    "stall_report.tells_of_a_loop_over_a_channel_whose_sender_was_kept"};
constexpr names c3{"ends_law.a_failed_send_keeps_its_value_and_can_be_tried_again",
                   "ends_law.a_try_send_or_send_some_that_fails_has_moved_nothing",
                   "go_select_for_waiting_senders.a_send_case_on_a_channel_that_gets_closed_fails_and_nothing_crashes",
                   "broadcast_end_law.a_send_fails_and_keeps_its_value_while_nobody_subscribes"};
constexpr names c4{
    "order_law.values_of_one_sender_arrive_in_the_order_sent",
    "order_law.each_of_many_receivers_sees_each_senders_values_ascend_and_each_value_arrives_once",
    "order_law.one_thread_sees_a_queue",
    "go_order.a_sieve_of_stages_finds_the_primes",
    "drop_law.values_arrive_in_the_order_sent_and_each_is_received_or_dropped_once",
    "priority_law.the_greatest_is_received_first_and_equals_in_the_order_sent",
    "priority_law.room_goes_to_the_waiting_sender_with_the_greatest_rank_and_equals_in_the_order_of_waiting",
    "broadcast_law.every_subscriber_sees_every_value_of_each_sender_in_order"};
constexpr names c5{"batch_law.try_recv_on_an_empty_channel_gives_nothing_at_once",
                   "batch_law.a_waiting_recv_some_wakes_with_at_least_one_value",
                   "batch_law_where_all_is_kept.a_waiting_recv_some_takes_a_whole_batch_that_comes",
                   "batch_law_where_all_is_kept.recv_some_takes_no_more_than_asked_and_leaves_the_rest",
                   "batch_law_where_all_is_kept.a_named_send_some_goes_on_with_the_rest",
                   "batch_law_for_waiting_senders.try_send_on_a_full_channel_moves_nothing",
                   "batch_law_for_waiting_senders.a_waiting_send_some_wakes_with_at_least_one_sent_and_the_rest_kept",
                   "drop_law.a_try_send_on_a_full_channel_sends",
                   "drop_law.a_batch_goes_as_far_as_the_first_value_that_is_dropped_and_goes_on_with_the_rest",
                   "priority_law.a_batch_goes_one_by_one_each_value_at_its_own_rank",
                   "broadcast_law.try_forms_never_wait"};
constexpr names c6{"batch_law_where_all_is_kept.iteration_sees_every_value_until_the_channel_is_drained",
                   "batch_law_where_all_is_kept.iteration_throws_what_the_channel_was_closed_with",
                   "drop_law.iteration_sees_what_is_held_until_the_channel_is_drained",
                   "broadcast_law.iteration_sees_every_value_until_it_is_closed"};
constexpr names c7{"memory_law.a_steady_stream_allocates_nothing",
                   "memory_law_where_all_is_kept.the_memory_of_a_burst_is_given_back_as_it_drains",
                   "drop_law.a_channel_that_overflows_allocates_nothing",
                   "broadcast_law.a_steady_stream_to_two_subscribers_that_park_allocates_nothing"};
constexpr names s1{"semaphore_law.no_more_permits_are_out_than_the_capacity_and_none_is_lost",
                   "semaphore_law.a_waiting_select_of_two_acquires_takes_from_one_although_both_come_free"};
constexpr names s2{"semaphore_order_law.those_who_wait_are_served_first_in_first_out",
                   "semaphore_order_law.a_large_request_at_the_head_is_overtaken_by_nobody",
                   "semaphore_order_law.those_behind_one_that_is_cancelled_go_on",
                   "semaphore_order_law.those_behind_one_that_loses_its_select_go_on",
                   "semaphore_order_law.those_behind_one_that_times_out_go_on",
                   "semaphore_order_law.one_that_left_is_skipped_and_takes_nothing"};
constexpr names s3{"semaphore_law.a_permit_that_was_won_and_not_taken_goes_back_with_its_operation",
                   "semaphore_law.a_release_that_races_with_a_cancel_gives_the_permit_or_keeps_it"};
constexpr names s4{"semaphore_law.growing_wakes_those_who_wait_and_shrinking_works_off_what_is_held"};
constexpr names s5{"semaphore_law.what_can_never_be_given_is_refused_whether_it_is_asked_for_or_waits",
                   "semaphore_order_law.a_resize_that_refuses_the_head_serves_those_behind"};
constexpr names r1{"rate_law.in_any_interval_at_most_the_burst_and_what_the_rate_gives_in_it"};
constexpr names r2{"rate_law.a_queue_is_served_to_the_nanosecond_without_drift_however_late_the_timers",
                   "rate_law.a_rate_that_is_set_holds_at_once_and_mints_nothing"};
constexpr names r3{"rate_order_law.those_who_wait_are_served_first_in_first_out",
                   "rate_order_law.a_large_request_at_the_head_is_overtaken_by_nobody"};
constexpr names r4{"rate_order_law.one_that_is_cancelled_takes_nothing_and_those_behind_go_on",
                   "rate_order_law.one_that_loses_its_select_takes_nothing_and_those_behind_are_not_late",
                   "rate_order_law.a_token_and_a_cancel_exclude_each_other"};
constexpr names r5{"rate_law.what_can_never_be_given_is_refused_whether_it_is_asked_for_or_waits"};
constexpr names e1{"failure_law.join_throws_the_first_exception_and_errors_has_each_with_its_task",
                   "failure_law.a_name_and_the_place_of_the_spawn_come_with_the_exception",
                   "failure_law.names_go_with_futures_and_generators_too",
                   "failure_law.an_exception_in_a_group_that_was_cancelled_already_is_kept",
                   "failure_law.cancelled_that_nobody_asked_for_is_a_failure",
                   "failure_law.an_exception_reaches_the_future_and_the_join",
                   "failure_law.a_join_as_a_case_of_select_loses_nothing",
                   "failure_law.each_round_of_a_group_has_its_own_failures_and_numbers",
                   "lost_failure_law.gets_every_exception_of_a_group_that_ends_without_a_join",
                   "lost_failure_law.gets_them_also_while_another_exception_unwinds_the_stack",
                   "lost_failure_law.gets_nothing_that_a_join_a_future_or_a_receiver_has_thrown",
                   "lost_failure_law.gets_what_a_future_that_nobody_asked_would_have_thrown",
                   "lost_failure_law_stderr.without_a_handler_an_unwinding_group_writes_them_to_stderr",
                   "through.run_throws_when_all_have_ended_and_keeps_every_outcome",
                   "worker_pool.what_a_dropped_future_had_to_throw_comes_out_of_drain",
                   "worker_pool.what_a_dropped_future_had_to_throw_goes_to_the_handler_for_lost_failures"};
constexpr names e2{"misuse_law.a_send_performed_again_without_a_refill",
                   "misuse_law.a_receive_performed_again_before_its_result_was_taken",
                   "misuse_law.the_result_of_a_receive_that_was_not_performed_or_was_taken",
                   "misuse_law.an_end_that_was_moved_from",
                   "misuse_law.a_task_that_is_awaited_twice",
                   "misuse_law.a_group_that_would_lose_an_exception",
                   "lost_failure_law_death.without_a_handler_the_program_ends_and_says_which_task_threw_what"};
constexpr names e3{"control_law.cancel_may_be_called_twice_and_by_a_task_of_the_group_itself",
                   "control_law.cancel_may_be_called_by_many_at_once",
                   "control_law.join_may_be_performed_twice_and_the_failure_is_thrown_once",
                   "control_law.a_deadline_cancels_what_is_late_and_join_throws_when_all_have_ended",
                   "control_law.the_first_of_at_least_one_to_succeed_cancels_the_others_and_no_child_is_left_behind",
                   "control_law.join_throws_when_fewer_than_k_succeeded",
                   "pool_end.drain_ends_what_is_queued",
                   "pool_end.stop_hands_back_what_no_worker_has_begun",
                   "pool_end.abort_cancels_what_runs",
                   "pool_end.may_be_stopped_from_inside_a_job",
                   "pool_end.two_jobs_may_both_stop_it",
                   "pool_end.abort_from_inside_a_job_gives_what_it_took_back",
                   "pool_owners.the_last_owner_of_a_pool_may_go_inside_its_work",
                   "pool_owners.a_pool_that_ends_in_its_own_task_ends_the_program_with_a_sentence",
                   "pool_ending.ends_from_all_sides_at_once_hand_every_job_back_once"};
constexpr names e4{"argument_law.a_number_out_of_range_throws_and_the_text_names_it_its_value_and_the_range",
                   "argument_law.the_ends_of_each_range_are_taken",
                   "argument_law.a_capacity_for_which_there_is_no_memory_is_refused_by_its_value",
                   "argument_law.a_time_at_either_end_of_what_can_be_said_neither_overflows_nor_ends_the_program"};
constexpr names e5{"group_round_law.what_has_not_begun_when_a_task_fails_is_skipped_and_counted",
                   "group_round_law.what_is_spawned_after_a_cancel_is_skipped_in_every_form",
                   "group_round_law.a_future_of_a_task_that_was_skipped_says_timed_out_after_a_deadline",
                   "group_round_law.a_clean_up_runs_in_a_group_without_cancel",
                   "ending.a_group_below_a_cancelled_context_skips_and_counts_its_tasks"};
constexpr names e6{
    "failure_law.each_round_of_a_group_has_its_own_failures_and_numbers",
    "group_round_law.runs_a_round_after_one_that_failed_and_keeps_nothing_of_it",
    "group_round_law.runs_a_round_after_one_that_was_cancelled_or_had_enough_successes",
    "group_round_law.skips_every_round_below_a_context_that_was_cancelled_and_join_throws_the_cause_each_time"};
constexpr std::array other_laws{
    law_row{"O1", "An operation commits, or has no effect and its value is still its owner's.", o1},
    law_row{"O2", "A performer is claimed once; two selects may pair, one never with itself.", o2},
    law_row{"O3",
            "select takes each ready case equally often; the parked are served in order, and none is passed over more "
            "than 64 times.",
            o3, "the bound of 1 ms: until an operation can overtake, the parked are never passed over"},
    law_row{"O4", "Parking allocates nothing.", o4},
    law_row{"O5", "Nothing is resumed while a lock is held.", o5},
    law_row{"O6", "Threads and coroutines mix on either end; select takes a span of operations.", o6},
    law_row{"O7", "An operation borrows what it works on and touches no reference count.", o7},
    law_row{"O8", "A parked operation stays where it is; destroying it withdraws it, or ends the program.", o8},
    law_row{"O9", "An executor cancels, drains and joins its tasks when it is destroyed.", o9},
    law_row{"O10", "No user code runs under a lock but T's move; destructors of values run after the unlock.", o10},
    law_row{"O11", "What a task performs is under the context that it was spawned with.", o11},
    beside_channels("O12",
                    "The answer of a select is true at one instant: none, and no case was ready; a case, and it was "
                    "ready, and in a biased select and within() no case before it.",
                    o12),
    law_row{"C1", "Closing is idempotent, from either end, and wakes both sides.", c1},
    law_row{"C2", "The last sender closes; the last receiver makes sends fail, and on_drop gets what was buffered.",
            c2},
    law_row{"C3", "A send that fails says so and still has its value.", c3},
    law_row{"C4", "First in first out per sender and receiver; values move without throwing.", c4},
    law_row{"C5", "try_ forms never wait; recv_some and send_some commit 1 to n.", c5},
    law_row{"C6", "A receiver is iterated with for on a thread and with while in a coroutine.", c6},
    law_row{"C7", "A steady state allocates nothing; the memory of a burst is given back.", c7},
    law_row{"C8",
            "No cliffs: more threads than cores cost at most 1.5 times as much.",
            {},
            "not kept by threads that block; bench/README.md has the figures"},
    beside_channels("S1", "No more permits are given than the capacity allows, and none is lost.", s1),
    beside_channels("S2", "A semaphore serves in order; who leaves the queue holds up nobody behind.", s2),
    beside_channels("S3", "A permit goes back once: released, dropped, or won by an acquire that nobody asked.", s3),
    beside_channels("S4",
                    "A semaphore is resized while permits are held: it grows at once, and shrinks as they return.", s4),
    beside_channels("S5", "What the capacity can never hold is refused, whether it is asked for or waits already.", s5),
    beside_channels("R1", "In any interval a limiter gives at most the burst and what the rate gives in it.", r1),
    beside_channels(
        "R2", "Tokens are given at the nanosecond they are due; a late timer or a new rate changes no count.", r2),
    beside_channels("R3", "A limiter serves in order.", r3),
    beside_channels("R4", "Who loses, is cancelled or times out has taken nothing and holds up nobody behind.", r4),
    beside_channels("R5", "What the burst can never hold is refused, whether it is asked for or waits already.", r5),
    beside_channels("E1",
                    "An exception of user code reaches a join, a result or a registered handler; none is dropped.", e1),
    beside_channels("E2", "Misuse ends the program with a sentence that names the mistake.", e2),
    beside_channels(
        "E3", "What ends work can be called twice, from anywhere, from inside it, and leaves no child behind.", e3),
    beside_channels("E4",
                    "A number out of range throws std::invalid_argument, which names the parameter, the value and the "
                    "range: it may come from a configuration.",
                    e4),
    beside_channels("E5", "A task of a group that has not begun when the group is cancelled is skipped and counted.",
                    e5),
    beside_channels("E6", "A round of a group, up to its join, leaves nothing to the next one.", e6),
};

constexpr auto laws = [] {
  std::array<law_row, other_laws.size() + executor_laws.size() + stream_laws.size()> all{};
  const auto executors = std::ranges::copy(other_laws, all.begin()).out;
  std::ranges::copy(stream_laws, std::ranges::copy(executor_laws, executors).out);
  return all;
}();

std::string list_of(std::span<const std::string_view> tests) {
  std::string text;
  for (const std::string_view test : tests) text.append(text.empty() ? "`" : "<br>`").append(test).append("`");
  return text;
}

std::string table_of_laws() {
  std::string text = "| law | what it says | tests | later |\n|---|---|---|---|\n";
  for (const law_row& law : laws) {
    text.append("| ").append(law.id).append(" | ").append(law.sentence).append(" | ").append(list_of(law.tests));
    text.append(" | ").append(law.later).append(" |\n");
  }
  return text;
}

}  // namespace

std::span<const flavour_row> flavour_rows() noexcept {
  return flavour_table;
}
std::span<const law_row> law_rows() noexcept {
  return laws;
}

std::string laws_document() {
  std::string text =
      "# The laws and their tests\n\n"
      "Made from tests/conformance/law_table.cpp; a test compares the two, and `BRAID_WRITE_LAWS=1 conformance_test` "
      "writes this file anew. Each test of a suite on channels runs in every flavour, with threads and with tasks on "
      "either end; one on semaphores (S), rate limiters (R) and groups (E) with threads and with tasks. The tests of "
      "streams and pools (F) and of executors (X) lie beside their code, under braid/ and tests/.\n\n"
      "| flavour | what is its own | tests |\n|---|---|---|\n";
  for (const flavour_row& f : flavour_table)
    text.append("| ").append(f.name).append(" | ").append(f.own).append(" | ").append(list_of(f.tests)).append(" |\n");
  return text + "\n" + table_of_laws();
}

}  // namespace braid::conformance
