#include "cmd/braid/foreign_option.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "braid/runner/usage_error.hpp"
#include "cmd/braid/map_request.hpp"

using braid::cmd::parse_map;
using braid::cmd::way_without;

namespace {

std::string said_about(const std::vector<std::string_view>& given) {
  try {
    static_cast<void>(parse_map(given, 2));
  } catch (const braid::runner::usage_error& said) {
    return said.what();
  }
  return "accepted";
}

}  // namespace

TEST(foreign_option, letters_and_long_names_in_every_form_are_refused_with_the_way) {
  struct row {
    std::vector<std::string_view> words;
    std::string_view way;
  };
  for (const row& r : {row{{"-I{}", "echo", "{}"}, "leave it out"},
                       row{{"-I", "{}", "echo"}, "leave it out"},
                       row{{"--replace={}", "echo"}, "leave it out"},
                       row{{"-n1", "echo"}, "leave out -n1"},
                       row{{"-0n", "1", "echo"}, "leave out -n1"},
                       row{{"--max-args=1", "echo"}, "leave out -n1"},
                       row{{"-L1", "echo"}, "leave out -n1"},
                       row{{"-N2", "echo"}, "xargs -n"},
                       row{{"-X", "echo"}, "xargs -P"},
                       row{{"-m", "echo"}, "xargs -P"},
                       row{{"-t", "echo"}, "-v"},
                       row{{"-d", "\\n", "echo"}, "leave out -d"},
                       row{{"-d,", "echo"}, "tr ','"},
                       row{{"--tagstring", "{/}", "echo"}, "-T={/}"},
                       row{{"--bar", "echo"}, "by itself"},
                       row{{"--eta", "echo"}, "by itself"},
                       row{{"--colsep", ",", "echo"}, "cut"},
                       row{{"--pipe", "cat"}, "split"},
                       row{{"--block=1M", "cat"}, "split"},
                       row{{"--joblog", "log", "cat"}, "--json"},
                       row{{"--resume", "cat"}, "--json"},
                       row{{"--results", "out", "cat"}, "--json"},
                       row{{"--halt", "now,fail=1", "cat"}, "-x"},
                       row{{"--delay", "1", "cat"}, "sleep"},
                       row{{"--load=80%", "cat"}, "-j"},
                       row{{"--memfree", "1G", "cat"}, "-j"},
                       row{{"--nice", "10", "cat"}, "nice -n 10"},
                       row{{"--line-buffer", "cat"}, "-u"},
                       row{{"--shuf", "cat"}, "shuf LIST"},
                       row{{"--jobs=4", "cat"}, "-j N"},
                       row{{"--link", "echo"}, "one :::"},
                       row{{"-S", "web1", "echo"}, "ssh"},
                       row{{"--wd", "/tmp", "echo"}, "cd DIR"},
                       row{{"--will-cite", "echo"}, "leave it out"},
                       row{{"--env", "f", "echo"}, "bash -c"},
                       row{{"--no-run-if-empty", "echo"}, "always"},
                       row{{"-r", "echo"}, "always so"},
                       row{{"-p", "echo"}, "--dry-run"},
                       row{{"-e", "echo"}, "-x"},
                       row{{"-V"}, "--version"},
                       row{{"--keep", "x"}, "--json"},
                       row{{"--keep-o", "x"}, "did you mean --keep-order?"}}) {
    const auto said = said_about(r.words);
    EXPECT_NE(said.find(r.way), std::string::npos) << r.words.front() << ": " << said;
  }
}

TEST(foreign_option, a_name_is_found_as_a_whole_only) {
  EXPECT_EQ(way_without("replac"), "");
  EXPECT_EQ(way_without("args"), "");
  EXPECT_EQ(way_without(""), "");
  EXPECT_EQ(way_without("|"), "");
  EXPECT_EQ(way_without("frob"), "");
}
