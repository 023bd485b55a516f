#include "cmd/braid/run_progress.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace braid::cmd;
using braid::runner::job;
using braid::runner::job_state;
using braid::runner::outcome;

namespace {

constexpr progress_counts::time_point start{1h};

job job_number(std::uint64_t number) {
  job made;
  made.input.number = number;
  made.input.text = "in" + std::to_string(number);
  return made;
}

outcome end_of(std::uint64_t number, job_state state) {
  outcome made;
  made.input = job_number(number).input;
  made.state = state;
  made.reason = "no luck";
  return made;
}

}  // namespace

TEST(run_progress, the_oldest_running_job_is_the_one_that_began_first) {
  run_progress counts(start);
  counts.begin(job_number(1), start + 3s);
  counts.begin(job_number(2), start + 1s);
  counts.begin(job_number(3), start + 2s);
  EXPECT_EQ(counts.look().oldest, "in2");
  counts.end(end_of(2, job_state::ok));
  EXPECT_EQ(counts.look().oldest, "in3");
  EXPECT_EQ(counts.look().running, 2U);
}

TEST(run_progress, each_end_is_counted_once_by_its_kind) {
  run_progress counts(start);
  counts.end(end_of(1, job_state::ok));
  counts.end(end_of(2, job_state::failed));
  counts.end(end_of(3, job_state::timed_out));
  counts.end(end_of(4, job_state::killed));
  counts.end(end_of(5, job_state::cancelled));
  counts.retry(end_of(6, job_state::failed));
  const auto seen = counts.look();
  EXPECT_EQ(seen.ok, 1U);
  EXPECT_EQ(seen.failed, 3U);
  EXPECT_EQ(seen.cancelled, 1U);
  EXPECT_EQ(seen.retried, 1U);
}

TEST(run_progress, a_million_failures_are_shown_as_the_first_ten_and_a_count) {
  run_progress counts(start);
  for (std::uint64_t i = 1; i <= 1000; ++i) counts.end(end_of(i, job_state::failed));
  const auto lines = counts.failures();
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(lines.front(), "failed  #1 no luck  in1");
  EXPECT_EQ(lines.back(), "... and 990 more");
}

TEST(run_progress, a_failure_says_how_it_ended_and_after_how_many_tries) {
  auto last = end_of(1, job_state::failed);
  last.status = braid::process::exit_status{};
  last.status->code = 22;
  last.tries = 4;
  EXPECT_EQ(describe_failure(last), "exit 22 x4");
  last.state = job_state::timed_out;
  EXPECT_EQ(describe_failure(last), "timeout x4");
}

TEST(run_progress, text_of_others_stays_on_one_line_and_keeps_characters_whole) {
  EXPECT_EQ(one_line("a\nb\033[2Jc", 99), "a?b?[2Jc");
  EXPECT_EQ(one_line("ab\xc3\xa9", 3), "ab");
  EXPECT_EQ(one_line("ab\xc3\xa9", 4), "ab\xc3\xa9");
}
