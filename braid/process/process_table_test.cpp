#include "braid/process/process_table.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

namespace braid::process::detail {
namespace {

TEST(process_table, knows_this_process) {
  const auto entry = look_up(::getpid());
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->pid, ::getpid());
  EXPECT_EQ(entry->parent, ::getppid());
  EXPECT_EQ(entry->group, ::getpgrp());
  EXPECT_EQ(entry->session, ::getsid(0));
  EXPECT_EQ(entry->state, 'R');
  EXPECT_TRUE(entry->alive());
}

TEST(process_table, reads_a_name_with_blanks_and_brackets) {
  const auto entry = parse_stat("12 (a) b (c) S 1 2 3 4 5 1024 7 8 9 10 11 12 13 14 15 16 4 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->name, "a) b (c");
  EXPECT_EQ(entry->parent, 1);
  EXPECT_EQ(entry->group, 2);
  EXPECT_EQ(entry->session, 3);
  EXPECT_EQ(entry->threads, 4);
  EXPECT_EQ(entry->start_time, 777U);
}

TEST(process_table, a_zombie_is_not_alive) {
  const auto entry = parse_stat("12 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->alive());
}

TEST(process_table, a_process_whose_first_thread_ended_before_others_is_alive) {
  const auto entry = parse_stat("12 (x) Z 1 2 3 4 5 4 7 8 9 10 11 12 13 14 15 16 2 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_TRUE(entry->alive());
}

TEST(process_table, a_process_that_is_about_to_be_a_zombie_is_not_alive) {
  const auto entry = parse_stat("12 (x) R 1 2 3 4 5 1028 7 8 9 10 11 12 13 14 15 16 1 18 777 20\n");
  ASSERT_TRUE(entry.has_value());
  EXPECT_FALSE(entry->alive());
}

TEST(process_table, refuses_a_text_that_ends_early) {
  EXPECT_FALSE(parse_stat("").has_value());
  EXPECT_FALSE(parse_stat("12 (x").has_value());
  EXPECT_FALSE(parse_stat("12 (x) S 1 2 3").has_value());
}

TEST(process_table, lists_every_process_once) {
  const auto all = all_processes();
  const auto self = [](const process_entry& entry) { return entry.pid == ::getpid(); };
  EXPECT_EQ(std::count_if(all.begin(), all.end(), self), 1);
}

TEST(process_table, gives_a_variable_as_it_was_at_exec) {
  EXPECT_EQ(environment_value(::getpid(), "PATH"), ::getenv("PATH"));
  EXPECT_EQ(environment_value(::getpid(), "PAT"), "");
}

TEST(process_table, an_absent_process_has_nothing) {
  constexpr pid_t above_every_pid = 1 << 22;
  EXPECT_FALSE(look_up(above_every_pid + 1).has_value());
  EXPECT_EQ(environment_value(above_every_pid + 1, "PATH"), "");
}

}  // namespace
}  // namespace braid::process::detail
