#include "braid/base/home_process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "braid/base/spin_lock.hpp"

namespace {

/// The exit status of a forked child that runs `body`; it is ended by its alarm if it hangs.
template<class F>
int in_child(F body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(120);
    _exit(body());
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST(home_process, the_child_of_a_fork_is_not_the_home_of_what_its_parent_made) {
  const braid::detail::home_process made_before;
  EXPECT_TRUE(made_before.is_here());
  EXPECT_EQ(in_child([&] { return made_before.is_here() ? 1 : 0; }), 0);
  EXPECT_TRUE(made_before.is_here());
}

TEST(home_process, a_child_is_the_home_of_what_it_makes_and_its_own_child_is_not) {
  EXPECT_EQ(in_child([] {
              const braid::detail::home_process made_here;
              if (!made_here.is_here()) return 1;
              return in_child([&] { return made_here.is_here() ? 1 : 0; });
            }),
            0);
}

// The lock of a channel that another thread held at the fork stays locked in the child.
void lock_within_two_minutes(braid::detail::spin_lock& held) BRAID_UNCHECKED_LOCKING {
  alarm(120);
  held.lock();
}

TEST(home_process, a_lock_that_was_held_at_the_fork_ends_the_child_with_a_sentence) {
  braid::detail::spin_lock held;
  const braid::detail::spin_guard guard(held);
  EXPECT_EXIT(lock_within_two_minutes(held), testing::KilledBySignal(SIGABRT),
              "another thread was just using it at the fork");
}
