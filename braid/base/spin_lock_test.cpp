#include "braid/base/spin_lock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

struct counter {
  braid::detail::spin_lock lock;
  long count BRAID_GUARDED_BY(lock) = 0;
  void add() {
    braid::detail::spin_guard guard(lock);
    ++count;
  }
};

}  // namespace

TEST(spin_lock, excludes_two_threads_from_each_other) {
  counter c;
  const auto add_many = [&c] {
    for (int i = 0; i < 100000; ++i) c.add();
  };
  std::thread other(add_many);
  add_many();
  other.join();
  braid::detail::spin_guard guard(c.lock);
  EXPECT_EQ(c.count, 200000);
}

TEST(spin_lock, try_lock_fails_while_it_is_held) {
  braid::detail::spin_lock lock;
  braid::detail::spin_guard guard(lock);
  bool taken = false;
  std::thread([&lock, &taken] {
    if (lock.try_lock()) {
      taken = true;
      lock.unlock();
    }
  }).join();
  EXPECT_FALSE(taken);
}
