// State that each worker of a stage keeps for itself, to be joined at the end: one part for each that works at a time.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace braid::detail {

/// May be used from any thread.
template<class S>
class combinable {
 public:
  combinable() = default;
  combinable(const combinable&) = delete;
  combinable& operator=(const combinable&) = delete;

  /// Gives the caller a part while the loan lives: one that is free now, else a new one, S{}.
  class loan {
   public:
    explicit loan(combinable& of) : of_(of), mine_(of.take()) {}
    ~loan() { of_.put(std::move(mine_)); }
    loan(const loan&) = delete;
    loan& operator=(const loan&) = delete;
    S& operator*() noexcept { return *mine_; }

   private:
    combinable& of_;
    std::unique_ptr<S> mine_;
  };

  /// Returns all parts. Requires that there is no loan.
  std::vector<S> take_all() {
    std::vector<S> all;
    for (std::unique_ptr<S>& each : free_) all.push_back(std::move(*each));
    free_.clear();
    return all;
  }

 private:
  std::unique_ptr<S> take() {
    {
      const std::lock_guard guard(mutex_);
      if (!free_.empty()) {
        std::unique_ptr<S> one = std::move(free_.back());
        free_.pop_back();
        return one;
      }
      free_.reserve(++made_);  // so that put() needs no memory
    }
    return std::make_unique<S>();
  }
  void put(std::unique_ptr<S> one) noexcept {
    const std::lock_guard guard(mutex_);
    free_.push_back(std::move(one));
  }

  std::mutex mutex_;  ///< Guards what follows.
  std::vector<std::unique_ptr<S>> free_;
  std::size_t made_ = 0;
};

}  // namespace braid::detail
