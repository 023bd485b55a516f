#include "braid/pool/worker_count.hpp"

#include <gtest/gtest.h>

namespace {

using braid::detail::worker_count;

/// Hires as many as are wanted, and returns their number.
std::size_t hire_all(worker_count& count) {
  std::size_t hired = 0;
  while (count.wants_one_more()) count.comes(), ++hired;
  return hired;
}

TEST(worker_count, there_is_one_worker_more_than_jobs_may_run) {
  worker_count count(3);
  EXPECT_EQ(hire_all(count), 4u);
  EXPECT_EQ(count.free(), 3u);
  EXPECT_FALSE(count.has_too_many());
  count.is_not_started();
  EXPECT_TRUE(count.wants_one_more());
}

TEST(worker_count, as_many_jobs_begin_as_the_width_says) {
  worker_count count(2);
  count.job_begins();
  EXPECT_EQ(count.free(), 1u);
  count.job_begins();
  EXPECT_EQ(count.free(), 0u);
  count.set_width(1);
  EXPECT_EQ(count.free(), 0u) << "both run to their end";
  count.job_ends();
  EXPECT_EQ(count.free(), 0u);
  count.job_ends();
  EXPECT_EQ(count.free(), 1u);
}

TEST(worker_count, a_worker_that_waits_for_the_pool_lends_its_place) {
  worker_count count(1);
  hire_all(count);
  count.job_begins();
  count.lends();
  EXPECT_EQ(count.at_work(), 0u);
  EXPECT_EQ(count.free(), 1u);
  EXPECT_EQ(hire_all(count), 1u) << "again one to spare";
  count.job_begins();
  count.takes_back();  // it continues at once, and two are at work
  EXPECT_EQ(count.at_work(), 2u);
  EXPECT_EQ(count.free(), 0u);
  EXPECT_FALSE(count.has_too_many()) << "while both run";
  count.job_ends();
  EXPECT_TRUE(count.has_too_many());
  count.is_sent_away();
  EXPECT_FALSE(count.has_too_many());
  EXPECT_EQ(count.hired(), 3u);
  count.leaves();
  EXPECT_EQ(count.hired(), 2u);
}

TEST(worker_count, a_new_width_makes_too_many_or_too_few) {
  worker_count count(3);
  hire_all(count);
  count.set_width(1);
  EXPECT_TRUE(count.has_too_many());
  EXPECT_FALSE(count.wants_one_more());
  count.is_sent_away();
  count.is_sent_away();
  EXPECT_FALSE(count.has_too_many());
  count.leaves();
  count.leaves();
  count.set_width(4);
  EXPECT_EQ(hire_all(count), 3u);
}

TEST(worker_count, guests_and_callers_are_workers_and_take_no_workers_thread) {
  worker_count count(1);
  hire_all(count);
  count.guest_comes();
  EXPECT_FALSE(count.wants_one_more());
  EXPECT_FALSE(count.has_too_many());
  count.guest_leaves();
  count.caller_comes();
  EXPECT_EQ(count.free(), 1u) << "the caller's job takes no place";
  EXPECT_EQ(count.running(), 1u);
  EXPECT_EQ(count.at_work(), 0u);
  EXPECT_FALSE(count.has_too_many());
  EXPECT_FALSE(count.wants_one_more());
  count.caller_leaves();
  EXPECT_EQ(count.hired(), 2u);
  EXPECT_EQ(count.running(), 0u);
}

TEST(worker_count, those_that_wait_for_all_others_are_counted_with_their_jobs) {
  worker_count count(2);
  hire_all(count);
  count.rests(true);
  count.rests(false);
  EXPECT_EQ(count.resting(), 2u);
  EXPECT_EQ(count.resting_jobs(), 1u);
  count.rests_no_more(true);
  EXPECT_EQ(count.resting(), 1u);
  EXPECT_EQ(count.resting_jobs(), 0u);
}

}  // namespace
