#include "braid/process/proc_snapshot.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "braid/base/sanitized.hpp"

namespace braid::process::detail {
namespace {

TEST(proc_snapshot, knows_this_process) {
  const auto entry = look_up(::getpid());
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->pid, ::getpid());
  EXPECT_EQ(entry->parent, ::getppid());
  EXPECT_EQ(entry->group, ::getpgrp());
  EXPECT_EQ(entry->session, ::getsid(0));
  EXPECT_EQ(entry->state, 'R');
  EXPECT_TRUE(entry->alive());
}

TEST(proc_snapshot, reads_a_name_with_blanks_and_brackets) {
  const auto entry = parse_stat("12 (a) b (c) S 1 2 3 4 5 1024 7 8 9 10 11 12 13 14 15 16 4 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->name, "a) b (c");
  EXPECT_EQ(entry->parent, 1);
  EXPECT_EQ(entry->group, 2);
  EXPECT_EQ(entry->session, 3);
  EXPECT_EQ(entry->threads, 4);
  EXPECT_EQ(entry->start_time, 777U);
}

TEST(proc_snapshot, a_zombie_is_not_alive) {
  const auto entry = parse_stat("12 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->alive());
}

TEST(proc_snapshot, a_process_whose_first_thread_ended_before_others_is_alive) {
  const auto entry = parse_stat("12 (x) Z 1 2 3 4 5 4 7 8 9 10 11 12 13 14 15 16 2 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_TRUE(entry->alive());
}

TEST(proc_snapshot, a_process_that_is_about_to_be_a_zombie_is_not_alive) {
  const auto entry = parse_stat("12 (x) R 1 2 3 4 5 1028 7 8 9 10 11 12 13 14 15 16 1 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->alive());
}

TEST(proc_snapshot, refuses_a_text_that_ends_early) {
  EXPECT_FALSE(parse_stat("").has_value());
  EXPECT_FALSE(parse_stat("12 (x").has_value());
  EXPECT_FALSE(parse_stat("12 (x) S 1 2 3").has_value());
}

TEST(proc_snapshot, lists_every_process_once) {
  const auto all = all_processes();
  const auto self = [](const process_entry& entry) { return entry.pid == ::getpid(); };
  EXPECT_EQ(std::count_if(all.begin(), all.end(), self), 1);
}

TEST(proc_snapshot, gives_a_variable_as_it_was_at_exec) {
  EXPECT_EQ(environment_value(::getpid(), "PATH"), ::getenv("PATH"));
  EXPECT_EQ(environment_value(::getpid(), "PAT"), "");
}

TEST(proc_snapshot, a_lack_of_descriptors_is_waited_for_and_hides_no_process) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "without a descriptor UBSan takes a good vptr for a bad one";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::thread gives_back([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::setrlimit(RLIMIT_NOFILE, &before);
  });
  const auto all = all_processes();
  gives_back.join();
  const auto self = [](const process_entry& entry) { return entry.pid == ::getpid(); };
  EXPECT_EQ(std::count_if(all.begin(), all.end(), self), 1);
}

TEST(proc_snapshot, a_process_that_holds_only_the_end_to_read_does_not_write_to_a_pipe) {
  for (const int held : {0, 1}) {
    int ends[2], done[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC) + ::pipe2(done, O_CLOEXEC), 0);
    struct stat about {};
    ::fstat(ends[0], &about);
    const pid_t holder = ::fork();
    if (holder == 0) {
      ::close(ends[1 - held]);
      ::close(done[0]);
      ::close(done[1]);
      ::pause();
      ::_exit(0);
    }
    ::close(done[1]);
    char none = 0;
    EXPECT_EQ(::read(done[0], &none, 1), 0);  // the holder has closed what it does not hold
    const auto writers = writers_of_pipe(about.st_ino);
    const bool found = std::ranges::any_of(writers, [&](const auto& each) { return each.pid == holder; });
    EXPECT_EQ(found, held == 1);
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
    for (const int each : {ends[0], ends[1], done[0]}) ::close(each);
  }
}

TEST(proc_snapshot, an_absent_process_has_nothing) {
  constexpr pid_t above_every_pid = 1 << 22;
  EXPECT_FALSE(look_up(above_every_pid + 1).has_value());
  EXPECT_EQ(environment_value(above_every_pid + 1, "PATH"), "");
}

}  // namespace
}  // namespace braid::process::detail
