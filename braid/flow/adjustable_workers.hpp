// A number of workers that can change while stages run with it.
//
//   braid::adjustable_workers n(4);
//   for (auto page : braid::from(urls) | braid::map(n, fetch)) { ... }   // meanwhile, anywhere: n.set(8);
//
// Copies share one number, and any number of stages may follow it. When the number grows, a stage that is full starts
// more items at once. When it shrinks, running items run to their end, and no item is started until fewer run. A stage
// begins no pull until it has less in flight than it may have now. A pull that already waits for input still brings an
// item (law F1 holds for the number of workers at the moment at which each pull began).
#pragma once

#include <cstddef>
#include <memory>

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/performer.hpp"

namespace braid {
namespace detail {

struct of_shared_width;

/// The number, and the stages that follow it. Lock order: this mutex < a timer's mutex < a stage's lock.
class shared_width {
 public:
  /// A running stage.
  class follower : public list_hook<of_shared_width> {
   public:
    /// Sets the number of workers of the stage. Requires the mutex of the shared_width; adds the performers to wake to
    /// `wakes`.
    virtual void resize(std::size_t workers, wake_chain& wakes) noexcept = 0;

   protected:
    ~follower() = default;
  };

  explicit shared_width(std::size_t count) noexcept : count_(count) {}

  std::size_t count() const noexcept BRAID_EXCLUDES(mutex_);
  void set(std::size_t count) noexcept BRAID_EXCLUDES(mutex_);
  /// Passes the number to `stage` now, and at each set() until leave().
  void join(follower& stage) noexcept BRAID_EXCLUDES(mutex_);
  /// Waits for a running set(). May be called twice.
  void leave(follower& stage) noexcept BRAID_EXCLUDES(mutex_);

 private:
  mutable annotated_mutex mutex_;  ///< Guards what follows; held while the followers are resized.
  std::size_t count_ BRAID_GUARDED_BY(mutex_);
  intrusive_list<follower, of_shared_width> followers_ BRAID_GUARDED_BY(mutex_);
};

}  // namespace detail

/// May be used from any thread, also in the function of a stage that follows it.
class adjustable_workers {
 public:
  /// A stage that follows it reserves memory for the results of `most` workers, and for its slack. A fixed number of
  /// workers may be greater.
  static constexpr int most = 256;

  /// Throws std::invalid_argument unless `count` is from 1 to `most`.
  explicit adjustable_workers(int count);
  /// Throws as the constructor does. Costs a lock for each running stage that follows it.
  void set(int count) const;
  int count() const noexcept;

  /// For the stages that follow it.
  const std::shared_ptr<detail::shared_width>& shared() const noexcept { return shared_width_; }

 private:
  std::shared_ptr<detail::shared_width> shared_width_;
};

}  // namespace braid
