// A thread beside a pipeline that runs: it resizes its pools all the time, and may cancel it from outside.
#pragma once

#include <atomic>
#include <thread>

#include "braid/base/random.hpp"
#include "flow/assembly.hpp"

namespace pipelines {

class bystander {
 public:
  /// Cancels once so many items have come into being; 0: never.
  bystander(assembly& of, int cancels_after)
      : assembly_(of), cancels_after_(cancels_after), thread_([this] { watch(); }) {}
  bystander(const bystander&) = delete;
  bystander& operator=(const bystander&) = delete;
  ~bystander() {
    over_ = true;
    thread_.join();
  }

 private:
  void watch() {
    braid::random_engine random(static_cast<std::uint64_t>(cancels_after_));
    for (bool cancels = cancels_after_ > 0; !over_; std::this_thread::yield()) {
      assembly_.resize_pools(random);
      if (!cancels || assembly_.items().begun() < cancels_after_) continue;
      assembly_.cancel();
      cancels = false;
    }
  }

  assembly& assembly_;
  const int cancels_after_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace pipelines
