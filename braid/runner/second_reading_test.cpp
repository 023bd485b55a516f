#include "braid/runner/second_reading.hpp"

#include <gtest/gtest.h>

#include "braid/runner/command_template.hpp"

using braid::runner::command_template;

namespace {

using command_words = std::vector<std::string_view>;

std::string warning_for(const command_words& command) {
  return command_template(command).warning();
}

bool names(const command_words& command, std::string_view text) {
  return warning_for(command).find(text) != std::string::npos;
}

}  // namespace

TEST(second_reading, a_shell_of_the_users_own_is_warned_about_with_the_safe_form) {
  EXPECT_EQ(warning_for({"bash", "-c", "echo {}"}),
            "bash reads an input as part of a program here, and runs what it holds, such as $(...); give it as an "
            "argument: bash -c '... \"$1\"' _ {}");
  for (const command_words& command :
       {command_words{"sh", "-c", "echo '{}'"}, command_words{"/bin/sh", "-ec", "cat {/}"},
        command_words{"env", "X=1", "bash", "-lc", "echo {.}"}, command_words{"timeout", "5", "sh", "-c", "f {}"},
        command_words{"docker", "exec", "box", "sh", "-c", "echo {}"},
        command_words{"sudo", "-u", "me", "bash", "-o", "pipefail", "-c", "x {} | y"}}) {
    EXPECT_NE(warning_for(command), "") << command.back();
  }
}

TEST(second_reading, eval_ssh_su_and_interpreters_are_warned_about) {
  EXPECT_TRUE(names({"eval echo {}"}, "eval"));
  EXPECT_TRUE(names({"true; eval \"echo {}\""}, "eval"));
  for (const char* script :
       {"if eval \"test {}\"; then :; fi", "! eval {}", "X=1 eval echo {}", "X+=1 eval echo {}", "{ eval {}; }",
        "builtin eval {}", "for i in 1 2; do eval \"f {}\"; done", "case x in x) eval {};; esac", "time eval {}"}) {
    EXPECT_TRUE(names({script}, "eval")) << script;
  }
  EXPECT_TRUE(names({"trap \"rm {}\" EXIT; work"}, "trap"));
  EXPECT_TRUE(names({"while ssh web1 ls {}; do sleep 1; done"}, "ssh"));
  EXPECT_TRUE(names({"ssh", "web1", "ls", "{}"}, "ssh"));
  EXPECT_TRUE(names({"ssh -p 22 web1 'ls {}'"}, "ssh"));
  EXPECT_TRUE(names({"su", "me", "-c", "ls {}"}, "su"));
  EXPECT_TRUE(names({"python3", "-c", "print('{}')"}, "python3"));
  EXPECT_TRUE(names({"perl", "-ne", "print if /{}/"}, "perl"));
  EXPECT_TRUE(names({"sh -c \"echo {}\"; date"}, "sh"));
}

TEST(second_reading, a_value_that_is_an_argument_is_not_warned_about) {
  for (const command_words& command :
       {command_words{"bash", "-c", "f \"$1\"", "_", "{}"}, command_words{"sh", "-c", "echo $0", "{}"},
        command_words{"echo {}; date"}, command_words{"ssh", "{}", "uptime"},
        command_words{"ssh", "-p", "22", "{}", "uptime"}, command_words{"python3", "tool.py", "{}"},
        command_words{"gzip", "-c", "{}"}, command_words{"sort", "-c", "{}"}, command_words{"grep", "-e", "{}", "sh"},
        command_words{"sh", "{}"}, command_words{"sh ./script {}"}, command_words{"echo eval {}"},
        command_words{"echo if eval {}"}, command_words{"X=1 f {}"}, command_words{"if test -e {}; then echo trap; fi"},
        command_words{"perl", "-e", "print @ARGV", "{}"}, command_words{"python3", "-c", "import sys", "{}"}}) {
    EXPECT_EQ(warning_for(command), "") << command.front();
  }
}

TEST(second_reading, inputs_that_are_commands_are_meant_to_be_run) {
  EXPECT_EQ(warning_for({"sh", "-c", "{}"}), "");
  EXPECT_EQ(warning_for({"bash", "-c"}), "");
}
