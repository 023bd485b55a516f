// Threads that are made once and run one call each per episode.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace accounting {

class crew {
 public:
  explicit crew(std::size_t size) : calls_(size) {
    for (std::size_t i = 0; i < size; ++i) threads_.emplace_back([this, i] { serve(i); });
  }
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;
  ~crew() {
    {
      std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& t : threads_) t.join();
  }

  std::size_t size() const noexcept { return threads_.size(); }
  /// Thread `i`, which has ended its last call, makes this one.
  void run(std::size_t i, std::function<void()> call) {
    {
      std::lock_guard guard(mutex_);
      calls_[i] = std::move(call);
      ++busy_;
    }
    changed_.notify_all();
  }
  /// Waits until every call has ended.
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  void serve(std::size_t i) {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this, i] { return stopping_ || calls_[i]; });
      if (!calls_[i]) return;
      lock.unlock();
      calls_[i]();
      lock.lock();
      calls_[i] = nullptr;
      if (--busy_ == 0) changed_.notify_all();
    }
  }

  std::mutex mutex_;  ///< Covers all below but threads_.
  std::condition_variable changed_;
  std::vector<std::function<void()>> calls_;
  std::size_t busy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace accounting
