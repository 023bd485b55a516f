#include "braid/runner/reserved_name.hpp"

#include <gtest/gtest.h>

#include "braid/runner/command_template.hpp"
#include "braid/runner/usage_error.hpp"

using braid::runner::command_template;
using braid::runner::match_reserved;
using braid::runner::usage_error;

namespace {

std::string refusal_of(std::string_view word) {
  try {
    command_template({"echo", word});
  } catch (const usage_error& said) {
    return said.what();
  }
  return "accepted";
}

}  // namespace

TEST(reserved_name, placeholders_of_other_runners_are_refused_with_the_way_to_write_them) {
  struct row {
    std::string_view name, way;
  };
  for (const row& r : {row{"{= s/a/b/ =}", "script can compute"},
                       row{"{= s/{x}// =}", "script can compute"},
                       row{"{-1}", "one input"},
                       row{"{1}", "one input"},
                       row{"{-2/.}", "one input"},
                       row{"{3^.gz}", "one input"},
                       row{"{1:2}", "one input"},
                       row{"{:}", "all extensions"},
                       row{"{..}", "all extensions"},
                       row{"{/..}", "all extensions"},
                       row{"{^_1.fq.gz}", "cut a suffix"},
                       row{"{%.}", "{/.}"},
                       row{"{%:}", "{/.}"},
                       row{"{@([0-9]+)}", "take a part"},
                       row{"{##}", "number of all jobs"},
                       row{"{0#}", "printf"},
                       row{"{00#}", "printf"},
                       row{"{+/}", "cut the input"},
                       row{"{:2:3}", "cut the input"},
                       row{"{:-x}", "cut the input"},
                       row{"{tmp}", "mktemp"}}) {
    EXPECT_EQ(match_reserved(std::string(r.name) + " x}"), r.name);
    EXPECT_NE(refusal_of(r.name).find(r.way), std::string::npos) << refusal_of(r.name);
    EXPECT_NE(refusal_of(r.name).find("write {" + std::string(r.name)), std::string::npos) << refusal_of(r.name);
  }
}

TEST(reserved_name, text_of_other_languages_is_passed_on) {
  for (const std::string_view text :
       {"{print $1}", "{\"a\":1}", "{ }",    "{a,b}", "{2,3}", "{,5}",       "{",     "{x",
        "{=",         "{a=b}",     "{:a 1}", "{-x}",  "{- 1}", "{/x/p}",     "{x:1}", "{name}",
        "{a.b}",      "{}",        "{.}",    "{%}",   "{#}",   "{% if x %}", "{-}"}) {
    EXPECT_FALSE(match_reserved(text)) << text;
  }
}

TEST(reserved_name, a_template_with_doubled_braces_is_not_passed_on_with_one_brace_less) {
  EXPECT_NE(refusal_of("{{.Id}}").find("write {{{{.Id}}"), std::string::npos);
  EXPECT_NE(refusal_of("{{ name }}").find("{{{{ name }}"), std::string::npos);
  EXPECT_EQ(command_template({"docker", "inspect", "-f", "{{{{.Id}}", "{}"}).argv({.input = "a"})[3], "{{.Id}}");
  for (const std::string_view escape : {"{{}", "{{1}", "{{{}}", "{{", "{{try} and {}"})
    EXPECT_FALSE(match_reserved(escape)) << escape;
}
