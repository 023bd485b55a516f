#include "braid/process/exit_status.hpp"

#include <gtest/gtest.h>
#include <signal.h>

namespace braid::process {
namespace {

TEST(exit_status, reports_as_a_shell_does) {
  exit_status exited;
  exited.code = 3;
  EXPECT_EQ(exited.shell_code(), 3);
  exit_status killed;
  killed.signal = SIGKILL;
  EXPECT_EQ(killed.shell_code(), 137);
}

TEST(exit_status, is_ok_only_for_code_0_without_a_signal) {
  exit_status status;
  EXPECT_TRUE(status.ok());
  status.code = 1;
  EXPECT_FALSE(status.ok());
  status = {};
  status.signal = SIGTERM;
  EXPECT_FALSE(status.ok());
}

TEST(exit_status, is_described_by_name) {
  exit_status status;
  EXPECT_EQ(describe(status), "exit 0");
  status.signal = SIGSEGV;
  EXPECT_EQ(describe(status), "killed by SIGSEGV");
  status.core_dumped = true;
  EXPECT_EQ(describe(status), "killed by SIGSEGV (core dumped)");
  status = {};
  status.signal = SIGRTMIN + 1;
  EXPECT_EQ(describe(status), "killed by signal " + std::to_string(SIGRTMIN + 1));
}

}  // namespace
}  // namespace braid::process
