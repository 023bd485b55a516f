#include "braid/runner/placeholder.hpp"

#include <gtest/gtest.h>

#include "braid/runner/reserved_name.hpp"

using braid::runner::binding;
using braid::runner::expand;
using braid::runner::match_placeholder;
using braid::runner::match_reserved;

namespace {

std::string fill(std::string_view name, std::string_view input) {
  std::string out;
  expand(match_placeholder(name)->what, binding{.input = input, .number = 17, .slot = 3}, out);
  return out;
}

}  // namespace

TEST(placeholder, every_known_name_is_matched_at_the_start_only) {
  for (const std::string_view name : {"{}", "{.}", "{/}", "{//}", "{/.}", "{#}", "{%}"}) {
    ASSERT_TRUE(match_placeholder(name)) << name;
    EXPECT_EQ(match_placeholder(name)->length, name.size());
    EXPECT_FALSE(match_placeholder(std::string("x").append(name)));
  }
}

TEST(placeholder, awk_programs_and_json_are_not_placeholders) {
  for (const std::string_view text : {"{print $1}", "{\"a\":1}", "{ }", "{a,b}", "{", "{x"}) {
    EXPECT_FALSE(match_placeholder(text)) << text;
    EXPECT_FALSE(match_reserved(text)) << text;
  }
}

TEST(placeholder, a_slip_of_dots_and_slashes_is_not_passed_on) {
  for (const std::string_view text : {"{./}", "{..}", "{///}"}) EXPECT_EQ(match_reserved(text), text);
}

TEST(placeholder, the_names_of_later_versions_are_known_as_such) {
  for (const std::string_view text :
       {"{1}", "{12}", "{2/.}", "{2//}", "{try}", "{run}", "{tmp}", "{:ext}", "{:s/a/b/}"}) {
    EXPECT_EQ(match_reserved(text), text);
  }
}

// Expected values are GNU parallel's for the same inputs.
TEST(placeholder, the_path_forms_cut_as_gnu_parallel_does) {
  struct row {
    std::string_view input, stem, name, directory, name_stem;
  };
  for (const row& r : {row{"a.b.c", "a.b", "a.b.c", ".", "a.b"}, row{".bashrc", "", ".bashrc", ".", ""},
                       row{"d/.bashrc", "d/", ".bashrc", "d", ""}, row{"a/b/", "a/b/", "", "a", ""},
                       row{"/a", "/a", "a", "/", "a"}, row{"a", "a", "a", ".", "a"}, row{"a.", "a", "a.", ".", "a"},
                       row{"a..b", "a.", "a..b", ".", "a."}, row{"d.x/y", "d.x/y", "y", "d.x", "y"},
                       row{"", "", "", "", ""}, row{"///", "///", "", "/", ""}, row{"a//b", "a//b", "b", "a", "b"}}) {
    EXPECT_EQ(fill("{}", r.input), r.input);
    EXPECT_EQ(fill("{.}", r.input), r.stem) << r.input;
    EXPECT_EQ(fill("{/}", r.input), r.name) << r.input;
    EXPECT_EQ(fill("{//}", r.input), r.directory) << r.input;
    EXPECT_EQ(fill("{/.}", r.input), r.name_stem) << r.input;
  }
}

TEST(placeholder, numbers_are_those_of_the_job_and_its_slot) {
  EXPECT_EQ(fill("{#}", "x"), "17");
  EXPECT_EQ(fill("{%}", "x"), "3");
}
