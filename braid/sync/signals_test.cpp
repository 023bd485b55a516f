#include "braid/sync/signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "braid/base/sanitized.hpp"
#include "braid/runtime/select.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"
#include "braid/sync/within.hpp"

#if defined(__SANITIZE_THREAD__)
#define BRAID_UNDER_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BRAID_UNDER_TSAN
#endif
#endif

using namespace std::chrono_literals;
using braid::signals;

namespace {

using handler = void (*)(int);

handler handler_of(int number) {
  struct sigaction is {};
  sigaction(number, nullptr, &is);
  return is.sa_handler;
}
void do_nothing(int) {}

/// The child's end as waitpid has it.
template<class F>
int status_of_child(F f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);  // ends a child that hangs
    f();
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

/// Called before and after each sigaction() of the program.
std::function<void()> beside_sigaction;

}  // namespace

#if !BRAID_SANITIZED  // a sanitizer has a sigaction() of its own
extern "C" int __sigaction(int, const struct sigaction*, struct sigaction*) noexcept;
extern "C" int sigaction(int number, const struct sigaction* act, struct sigaction* old) noexcept {
  const auto beside = std::exchange(beside_sigaction, nullptr);
  if (beside) beside();
  const int result = __sigaction(number, act, old);
  if (beside) beside();
  beside_sigaction = beside;
  return result;
}

TEST(signals, the_child_of_a_fork_at_any_moment_has_the_former_disposition) {
  const handler before = std::signal(SIGUSR1, do_nothing);
  int forks = 0, bad = 0;
  beside_sigaction = [&] {
    ++forks;
    if (status_of_child([] { _exit(handler_of(SIGUSR1) == do_nothing ? 0 : 1); }) != 0) ++bad;
  };
  { signals usr({SIGUSR1}); }
  beside_sigaction = nullptr;
  EXPECT_GE(forks, 4);
  EXPECT_EQ(bad, 0);
  std::signal(SIGUSR1, before);
}
#endif

TEST(signals, one_that_comes_while_a_thread_waits_wakes_it_and_gives_its_number) {
  signals usr({SIGUSR1, SIGUSR2});
  std::thread other([] {
    braid::after(2ms).get();
#ifdef BRAID_UNDER_TSAN  // which calls no handler on a thread in a system call, and that of the wait is restarted
    raise(SIGUSR2);
#else
    kill(getpid(), SIGUSR2);
#endif
  });
  EXPECT_EQ(usr.get(), SIGUSR2);
  other.join();
}

TEST(signals, those_that_came_before_are_kept_one_of_each_number) {
  signals usr({SIGUSR1, SIGUSR2});
  for (int i = 0; i < 3; ++i) raise(SIGUSR2);
  raise(SIGUSR1);
  const int first = usr.get(), second = usr.get();
  EXPECT_EQ(first + second, SIGUSR1 + SIGUSR2);
}

TEST(signals, is_a_case_of_select_beside_a_channel_and_a_timer) {
  auto [tx, rx] = braid::channel<int>(1);
  signals usr({SIGUSR1});
  auto in = rx.recv();
  EXPECT_EQ(braid::select(in, usr, braid::after(1ms)).get(), 2u);
  ASSERT_TRUE(tx.try_send(5));
  EXPECT_EQ(braid::select(in, usr).get(), 0u);
  EXPECT_EQ(in.result(), 5);
  raise(SIGUSR1);
  EXPECT_EQ(braid::select(in, usr).get(), 1u);
  EXPECT_EQ(usr.result(), SIGUSR1);
  EXPECT_THROW(static_cast<void>(braid::within(1ms, usr).get()), braid::timed_out);
}

