// A gate for the tests of pools.
#pragma once

#include <atomic>
#include <thread>

/// Jobs stand before it until it is open.
struct gate {
  void stand() {
    ++arrived;
    while (!open) std::this_thread::yield();
  }
  void wait_for(int standing) const {
    while (arrived < standing) std::this_thread::yield();
  }
  std::atomic<int> arrived{0};
  std::atomic<bool> open{false};
};
