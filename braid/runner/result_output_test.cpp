#include "braid/runner/result_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "braid/base/descriptor.hpp"
#include "braid/runner/outcome_fixture_test.hpp"

using namespace braid::runner;
using namespace braid::runner::fixture;

namespace {

struct staged_output {
  explicit staged_output(result_order order) : output(order, format, watcher, {out.file(), err.file()}) {}
  void show(std::uint64_t number) {
    const auto text = std::to_string(number);
    const ended_job job(number, text, text + "\n", number % 3 == 0 ? "e" + text + "\n" : "");
    output.show(job.result);
  }
  braid::process::spool out, err;
  plain_format format;
  output_watcher watcher;
  result_output output;
};

std::string lines(std::uint64_t last, std::uint64_t step = 1, const std::string& before = "") {
  std::string text;
  for (std::uint64_t n = step; n <= last; n += step) text += before + std::to_string(n) + "\n";
  return text;
}

}  // namespace

TEST(result_output, as_ready_each_result_is_out_when_show_returns) {
  staged_output s(result_order::as_ready);
  s.show(2);
  EXPECT_EQ(text_of(s.out), "2\n");
  s.show(1);
  EXPECT_EQ(text_of(s.out), "2\n1\n");
}

TEST(result_output, in_input_order_a_result_waits_for_those_before_it) {
  staged_output s(result_order::input);
  s.show(3);
  s.show(2);
  EXPECT_EQ(text_of(s.out), "");
  s.show(1);
  EXPECT_EQ(text_of(s.out), "1\n2\n3\n");
  EXPECT_EQ(text_of(s.err), "e3\n");
}

TEST(result_output, any_order_of_ends_gives_input_order) {
  std::mt19937_64 random(9);
  std::vector<std::uint64_t> numbers(2000);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::ranges::shuffle(numbers, random);
  staged_output s(result_order::input);
  for (const auto n : numbers) s.show(n);
  EXPECT_EQ(text_of(s.out), lines(2000));
  EXPECT_EQ(text_of(s.err), lines(2000, 3, "e"));
}

TEST(result_output, a_skipped_number_gives_up_its_turn) {
  staged_output s(result_order::input);
  s.show(2);
  s.output.skip(1);
  EXPECT_EQ(text_of(s.out), "2\n");
}

TEST(result_output, finish_writes_what_waits_for_a_result_that_never_came) {
  staged_output s(result_order::input);
  s.show(2);
  s.show(5);
  s.output.finish();
  EXPECT_EQ(text_of(s.out), "2\n5\n");
}

TEST(result_output, large_results_that_wait_take_few_files) {
  staged_output s(result_order::input);
  const std::string big(1 << 20, 'x');
  for (std::uint64_t n = 2; n <= 60; ++n) s.output.show(ended_job(n, "", big).result);
  s.show(1);
  EXPECT_EQ(s.out.size(), 59 * big.size() + 2);
}

TEST(result_output, after_an_error_nothing_more_is_written) {
  const braid::descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const plain_format format;
  output_watcher watcher;
  const braid::process::spool err;
  result_output output(result_order::as_ready, format, watcher, {full.get(), err.file()});
  EXPECT_THROW(output.show(ended_job(1, "", "x").result), output_error);
  EXPECT_THROW(output.show(ended_job(2, "", "", "said").result), output_error);
  EXPECT_EQ(err.size(), 0U);
}
