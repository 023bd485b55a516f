#include "braid/inspect/stall_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <thread>

#include "braid/runtime/wait_registry.hpp"
#include "braid/sync/channel.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BRAID_UNDER_TSAN
#endif
#endif

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

TEST(stall_watch, calls_its_reporter) {
  std::promise<std::string> first;
  std::atomic<bool> told{false};
  braid::channel<int> ch(0, {.name = "watched"});
  braid::stall_watch watch(1ms, [&](const std::string& text) {
    if (text.find("'watched'") != std::string::npos && !told.exchange(true)) first.set_value(text);
  });
  std::thread waits([&] { static_cast<void>(ch.rx.recv().get()); });
  EXPECT_THAT(first.get_future().get(), HasSubstr("recv on channel 'watched'"));
  ch.tx.close();
  waits.join();
}

TEST(stall_watch, refuses_a_limit_that_is_not_above_zero) {
  EXPECT_THROW(braid::stall_watch(0s), std::invalid_argument);
  EXPECT_THROW(braid::stall_watch(-1s), std::invalid_argument);
}

TEST(stall_watch, ends_at_once_though_its_limit_is_long) {
  const auto begun = std::chrono::steady_clock::now();
  { braid::stall_watch watch(10'000h); }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 1h);
}

TEST(stall_watch, says_so_where_the_environment_holds_no_duration) {
  for (const char* const text : {"soon", "-5s", "s", "5 parsecs", "0s", "5s 3h", "99999999999999999999s"}) {
    ::setenv("BRAID_STALL_REPORT", text, 1);
    testing::internal::CaptureStderr();
    EXPECT_FALSE(braid::detail::watch_if_environment_says_so());
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                AllOf(HasSubstr("BRAID_STALL_REPORT takes a time such as 500ms"),
                      HasSubstr("not \"" + std::string(text) + "\"")));
  }
  ::unsetenv("BRAID_STALL_REPORT");
  EXPECT_FALSE(braid::detail::watch_if_environment_says_so());
}

/// Runs `body` in a child process, and gives what it wrote to stderr, up to `enough`, and its exit code; -1 if it did
/// not exit by itself within a minute.
struct child_result {
  std::string said;
  int code;
};
template<class Body>
child_result in_child(Body body, const std::string& enough = {}) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[512];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(n));
    if (!enough.empty() && said.find(enough) != std::string::npos) break;
  }
  ::close(ends[0]);
  if (!enough.empty()) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {said, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

/// A program of its own: this one again, with one of the tests below.
child_result in_program(const char* limit, const char* test, const std::string& enough) {
  return in_child(
      [&] {
        ::setenv("BRAID_STALL_REPORT", limit, 1);
        ::close(STDOUT_FILENO);
        const std::string filter = std::string("--gtest_filter=") + test;
        ::execl("/proc/self/exe", "program", filter.c_str(), "--gtest_also_run_disabled_tests", nullptr);
        ::_exit(127);
      },
      enough);
}

// --- what the programs do ---

TEST(stall_program, DISABLED_waits_without_end) {
  braid::channel<int> ch(0, {.name = "kept"});
  static_cast<void>(ch.rx.recv().get());
}

TEST(stall_program, DISABLED_waits_without_end_in_the_child_of_a_fork) {
  braid::channel<int> ch(0, {.name = "in the child"});
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(60);
    static_cast<void>(ch.rx.recv().get());
  }
  ::waitpid(child, nullptr, 0);
}

// --- and what is seen of them ---

TEST(stall_report_variable, makes_a_program_say_what_it_waits_for) {
  const std::string enough = "it waits for itself";
  EXPECT_THAT(
      in_program("20ms", "stall_program.DISABLED_waits_without_end", enough).said,
      AllOf(HasSubstr("recv on channel 'kept'"), HasSubstr("1 sender and 1 receiver exist"), HasSubstr(enough)));
}

TEST(stall_report_variable, of_a_bad_value_is_refused_with_a_sentence_and_the_program_runs) {
  const child_result seen = in_program("soon", "none.at_all", {});
  EXPECT_THAT(seen.said, HasSubstr("BRAID_STALL_REPORT takes a time such as 500ms, 1.5s"));
  EXPECT_THAT(seen.said, HasSubstr("not \"soon\"; stalled waits are not reported"));
  EXPECT_EQ(seen.code, 0);
}

TEST(stall_report_variable, that_is_not_set_or_is_empty_says_nothing) {
  const child_result seen = in_program("", "none.at_all", {});
  EXPECT_EQ(seen.said, "");
  EXPECT_EQ(seen.code, 0);
}

TEST(stall_watch, of_the_parent_ends_in_the_child_of_a_fork) {
  auto watch = std::make_unique<braid::stall_watch>(1h);
  EXPECT_EQ(in_child([&] { watch.reset(); }).code, 0);
}

#ifndef BRAID_UNDER_TSAN  // which cannot start threads in a forked child

TEST(stall_report_variable, makes_the_child_of_a_fork_say_what_it_waits_for) {
  const std::string enough = "it waits for itself";
  EXPECT_THAT(in_program("20ms", "stall_program.DISABLED_waits_without_end_in_the_child_of_a_fork", enough).said,
              AllOf(HasSubstr("recv on channel 'in the child'"), HasSubstr(enough)));
}

// The parent's other thread may hold the records' mutex at the fork, or be in the list.
TEST(stall_watch, leaves_the_child_of_a_fork_records_of_its_own) {
  braid::channel<int> ch(0, {.name = "of the parent"});
  braid::stall_watch watch(1ms, [](const std::string&) {});
  std::thread waits([&] { static_cast<void>(ch.rx.recv().get()); });
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (braid::stalled_waits(0s).find("of the parent") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::yield();
  }
  for (int i = 0; i < 20; ++i) {
    const child_result seen = in_child([] {
      if (!braid::stalled_waits(0s).empty()) ::_exit(3);
      braid::channel<int> own(0);
      std::thread sends([&] { static_cast<void>(own.tx.send(7).get()); });
      if (own.rx.recv().get() != 7) ::_exit(4);
      sends.join();
      if (!braid::stalled_waits(0s).empty()) ::_exit(5);
    });
    EXPECT_EQ(seen.code, 0);
  }
  ch.tx.close();
  waits.join();
}

#endif

}  // namespace
