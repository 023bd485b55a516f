#include "braid/process/spawn_explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "braid/base/sanitized.hpp"
#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

using fixture::test_child;
using testing::HasSubstr;

class spawn_explanation : public testing::Test {
 protected:
  spawn_explanation() {
    std::string pattern = testing::TempDir() + "braid-spawn-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~spawn_explanation() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, const std::string& text, mode_t mode) const {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  spawn_error failure_of(const command& what) {
    try {
      static_cast<void>(launch_.start(what));
    } catch (const spawn_error& error) {
      return error;
    }
    ADD_FAILURE() << "the command started";
    return {spawn_failure::bad_command, 0, ""};
  }

  spawn_error failure_of(std::vector<std::string> words) {
    command what;
    what.argv = std::move(words);
    return failure_of(what);
  }

  std::string directory_;
  launcher launch_;
};

TEST_F(spawn_explanation, an_unknown_name_is_127) {
  const spawn_error error = failure_of({"no-such-program-here"});
  EXPECT_EQ(error.failure(), spawn_failure::not_found);
  EXPECT_EQ(error.shell_code(), 127);
  EXPECT_EQ(error.error_number(), ENOENT);
  EXPECT_TRUE(error.hopeless());
  EXPECT_THAT(error.what(), HasSubstr("'no-such-program-here': no such program in PATH"));
}

TEST_F(spawn_explanation, a_missing_path_is_127) {
  const spawn_error error = failure_of({directory_ + "/absent"});
  EXPECT_EQ(error.shell_code(), 127);
  EXPECT_THAT(error.what(), HasSubstr("there is no such file"));
}

TEST_F(spawn_explanation, an_empty_name_is_127) {
  EXPECT_EQ(failure_of(std::vector<std::string>{""}).shell_code(), 127);
}

TEST_F(spawn_explanation, a_file_without_leave_to_run_is_126) {
  const spawn_error error = failure_of({file("plain", "#!/bin/sh\n", 0644)});
  EXPECT_EQ(error.failure(), spawn_failure::not_executable);
  EXPECT_EQ(error.shell_code(), 126);
  EXPECT_THAT(error.what(), HasSubstr("chmod +x"));
}

TEST_F(spawn_explanation, a_directory_is_126) {
  const spawn_error error = failure_of({directory_});
  EXPECT_EQ(error.shell_code(), 126);
  EXPECT_THAT(error.what(), HasSubstr("it is a directory"));
}

TEST_F(spawn_explanation, a_file_of_no_known_format_is_126) {
  const spawn_error error = failure_of({file("text", "hello\n", 0755)});
  EXPECT_EQ(error.shell_code(), 126);
  EXPECT_EQ(error.error_number(), ENOEXEC);
  EXPECT_THAT(error.what(), HasSubstr("name its interpreter"));
}

TEST_F(spawn_explanation, a_script_whose_interpreter_is_missing_is_126_and_names_it) {
  const spawn_error error = failure_of({file("script", "#!/no/such/interpreter -x\n", 0755)});
  EXPECT_EQ(error.shell_code(), 126);
  EXPECT_THAT(error.what(), HasSubstr("'/no/such/interpreter', which does not exist"));
}

TEST_F(spawn_explanation, a_missing_directory_is_named) {
  command what = test_child({"exit", "0"});
  what.directory = directory_ + "/absent";
  const spawn_error error = failure_of(what);
  EXPECT_EQ(error.failure(), spawn_failure::bad_directory);
  EXPECT_THAT(error.what(), HasSubstr("/absent': No such file or directory"));
}

TEST_F(spawn_explanation, an_argument_at_the_limit_starts_and_one_byte_more_names_the_limit) {
  const auto limit = 32 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) - 1;
  EXPECT_TRUE(launch_.start(test_child({"exit", "0", std::string(limit, 'x')})).wait().ok());
  const spawn_error error = failure_of(test_child({"exit", "0", std::string(limit + 1, 'x')}));
  EXPECT_EQ(error.failure(), spawn_failure::too_long);
  EXPECT_FALSE(error.hopeless());
  EXPECT_THAT(error.what(), HasSubstr("argument 3"));
  EXPECT_THAT(error.what(), HasSubstr(std::to_string(limit) + " bytes (MAX_ARG_STRLEN)"));
}

TEST_F(spawn_explanation, a_variable_over_the_limit_is_named) {
  command what = test_child({"exit", "0"});
  what.environment = {{"LARGE", std::string(1 << 22, 'x')}};
  EXPECT_THAT(failure_of(what).what(), HasSubstr("variable 'LARGE'"));
}

TEST_F(spawn_explanation, arguments_too_long_together_name_the_limit) {
  command what = test_child({"exit", "0"});
  for (int i = 0; i < 100; ++i) what.argv.emplace_back(100000, 'x');
  const spawn_error error = failure_of(what);
  EXPECT_EQ(error.failure(), spawn_failure::too_long);
  EXPECT_THAT(error.what(), HasSubstr("ARG_MAX"));
}

TEST_F(spawn_explanation, a_zero_byte_is_refused) {
  const spawn_error error = failure_of(test_child({std::string("a\0b", 3)}));
  EXPECT_EQ(error.failure(), spawn_failure::bad_command);
  EXPECT_THAT(error.what(), HasSubstr("zero byte"));
}

TEST_F(spawn_explanation, a_command_without_words_is_refused) {
  EXPECT_EQ(failure_of(command{}).failure(), spawn_failure::bad_command);
}

TEST_F(spawn_explanation, a_closed_descriptor_is_named) {
  command what = test_child({"exit", "0"});
  what.output = 987;
  const spawn_error error = failure_of(what);
  EXPECT_EQ(error.failure(), spawn_failure::bad_command);
  EXPECT_THAT(error.what(), HasSubstr("descriptor 987"));
}

TEST_F(spawn_explanation, control_characters_of_a_name_do_not_reach_the_terminal) {
  EXPECT_THAT(failure_of({"bad\x1b[31m"}).what(), HasSubstr("'bad?[31m'"));
}

TEST_F(spawn_explanation, running_out_of_descriptors_is_no_fault_of_the_command) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "without a descriptor UBSan takes a good vptr for a bad one";
  const command what = test_child({"exit", "0"});
  launcher& launch = launch_;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = static_cast<rlim_t>(descriptor(::dup(0)).get());
  ::setrlimit(RLIMIT_NOFILE, &low);
  try {
    static_cast<void>(launch.start(what));
    ::setrlimit(RLIMIT_NOFILE, &before);
    FAIL() << "the command started";
  } catch (const spawn_error& error) {
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(error.failure(), spawn_failure::no_resources);
    EXPECT_FALSE(error.hopeless());
    EXPECT_THAT(error.what(), HasSubstr("ulimit -n"));
  }
}

}  // namespace
}  // namespace braid::process
