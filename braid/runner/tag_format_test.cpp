#include "braid/runner/tag_format.hpp"

#include <gtest/gtest.h>

#include "braid/runner/outcome_fixture_test.hpp"

using namespace braid::runner;
using namespace braid::runner::fixture;

namespace {

std::string tagged(std::string_view bytes) {
  const braid::process::spool to;
  byte_sink sink(to.file(), "stdout");
  copy_tagged(*record_of(bytes), "t\t", sink);
  sink.flush();
  return text_of(to);
}

}  // namespace

TEST(tag_format, every_line_has_its_tag) {
  EXPECT_EQ(tagged("a\n\nb\n"), "t\ta\nt\t\nt\tb\n");
}

TEST(tag_format, a_last_line_without_a_newline_gets_one) {
  EXPECT_EQ(tagged("a\nb"), "t\ta\nt\tb\n");
}

TEST(tag_format, no_output_has_no_tag) {
  EXPECT_EQ(tagged(""), "");
}

TEST(tag_format, a_line_longer_than_the_buffer_has_one_tag) {
  const std::string line(700'000, 'x');
  EXPECT_EQ(tagged(line + "\ny\n"), "t\t" + line + "\nt\ty\n");
}

TEST(tag_format, both_streams_are_tagged_and_a_tag_stays_on_its_line) {
  const ended_job job(7, "a\nb", "out\n", "err\n");
  const braid::process::spool out, err;
  byte_sink out_sink(out.file(), "stdout"), err_sink(err.file(), "stderr");
  tag_format(text_template("{}#{#}")).render(job.result, out_sink, err_sink);
  out_sink.flush();
  err_sink.flush();
  EXPECT_EQ(text_of(out), "a b#7\tout\n");
  EXPECT_EQ(text_of(err), "a b#7\terr\n");
}
