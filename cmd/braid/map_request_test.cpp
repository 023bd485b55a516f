#include "cmd/braid/map_request.hpp"

#include <gtest/gtest.h>

#include "braid/runner/usage_error.hpp"

using namespace std::chrono_literals;
using braid::cmd::inputs_from_file;
using braid::cmd::inputs_from_words;
using braid::cmd::map_request;
using braid::cmd::parse_map;
using braid::runner::usage_error;
using words = std::vector<std::string_view>;

namespace {

std::string why_refused(const words& given) {
  try {
    static_cast<void>(parse_map(given, 2));
  } catch (const usage_error& said) {
    return said.what();
  }
  return "accepted";
}

}  // namespace

TEST(map_request, options_end_at_the_first_word_of_the_command) {
  const auto made = parse_map({"-k", "-j4", "ls", "-x", "--json", ":::", "a", "-k"}, 2);
  EXPECT_TRUE(made.input_order);
  EXPECT_EQ(made.run.slots, 4U);
  EXPECT_FALSE(made.run.stop_at_first_failure);
  EXPECT_EQ(made.command, (words{"ls", "-x", "--json"}));
  EXPECT_EQ(std::get<inputs_from_words>(made.inputs).words, (words{"a", "-k"}));
}

TEST(map_request, letters_may_stand_together_and_values_attached_or_apart) {
  const auto made = parse_map({"-kxT", "-r3", "--timeout=5s", "--max-fails", "9", "-a", "list", "cat"}, 2);
  EXPECT_TRUE(made.input_order);
  EXPECT_TRUE(made.run.stop_at_first_failure);
  EXPECT_EQ(made.shown, map_request::format::tagged);
  EXPECT_EQ(made.run.retry.retries, 3U);
  EXPECT_EQ(made.run.timeout, 5s);
  EXPECT_EQ(made.run.max_fails.most, 9U);
  EXPECT_EQ(std::get<inputs_from_file>(made.inputs).path, "list");
}

TEST(map_request, a_tag_is_given_only_with_an_equals_sign) {
  EXPECT_EQ(parse_map({"-T={/}", "cat"}, 2).tag, "{/}");
  EXPECT_EQ(parse_map({"--tag={#}", "cat"}, 2).tag, "{#}");
  EXPECT_EQ(parse_map({"-T", "cat"}, 2).command, (words{"cat"}));
}

TEST(map_request, two_dashes_end_the_options) {
  EXPECT_EQ(parse_map({"-k", "--", "-odd-name"}, 2).command, (words{"-odd-name"}));
}

TEST(map_request, without_a_source_inputs_are_the_lines_of_stdin) {
  const auto made = parse_map({"cat"}, 2);
  EXPECT_FALSE(made.inputs_named);
  EXPECT_EQ(std::get<inputs_from_file>(made.inputs).path, "-");
  EXPECT_EQ(made.list.delimiter, '\n');
  EXPECT_EQ(parse_map({"-0", "cat"}, 2).list.delimiter, '\0');
}

TEST(map_request, a_file_of_inputs_follows_four_colons) {
  EXPECT_EQ(std::get<inputs_from_file>(parse_map({"cat", "::::", "list"}, 2).inputs).path, "list");
  EXPECT_NE(why_refused({"cat", "::::"}).find("needs the name of a file"), std::string::npos);
}

TEST(map_request, no_inputs_at_all_are_an_empty_list) {
  EXPECT_TRUE(std::get<inputs_from_words>(parse_map({"cat", ":::"}, 2).inputs).words.empty());
}

TEST(map_request, what_is_not_in_yet_is_refused_by_name) {
  for (const words& given :
       {words{"-l", "cat"}, words{"--pty", "cat"}, words{"--resume", "cat"}, words{"-n", "3", "cat"}}) {
    EXPECT_NE(why_refused(given).find("braid map has no " + std::string(given[0]) + ": "), std::string::npos);
  }
  for (const words& given : {words{"cat", ":::", "a", ":::", "b"}, words{"cat", ":::+", "a"},
                             words{"cat", "::::", "a", "b"}, words{"-a", "x", "cat", ":::", "b"}}) {
    EXPECT_NE(why_refused(given).find("several sources"), std::string::npos);
  }
}

TEST(map_request, an_unknown_option_is_named) {
  EXPECT_NE(why_refused({"--frob", "cat"}).find("no option --frob"), std::string::npos);
  EXPECT_NE(why_refused({"-kZ", "cat"}).find("no option -Z"), std::string::npos);
  EXPECT_NE(why_refused({"--null=1", "cat"}).find("takes no value"), std::string::npos);
  EXPECT_NE(why_refused({"-r"}).find("needs a value"), std::string::npos);
}

TEST(map_request, raw_output_excludes_what_needs_a_capture) {
  for (const std::string_view other : {"-k", "-q", "-T", "--json"}) {
    EXPECT_NE(why_refused({"-u", other, "cat"}).find("-u passes"), std::string::npos) << other;
  }
  EXPECT_NE(why_refused({"-T", "--json", "cat"}).find("cannot be together"), std::string::npos);
}

TEST(map_request, crlf_is_about_lines) {
  EXPECT_TRUE(parse_map({"--crlf", "cat"}, 2).list.crlf);
  EXPECT_NE(why_refused({"--crlf", "-0", "cat"}).find("with -0 there are none"), std::string::npos);
}

TEST(map_request, help_and_version_need_no_command) {
  EXPECT_TRUE(parse_map({"--version"}, 2).version);
  EXPECT_TRUE(parse_map({"-h"}, 2).help);
}
