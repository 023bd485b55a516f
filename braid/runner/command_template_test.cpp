#include "braid/runner/command_template.hpp"

#include <gtest/gtest.h>

#include "braid/runner/usage_error.hpp"

using braid::runner::binding;
using braid::runner::command_mode;
using braid::runner::command_template;
using braid::runner::usage_error;

namespace {

constexpr binding values{.input = "my clip.mov", .number = 1, .slot = 1};
using arguments = std::vector<std::string>;

}  // namespace

TEST(command_template, words_are_executed_without_a_shell) {
  const command_template made({"ffmpeg", "-i", "{}", "{.}.mp4"});
  EXPECT_EQ(made.argv(values), (arguments{"ffmpeg", "-i", "my clip.mov", "my clip.mp4"}));
  EXPECT_EQ(made.show(values), "ffmpeg -i 'my clip.mov' 'my clip.mp4' </dev/null");
}

TEST(command_template, without_a_placeholder_the_input_is_appended) {
  EXPECT_EQ(command_template({"gzip", "-9"}).argv(values), (arguments{"gzip", "-9", "my clip.mov"}));
  EXPECT_EQ(command_template({"gzip"}).argv(values), (arguments{"gzip", "my clip.mov"}));
}

TEST(command_template, one_word_with_blanks_is_a_script_whose_values_are_arguments) {
  const command_template made({"gzip -9 <{} >{/.}.gz"});
  EXPECT_EQ(made.argv(values),
            (arguments{"/bin/sh", "-c", R"(gzip -9 <"${1}" >"${2}".gz)", "sh", "my clip.mov", "my clip"}));
  EXPECT_EQ(made.script(), "gzip -9 <{} >{/.}.gz");
}

TEST(command_template, the_mode_can_be_forced) {
  EXPECT_EQ(command_template({"./my tool"}, command_mode::exec).argv(values), (arguments{"./my tool", "my clip.mov"}));
  EXPECT_EQ(command_template({"date"}, command_mode::shell).argv(values)[0], "/bin/sh");
  EXPECT_THROW(command_template({"echo", "x"}, command_mode::shell), usage_error);
}

TEST(command_template, knows_whether_an_input_chooses_the_program) {
  EXPECT_TRUE(command_template({"ls", "{}"}).program_is_fixed());
  EXPECT_FALSE(command_template({"{}", "x"}).program_is_fixed());
  EXPECT_TRUE(command_template({"{} | cat"}).program_is_fixed());
}

TEST(command_template, no_command_is_refused) {
  EXPECT_THROW(command_template({}), usage_error);
}
