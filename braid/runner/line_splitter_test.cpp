#include "braid/runner/line_splitter.hpp"

#include <gtest/gtest.h>

#include <random>

using braid::runner::input;
using braid::runner::line_splitter;
using braid::runner::longest_input;

namespace {

std::vector<std::string> texts(const std::vector<input>& inputs) {
  std::vector<std::string> all;
  for (const auto& in : inputs) all.push_back(in.text);
  return all;
}

std::vector<input> split(std::string_view bytes, char delimiter = '\n') {
  line_splitter splitter(delimiter, "stdin");
  std::vector<input> made;
  splitter.feed(bytes, made);
  splitter.finish(made);
  return made;
}

using strings = std::vector<std::string>;

}  // namespace

TEST(line_splitter, each_line_is_an_input_with_or_without_a_last_newline) {
  EXPECT_EQ(texts(split("a\nb c\n")), (strings{"a", "b c"}));
  EXPECT_EQ(texts(split("a\nb c")), (strings{"a", "b c"}));
  EXPECT_TRUE(split("").empty());
}

TEST(line_splitter, an_empty_line_is_an_empty_input) {
  EXPECT_EQ(texts(split("a\n\nb\n")), (strings{"a", "", "b"}));
}

TEST(line_splitter, inputs_are_numbered_from_one) {
  const auto made = split("x\ny\n");
  EXPECT_EQ(made[0].number, 1U);
  EXPECT_EQ(made[1].number, 2U);
}

TEST(line_splitter, zero_separated_inputs_keep_their_newlines_quotes_and_blanks) {
  EXPECT_EQ(texts(split(std::string_view("a\nb\0 it's \"\0", 12), '\0')), (strings{"a\nb", " it's \""}));
}

TEST(line_splitter, the_cut_does_not_depend_on_how_bytes_arrive) {
  std::mt19937_64 random(11);
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += "ab\n"[random() % 3];
  line_splitter splitter('\n', "stdin");
  std::vector<input> made;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto step = std::min<std::size_t>(rest.size(), 1 + random() % 7);
    splitter.feed(rest.substr(0, step), made);
    rest.remove_prefix(step);
  }
  splitter.finish(made);
  EXPECT_EQ(texts(made), texts(split(bytes)));
}

TEST(line_splitter, a_line_of_the_longest_length_passes_and_one_byte_more_is_unusable) {
  EXPECT_EQ(split(std::string(longest_input, 'x') + "\n")[0].text.size(), longest_input);
  const auto over = split("a\n" + std::string(longest_input + 1, 'x') + "\nb\n");
  ASSERT_EQ(over.size(), 3U);
  EXPECT_EQ(over[1].text, "");
  EXPECT_EQ(over[1].unusable,
            "line 2 of stdin has 131072 bytes; one argument holds at most 131071 (128 KiB with its closing zero byte)");
  EXPECT_EQ(over[2].text, "b");
  EXPECT_EQ(over[2].number, 3U);
}

TEST(line_splitter, an_overlong_line_is_skipped_in_constant_memory) {
  line_splitter splitter('\n', "stdin");
  std::vector<input> made;
  const std::string chunk(65536, 'x');
  for (int i = 0; i < 1600; ++i) {
    splitter.feed(chunk, made);
    ASSERT_LE(splitter.held(), longest_input);
  }
  splitter.feed("\n", made);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_NE(made[0].unusable.find("104857600 bytes"), std::string::npos);
}

TEST(line_splitter, a_zero_byte_in_a_line_is_named_and_mended) {
  const auto made = split(std::string_view("a\0b\n", 4));
  ASSERT_EQ(made.size(), 1U);
  EXPECT_NE(made[0].unusable.find("line 1 of stdin holds a zero byte"), std::string::npos);
  EXPECT_NE(made[0].unusable.find("-0"), std::string::npos);
}