TEST(signals, wakes_a_task_and_each_of_several_objects) {
  braid::work_stealing_executor pool(2);
  braid::task_group group{braid::context(braid::environment{.executor = &pool})};
  signals all[3] = {signals({SIGUSR1}), signals({SIGUSR1, SIGHUP}), signals({SIGHUP})};
  std::atomic<int> sum{0};
  for (int i = 0; i < 2; ++i)
    group.spawn(
        [](signals* mine, std::atomic<int>* to) -> braid::task<> {
          const int number = co_await *mine;
          *to += number;
        },
        &all[i], &sum);
  raise(SIGUSR1);
  group.join().get();
  EXPECT_EQ(sum, 2 * SIGUSR1);
  EXPECT_EQ(braid::try_select(all[2]), braid::none);
}

TEST(signals, a_cancel_ends_the_wait_and_the_next_one_has_the_signal) {
  braid::work_stealing_executor pool(1);
  signals usr({SIGUSR1});
  braid::task_group group{braid::context(braid::environment{.executor = &pool})};
  std::atomic<bool> began{false};
  group.spawn([&] {
    began = true;
    static_cast<void>(usr.get());
  });
  while (!began) std::this_thread::yield();
  group.cancel();
  group.join().get();
  raise(SIGUSR1);
  EXPECT_EQ(usr.get(), SIGUSR1);
}

TEST(signals, the_last_object_gives_the_former_disposition_back) {
  const handler before = std::signal(SIGUSR1, do_nothing);
  {
    signals one({SIGUSR1});
    {
      signals two({SIGUSR1, SIGUSR2});
      EXPECT_NE(handler_of(SIGUSR1), do_nothing);
    }
    EXPECT_NE(handler_of(SIGUSR1), do_nothing);
    EXPECT_EQ(handler_of(SIGUSR2), SIG_DFL);
    raise(SIGUSR1);
    EXPECT_EQ(one.get(), SIGUSR1);
  }
  EXPECT_EQ(handler_of(SIGUSR1), do_nothing);
  std::signal(SIGUSR1, before);
}

TEST(signals, none_is_lost_that_comes_while_a_select_parks_and_leaves) {
  signals usr({SIGUSR1});
  std::atomic<int> sent{0}, seen{0};
  std::thread sender([&] {
    for (int i = 0; i < 2000; ++i) {
      ++sent;
      kill(getpid(), SIGUSR1);
      while (seen != sent) std::this_thread::yield();
    }
  });
  while (seen != 2000)
    if (braid::select(usr, braid::after(1us)).get() == 0) ++seen;
  sender.join();
}

TEST(signals, the_child_of_a_fork_has_the_former_disposition) {
  signals usr({SIGUSR1});
  const int status = status_of_child([] { raise(SIGUSR1); });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
  raise(SIGUSR1);
  EXPECT_EQ(usr.get(), SIGUSR1);
}

// ThreadSanitizer lets no thread start in the child of a process with threads.
#ifndef BRAID_UNDER_TSAN
TEST(signals, an_object_that_a_child_of_a_fork_makes_works_there) {
  signals usr({SIGUSR1});
  const int status = status_of_child([] {
    signals own({SIGUSR1});
    raise(SIGUSR1);
    _exit(own.get() == SIGUSR1 ? 7 : 8);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}
#endif

TEST(signals, one_that_cannot_be_taken_is_refused_by_its_number) {
  for (const int number : {0, -1, 65, SIGKILL, SIGSTOP, SIGSEGV}) {
    try {
      signals refused({SIGUSR1, number});
      ADD_FAILURE() << number << " was taken";
    } catch (const std::invalid_argument& e) {
      EXPECT_TRUE(std::string(e.what()).starts_with("signal is " + std::to_string(number) + "; it must be"))
          << e.what();
    }
  }
  EXPECT_THROW(signals({}), std::invalid_argument);
  EXPECT_EQ(handler_of(SIGUSR1), SIG_DFL) << "nothing was left installed";
}

TEST(signals_death, an_object_from_before_a_fork_ends_the_child_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "fast");  // which forks
  signals usr({SIGUSR1});
  EXPECT_DEATH(static_cast<void>(usr.get()), "a signals object was made before a fork");
}
