#include "braid/inspect/stall_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using braid::detail::report_of;
using braid::detail::seen_wait;
using braid::detail::stall_book;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const braid::time_point start{1'000h};

seen_wait a_wait(std::uint64_t number, const char* what = "recv on channel 'work'") {
  return {number, "thread 'reader' (12)", what, "", {}, true, false, start};
}

TEST(stall_book, reports_a_wait_at_5_seconds_and_again_at_10_20_and_40) {
  stall_book book(5s);
  std::string reported;
  for (int second = 1; second <= 60; ++second)
    if (!report_of({a_wait(1)}, start + second * 1s, book).empty()) reported += std::to_string(second) + " ";
  EXPECT_EQ(reported, "5 10 20 40 ");
}

TEST(stall_book, reports_once_what_passed_several_doublings_between_two_looks) {
  stall_book book(5s);
  EXPECT_THAT(report_of({a_wait(1)}, start + 45s, book), HasSubstr("has waited for 45.0 s in recv on channel 'work'"));
  EXPECT_THAT(report_of({a_wait(1)}, start + 46s, book), IsEmpty());
  EXPECT_THAT(report_of({a_wait(1)}, start + 79s, book), IsEmpty());
  EXPECT_THAT(report_of({a_wait(1)}, start + 80s, book), HasSubstr("80.0 s"));
}

TEST(stall_book, forgets_a_wait_that_is_over) {
  stall_book book(1s);
  EXPECT_TRUE(book.is_due(1, 3s));
  book.end_round();
  EXPECT_FALSE(book.is_due(1, 3s));
  book.end_round();
  book.end_round();
  EXPECT_TRUE(book.is_due(1, 3s));
}

TEST(stall_book, reports_each_wait_by_its_own_time) {
  stall_book book(5s);
  seen_wait later = a_wait(2, "send on channel 'results'");
  later.since = start + 3s;
  EXPECT_THAT(report_of({a_wait(1), later}, start + 6s, book),
              AllOf(HasSubstr("1 wait has lasted for 5.0 s or longer"), Not(HasSubstr("'results'"))));
  EXPECT_THAT(report_of({a_wait(1), later}, start + 8s, book), AllOf(HasSubstr("'results'"), Not(HasSubstr("'work'"))));
}

TEST(stall_book, leaves_out_what_may_wait_long) {
  stall_book book(5s);
  seen_wait timer = a_wait(1, "after()");
  timer.may_be_long = true;
  EXPECT_THAT(report_of({timer}, start + 1h, book), IsEmpty());
}

TEST(stall_book, counts_what_exceeds_a_hundred_paragraphs) {
  stall_book book(5s);
  std::vector<seen_wait> many;
  for (std::uint64_t i = 1; i <= 130; ++i) many.push_back(a_wait(i));
  EXPECT_THAT(report_of(many, start + 6s, book),
              AllOf(HasSubstr("braid: 130 waits have lasted"), HasSubstr("  and 30 more\n")));
}

}  // namespace
