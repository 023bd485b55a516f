// The handlers of a pool's workers. A handler that the workers do not share is lent to one job at a time. It is made
// when a job starts and none is free. So there are never more handlers than jobs that ran at once, and a worker that
// exits destroys one.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "braid/base/spin_lock.hpp"
#include "braid/pool/pool_handler.hpp"

namespace braid::detail {

/// All functions: any thread.
template<class Job, class R>
class handler_stock {
  using handler = pool_handler<Job, R>;

 public:
  explicit handler_stock(std::unique_ptr<handler_maker<Job, R>> maker)
      : are_shared_(maker->is_shared), give_tasks_(maker->gives_tasks), maker_(std::move(maker)) {
    if (are_shared_) shared_ = maker_->make();
  }

  bool are_shared() const noexcept { return are_shared_; }
  bool give_tasks() const noexcept { return give_tasks_; }

  /// Deleter of a loan: returns the handler to the stock.
  struct give_back {
    handler_stock* to;
    void operator()(handler* lent) const noexcept { to->take_back(lent); }
  };
  using loan = std::unique_ptr<handler, give_back>;
  /// Lends a handler. Throws what making one throws.
  loan borrow() { return loan(shared_ ? shared_.get() : one().release(), give_back{this}); }

  /// Destroys one free handler, if any. Call when a worker exits.
  void drop_one() noexcept {
    std::unique_ptr<handler> gone;
    spin_guard guard(lock_);
    if (free_.empty()) return;
    gone = std::move(free_.back());
    free_.pop_back();
    --made_;
  }
  /// Destroys the shared handler and the maker. Requires that no job runs or will run.
  void clear() noexcept {
    shared_.reset();
    maker_.reset();
  }

 private:
  std::unique_ptr<handler> one() {
    {
      spin_guard guard(lock_);
      if (!free_.empty()) {
        std::unique_ptr<handler> last = std::move(free_.back());
        free_.pop_back();
        return last;
      }
      free_.reserve(made_ + 1);  // so that take_back() needs no memory
      ++made_;
    }
    try {
      return maker_->make();
    } catch (...) {
      spin_guard guard(lock_);
      --made_;
      throw;
    }
  }
  void take_back(handler* lent) noexcept {
    if (shared_) return;
    spin_guard guard(lock_);
    free_.push_back(std::unique_ptr<handler>(lent));
  }

  const bool are_shared_, give_tasks_;
  std::unique_ptr<handler_maker<Job, R>> maker_;
  std::unique_ptr<handler> shared_;
  spin_lock lock_;  ///< Guards the rest.
  std::vector<std::unique_ptr<handler>> free_ BRAID_GUARDED_BY(lock_);
  std::size_t made_ BRAID_GUARDED_BY(lock_) = 0;
};

}  // namespace braid::detail
