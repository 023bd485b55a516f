#include "braid/runner/json_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "braid/runner/outcome_fixture_test.hpp"

using namespace braid::runner;
using namespace braid::runner::fixture;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

std::string record_of(const outcome& result, const command_template& command) {
  const braid::process::spool out, err;
  byte_sink out_sink(out.file(), "stdout"), err_sink(err.file(), "stderr");
  json_format(command).render(result, out_sink, err_sink);
  out_sink.flush();
  err_sink.flush();
  EXPECT_EQ(err.size(), 0U);
  return text_of(out);
}

const command_template echo({"echo", "{}"});

}  // namespace

TEST(json_format, a_record_is_one_line_with_the_jobs_output_inside) {
  const ended_job job(3, "a\"b", "x\ny\n", "\xff");
  const auto record = record_of(job.result, echo);
  EXPECT_THAT(
      record,
      StartsWith(
          R"({"v":1,"seq":3,"inputs":["a\"b"],"argv":["echo","a\"b"],"try":1,"state":"ok","exit":0,"signal":null,"slot":1,)"));
  EXPECT_THAT(record, HasSubstr(R"("out_bytes":4,"err_bytes":1,"out":"x\ny\n","err_b64":"/w=="})"));
  EXPECT_EQ(record.find('\n'), record.size() - 1);
}

TEST(json_format, times_are_utc_with_microseconds) {
  ended_job job(1, "a", "");
  job.result.start = std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'000'042));
  EXPECT_THAT(record_of(job.result, echo), HasSubstr(R"("start":"2023-11-14T22:13:20.000042Z")"));
}

TEST(json_format, a_job_that_never_started_says_why_and_has_no_figures) {
  outcome result;
  result.input.number = 9;
  result.state = job_state::failed;
  result.reason = "line 9 is too long";
  const auto record = record_of(result, echo);
  EXPECT_THAT(record, HasSubstr(R"("try":0,"state":"failed","exit":null,"signal":null)"));
  EXPECT_THAT(record, HasSubstr(R"("user_ns":null,"sys_ns":null,"maxrss_kb":null)"));
  EXPECT_THAT(record, HasSubstr(R"("reason":"line 9 is too long"})"));
}

TEST(json_format, a_character_that_lies_across_two_reads_is_still_text) {
  std::string bytes(48 * 1024 - 1, 'x');
  bytes += "\xc3\xa9";
  EXPECT_THAT(record_of(ended_job(1, "a", bytes).result, echo), HasSubstr("x\xc3\xa9\",\"err\""));
}

TEST(json_format, a_script_is_shown_as_it_was_written) {
  const command_template script({"echo {} | cat"});
  EXPECT_THAT(record_of(ended_job(1, "a", "").result, script), HasSubstr(R"("script":"echo {} | cat","try")"));
}
