#include "braid/runner/line_splitter.hpp"

#include <gtest/gtest.h>

#include <random>

using braid::runner::input;
using braid::runner::line_splitter;
using braid::runner::list_form;
using braid::runner::longest_input;

namespace {

std::vector<std::string> texts(const std::vector<input>& inputs) {
  std::vector<std::string> all;
  for (const auto& in : inputs) all.push_back(in.text);
  return all;
}

std::vector<input> split(std::string_view bytes, char delimiter = '\n', bool crlf = false) {
  line_splitter splitter({.delimiter = delimiter, .crlf = crlf}, "stdin");
  std::vector<input> made;
  splitter.feed(bytes, made);
  splitter.finish(made);
  return made;
}

std::string hint_of(std::string_view bytes, list_form form = {}) {
  line_splitter splitter(form, "list");
  std::vector<input> made;
  splitter.feed(bytes, made);
  splitter.finish(made);
  const auto hint = splitter.take_hint();
  EXPECT_EQ(splitter.take_hint(), "");
  return hint;
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
  line_splitter splitter({}, "stdin");
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
  line_splitter splitter({}, "stdin");
  std::vector<input> made;
  const std::string chunk(65536, 'x');
  for (int i = 0; i < 1600; ++i) {
    splitter.feed(chunk, made);
    ASSERT_LE(splitter.held(), longest_input + 4);
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

TEST(line_splitter, crlf_strips_one_cr_from_each_line_and_a_byte_order_mark_from_the_first) {
  EXPECT_EQ(texts(split("\xef\xbb\xbf"
                        "a b\r\n\r\nc\rd\r\r\n\xef\xbb\xbf"
                        "e\nf\r",
                        '\n', true)),
            (strings{"a b", "", "c\rd\r",
                     "\xef\xbb\xbf"
                     "e",
                     "f"}));
}

TEST(line_splitter, without_crlf_no_byte_is_changed_and_one_hint_names_the_option) {
  EXPECT_EQ(texts(split("\xef\xbb\xbf"
                        "a\r\nb\r\n")),
            (strings{"\xef\xbb\xbf"
                     "a\r",
                     "b\r"}));
  EXPECT_EQ(hint_of("a\nb\r\nc\r\n"),
            "line 2 of list ends in CR LF, as Windows writes lines, and the CR is part of the input; --crlf strips it");
  EXPECT_NE(hint_of("\xef\xbb\xbf"
                    "a\r\nb\r\n")
                .find("--crlf strips it, and the byte-order mark"),
            std::string::npos);
  EXPECT_EQ(hint_of("\xef\xbb\xbf"
                    "a\nb\n"),
            "list begins with a byte-order mark, which is part of the first input; --crlf strips it");
}

TEST(line_splitter, a_list_as_it_should_be_gives_no_hint) {
  EXPECT_EQ(hint_of("a\nb\rc\nd"), "");
  EXPECT_EQ(hint_of("\xef\xbb\xbf"
                    "a\r\n",
                    {.delimiter = '\n', .crlf = true}),
            "");
  EXPECT_EQ(hint_of(std::string_view("a\r\0b\nc\0", 7), {.delimiter = '\0'}), "");
}

TEST(line_splitter, zero_separated_input_without_any_zero_is_hinted_at) {
  EXPECT_NE(hint_of("a\nb\n", {.delimiter = '\0'}).find("without -0"), std::string::npos);
  EXPECT_EQ(hint_of("a", {.delimiter = '\0'}), "");
}

TEST(line_splitter, utf_16_is_named_and_not_taken_for_zero_separated_input) {
  const auto made =
      split(std::string_view("\xff\xfe"
                             "a\0\r\0\n\0b\0\r\0\n\0",
                             14));
  ASSERT_GE(made.size(), 2U);
  for (const auto& in : made) EXPECT_NE(in.unusable.find("iconv -f UTF-16"), std::string::npos) << in.unusable;
}

TEST(line_splitter, the_longest_input_passes_with_its_cr_too) {
  const auto made = split("\xef\xbb\xbf" + std::string(longest_input, 'x') + "\r\n", '\n', true);
  EXPECT_EQ(made[0].text.size(), longest_input);
  EXPECT_NE(split(std::string(longest_input + 1, 'x') + "\r\n", '\n', true)[0].unusable, "");
}
