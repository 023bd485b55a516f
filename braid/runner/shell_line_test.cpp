#include "braid/runner/shell_line.hpp"

#include <gtest/gtest.h>

using braid::runner::shell_line;

TEST(shell_line, quotes_words_and_gives_the_empty_stdin_of_a_job) {
  EXPECT_EQ(shell_line({"ffmpeg", "-i", "my clip.mov"}), "ffmpeg -i 'my clip.mov' </dev/null");
  EXPECT_EQ(shell_line({"rm", "-rf", "", "it's"}), R"(rm -rf '' 'it'\''s' </dev/null)");
}

TEST(shell_line, a_name_that_a_shell_has_itself_is_the_program_by_env) {
  EXPECT_EQ(shell_line({"echo", "-n"}), "env echo -n </dev/null");
  EXPECT_EQ(shell_line({"if", "x"}), "env if x </dev/null");
  EXPECT_EQ(shell_line({"[", "a", "]"}), "env '[' a ']' </dev/null");
  EXPECT_EQ(shell_line({"/bin/echo"}), "/bin/echo </dev/null");
}

TEST(shell_line, a_program_with_an_equals_sign_is_no_assignment) {
  EXPECT_EQ(shell_line({"A=b", "c=d"}), "'A=b' c=d </dev/null");
}

TEST(shell_line, a_newline_or_a_control_character_makes_no_second_line) {
  EXPECT_EQ(shell_line({"ls", "a\nb"}), R"x(eval " $(printf %b 'ls \0047a\0012b\0047')" </dev/null)x");
  EXPECT_EQ(shell_line({"ls", "\x1b[31m"}), R"x(eval " $(printf %b 'ls \0047\0033[31m\0047')" </dev/null)x");
}

TEST(shell_line, bytes_that_are_no_text_stay_as_they_are) {
  EXPECT_EQ(shell_line({"ls", "\xff\xfe"}), "ls '\xff\xfe' </dev/null");
}
