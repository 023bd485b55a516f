#include "cmd/braid/progress_text.hpp"

#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace braid::cmd;

namespace {

constexpr progress_counts::time_point began{1h};

progress_counts busy() {
  progress_counts seen;
  seen.ok = 605;
  seen.failed = 2;
  seen.cancelled = 5;
  seen.retried = 5;
  seen.running = 8;
  seen.oldest = "big.mov";
  seen.oldest_since = began + 31s;
  seen.began = began;
  return seen;
}

}  // namespace

TEST(progress_text, progress_shows_the_total_only_where_it_is_known) {
  auto seen = busy();
  EXPECT_EQ(progress_text(seen, began + 40s), "612 done  8 running  2 failed  5 retried  15.3/s  oldest 0:09 big.mov");
  seen.total = 1000;
  EXPECT_EQ(progress_text(seen, began + 40s),
            "612/1000 61%  8 running  2 failed  5 retried  15.3/s  ETA 0:25  oldest 0:09 big.mov");
}

TEST(progress_text, the_summary_counts_every_kind_of_end_that_occurred) {
  EXPECT_EQ(summary_text(busy(), began + 72s, 8),
            "612 jobs in 1:12 on 8 slots: 605 ok, 2 failed, 5 stopped (5 retried)");
  progress_counts one;
  one.ok = 1;
  one.began = began;
  EXPECT_EQ(summary_text(one, began + 250ms, 1), "1 job in 0.2 s on 1 slot: 1 ok");
}

TEST(progress_text, long_spans_are_shown_with_hours) {
  EXPECT_EQ(clock_text(9s), "0:09");
  EXPECT_EQ(clock_text(3723s), "1:02:03");
}
