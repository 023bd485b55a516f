#include "braid/process/process_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using braid::process::limit_below;
using braid::process::detail::number_of;
using braid::process::detail::status_number;

TEST(process_limit, reads_the_fields_of_a_status) {
  constexpr std::string_view status = "Name:\tThreads:\nUid:\t1000\t1001\t1002\t1003\nThreads:\t17\n";
  EXPECT_EQ(status_number(status, "Uid:"), 1000U);
  EXPECT_EQ(status_number(status, "Threads:"), 17U);
  EXPECT_EQ(status_number(status, "Gid:"), 0U);
}

TEST(process_limit, max_is_no_number) {
  EXPECT_EQ(number_of("512\n"), 512U);
  EXPECT_EQ(number_of("max\n"), std::nullopt);
  EXPECT_EQ(number_of(""), std::nullopt);
}

TEST(process_limit, a_user_near_the_limit_is_told_what_is_left) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can become a user whose processes are counted";
  const pid_t child = ::fork();
  if (child == 0) {
    // A user of the machine that has no other process, so that the count is known.
    constexpr uid_t lonely = 61'234;
    if (::setuid(lonely) != 0) ::_exit(1);
    const rlimit limit{40, 40};
    if (::setrlimit(RLIMIT_NPROC, &limit) != 0) ::_exit(2);
    const auto near = limit_below(100);
    if (!near || near->name.find("40") == std::string::npos) ::_exit(3);
    if (near->left != 39) ::_exit(4);
    ::_exit(limit_below(39) ? 5 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}
