#include "braid/runner/shell_template.hpp"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>

#include "braid/runner/usage_error.hpp"

extern char** environ;

using braid::runner::binding;
using braid::runner::looks_like_shell;
using braid::runner::parse_shell_template;
using braid::runner::placeholder;
using braid::runner::shell_quote;
using braid::runner::usage_error;

namespace {

std::string script_of(std::string_view text) {
  return parse_shell_template(text).script;
}

std::string why_refused(std::string_view text) {
  try {
    static_cast<void>(parse_shell_template(text));
  } catch (const usage_error& said) {
    return said.what();
  }
  return "accepted";
}

/// Runs argv and gives what it wrote on stdout.
std::string output_of(std::vector<std::string> argv) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return "no pipe";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> words;
  for (auto& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string out;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while (failed == 0 && (got = read(ends[0], buffer.data(), buffer.size())) > 0) {
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  if (failed == 0) waitpid(pid, nullptr, 0);
  return failed == 0 ? out : "not started";
}

std::string run_in(const std::string& shell, std::string_view text, std::string_view value) {
  const auto made = parse_shell_template(text);
  std::vector<std::string> argv{shell, "-c", made.script, shell};
  for (const auto what : made.parameters) {
    argv.emplace_back();
    expand(what, binding{.input = value, .number = 1, .slot = 1}, argv.back());
  }
  return output_of(std::move(argv));
}

std::string hostile_value(std::mt19937_64& random) {
  constexpr std::array<std::string_view, 22> pieces{"'",    "\"",   "`id`", "$(id)", "${PATH}",  "\\",   "\n",   " ",
                                                    "\t",   "*",    "{}",   "-n",    "a[$(id)]", "\x81", "\x88", "\xff",
                                                    "\xc3", "\r\n", ";id",  "#",     "!",        "~"};
  std::string value;
  for (auto left = random() % 12; left > 0; --left) {
    if (random() % 3 == 0) {
      value += static_cast<char>(1 + random() % 255);
    } else {
      value += pieces[random() % pieces.size()];
    }
  }
  return value;
}

}  // namespace

TEST(shell_template, a_value_is_referred_to_as_its_quotes_demand) {
  EXPECT_EQ(script_of("cp {} x"), R"(cp "${1}" x)");
  EXPECT_EQ(script_of(R"(cp "{}" "{}.bak")"), R"(cp "${1}" "${1}.bak")");
  EXPECT_EQ(script_of("awk '/{}/'"), R"(awk '/'"${1}"'/')");
  EXPECT_EQ(script_of(R"(f=$(dirname "{}") && cd "$f")"), R"(f=$(dirname "${1}") && cd "$f")");
}

TEST(shell_template, each_name_has_one_parameter) {
  const auto made = parse_shell_template("convert {} {/.}.png {}");
  EXPECT_EQ(made.script, R"(convert "${1}" "${2}".png "${1}")");
  EXPECT_EQ(made.parameters, (std::vector{placeholder::whole, placeholder::name_stem}));
}

TEST(shell_template, without_a_placeholder_the_input_is_appended) {
  EXPECT_EQ(script_of("gzip -9 |cat"), R"(gzip -9 |cat "${1}")");
  EXPECT_NE(why_refused("gzip # it").find("write {} where the input belongs"), std::string::npos);
}

TEST(shell_template, awk_and_json_braces_pass_untouched) {
  EXPECT_EQ(script_of(R"(awk '{print $1}' {} | jq '{"a": 1}')"), R"(awk '{print $1}' "${1}" | jq '{"a": 1}')");
  EXPECT_EQ(script_of(R"({ echo {}; } ; echo ${HOME} \{} {{})"), R"({ echo "${1}"; } ; echo ${HOME} \{} {})");
}

TEST(shell_template, quotes_in_a_comment_do_not_count) {
  EXPECT_EQ(script_of("echo {} # it's {}\necho b#c"), "echo \"${1}\" # it's {}\necho b#c");
}

TEST(shell_template, ordinary_shell_grammar_is_accepted) {
  for (const std::string_view text :
       {"set -euo pipefail; cat {} | grep x", "for i in 1 2; do echo {} $i; done", "x=$((1 << 2)); echo {} $x",
        "case {} in *.c) echo c;; esac", "if [ -f {} ]; then echo {}; fi", "a=(x y); echo {}", "cat <<< {}",
        "diff <(sort {}) b", "echo $'\\t' {}", "echo `date` {}", "echo ${x%.c} {}", "( cd {} && ls )",
        "echo shift {}"}) {
    EXPECT_EQ(why_refused(text), "accepted") << text;
  }
}

TEST(shell_template, what_it_cannot_judge_is_refused_with_a_mend) {
  struct row {
    std::string_view text, construct, mend;
  };
  for (const row& r : {row{"cat <<E\n{}\nE", "here-document", "printf"},
                       row{"echo $(({} + 1))", "$(( ))", "expr"},
                       row{"(( {} > 1 ))", "(( ))", "expr"},
                       row{"echo $[{}]", "$[ ]", "expr"},
                       row{"[[ {} -eq 1 ]]", "[[ ]]", "[ ]"},
                       row{"let x={}", "`let`", "v={}"},
                       row{"a[{}]=1", "subscript", "v={}"},
                       row{"echo ${x:-{}}", "${ }", "v={}"},
                       row{"echo `ls {}`", "back quotes", "$( )"},
                       row{"echo $'{}'", "$'...'", "\"{}\""},
                       row{"f() { echo {}; }; f x", "function", "./script"},
                       row{"shift; echo {}", "shift", "./script"},
                       row{"set -- a; echo {}", "`set`", "./script"},
                       row{"set -e a; echo {}", "`set`", "./script"},
                       row{"x=$(case {} in a) ;; esac)", "case inside", "./script"},
                       row{"echo 'a {}", "not closed", "close"},
                       row{"echo \"a {}", "not closed", "close"},
                       row{"echo $(ls {}", "without its )", "close"},
                       row{"echo {} \\", "backslash", "remove"},
                       row{"unset {}", "`unset`", "v={}"},
                       row{"echo {2}", "{2}", "{{2}"}}) {
    EXPECT_NE(why_refused(r.text).find(r.construct), std::string::npos) << r.text << ": " << why_refused(r.text);
    EXPECT_NE(why_refused(r.text).find(r.mend), std::string::npos) << r.text << ": " << why_refused(r.text);
  }
}

// Values go through every quote context of real shells and must come out byte for byte.
TEST(shell_template, hostile_bytes_come_out_of_real_shells_unchanged) {
  constexpr std::string_view text =
      R"x(printf '%s|' {} "{}" '{}' x{}y "a{}b" 'c{}d' "$(printf '%s.' "{}")" "$(printf '%s.' {} '{}')")x";
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 100; ++i) {
    const std::string v = hostile_value(random);
    const std::string expected =
        v + "|" + v + "|" + v + "|x" + v + "y|a" + v + "b|c" + v + "d|" + v + ".|" + v + "." + v + ".|";
    for (const char* shell : {"sh", "dash", "bash"}) {
      ASSERT_EQ(run_in(shell, text, v), expected) << shell << ", seed " << seed << ", value " << shell_quote(v);
    }
  }
}

TEST(shell_template, shell_quote_is_read_back_by_a_shell_as_one_word) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 60; ++i) {
    const std::string v = hostile_value(random);
    ASSERT_EQ(output_of({"sh", "-c", "printf '%s' " + shell_quote(v)}), v);
  }
  EXPECT_EQ(shell_quote("a/b-c.txt"), "a/b-c.txt");
  EXPECT_EQ(shell_quote(""), "''");
}

TEST(shell_template, one_word_with_blanks_or_shell_characters_is_a_script) {
  for (const std::string_view word : {"gzip -9", "a|b", "cat{}>x", "$X", "ls;", "it's"})
    EXPECT_TRUE(looks_like_shell(word)) << word;
  for (const std::string_view word : {"gzip", "./x-{/.}", "{}", "{#}", "a=b", "/usr/bin/x+y"})
    EXPECT_FALSE(looks_like_shell(word)) << word;
}
