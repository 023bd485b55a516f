#include "braid/runner/text_template.hpp"

#include <gtest/gtest.h>

#include "braid/runner/usage_error.hpp"

using braid::runner::binding;
using braid::runner::text_template;
using braid::runner::usage_error;

namespace {

std::string render(std::string_view text) {
  return text_template(text).render(binding{.input = "dir/a b.mov", .number = 4, .slot = 2});
}

}  // namespace

TEST(text_template, placeholders_are_replaced_inside_a_word) {
  EXPECT_EQ(render("--in={},out={/.}.mp4,n={#},slot={%}"), "--in=dir/a b.mov,out=a b.mp4,n=4,slot=2");
}

TEST(text_template, a_doubled_brace_stands_for_one) {
  EXPECT_EQ(render("{{}"), "{}");
  EXPECT_EQ(render("{{{}}"), "{dir/a b.mov}");
}

TEST(text_template, unknown_names_pass_untouched) {
  EXPECT_EQ(render("{print $1}"), "{print $1}");
  EXPECT_EQ(render(R"({"file":"{}"})"), R"({"file":"dir/a b.mov"})");
}

TEST(text_template, a_value_is_not_scanned_for_placeholders) {
  EXPECT_EQ(text_template("{}").render(binding{.input = "{#}{{", .number = 1, .slot = 1}), "{#}{{");
}

TEST(text_template, a_reserved_name_is_refused_with_its_mend) {
  try {
    text_template("x{2}");
    FAIL() << "accepted";
  } catch (const usage_error& said) {
    EXPECT_NE(std::string(said.what()).find("write {{2}"), std::string::npos) << said.what();
  }
  EXPECT_EQ(render("x{{2}"), "x{2}");
}

TEST(text_template, knows_whether_it_holds_a_placeholder) {
  EXPECT_TRUE(text_template("a{}").has_placeholder());
  EXPECT_FALSE(text_template("a{{}").has_placeholder());
}
