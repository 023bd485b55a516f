// A number of workers that is changed while stages run with it.
//
//   braid::adjustable_workers n(4);
//   for (auto page : braid::from(urls) | braid::map(n, fetch)) { ... }   // meanwhile, anywhere: n.set(8);
//
// Copies are one number, and any number of stages may follow it. A stage that stands full starts more at once when it
// grows; when it shrinks what runs goes on to its end, and nothing is started before fewer run. Until a stage has
// less in flight than it may have now, it begins no pull; one that waits for its input already still brings an item
// (law F1 holds for the workers of the moment at which each pull began).
#pragma once

#include <cstddef>
#include <memory>

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/performer.hpp"

namespace braid {
namespace detail {

struct of_dial;

/// The number, and the stages that follow it. Lock order: this mutex < an alarm's < a stage's lock.
class worker_dial {
 public:
  /// A running stage.
  class follower : public list_hook<of_dial> {
   public:
    /// It has so many workers from now on. With the dial's mutex held; who is to be woken goes on the chain.
    virtual void resize(std::size_t workers, wake_chain& wakes) noexcept = 0;

   protected:
    ~follower() = default;
  };

  explicit worker_dial(std::size_t count) noexcept : count_(count) {}

  std::size_t count() const noexcept BRAID_EXCLUDES(mutex_);
  void set(std::size_t count) noexcept BRAID_EXCLUDES(mutex_);
  /// It is told the number now, and each time that it is set, until it leaves.
  void join(follower& stage) noexcept BRAID_EXCLUDES(mutex_);
  /// Twice is fine. Waits for a set() that runs.
  void leave(follower& stage) noexcept BRAID_EXCLUDES(mutex_);

 private:
  mutable annotated_mutex mutex_;  ///< Covers what follows; held while the followers are told.
  std::size_t count_ BRAID_GUARDED_BY(mutex_);
  intrusive_list<follower, of_dial> followers_ BRAID_GUARDED_BY(mutex_);
};

}  // namespace detail

/// Any thread, also f of a stage that follows it.
class adjustable_workers {
 public:
  /// A stage that follows it has memory for the results of so many, and for its slack. A fixed number may be greater.
  static constexpr int most = 256;

  /// Throws std::invalid_argument unless `count` is from 1 to `most`.
  explicit adjustable_workers(int count);
  /// As the constructor. Costs a lock for each stage that runs with it.
  void set(int count) const;
  int count() const noexcept;

  /// For the stage.
  const std::shared_ptr<detail::worker_dial>& dial() const noexcept { return dial_; }

 private:
  std::shared_ptr<detail::worker_dial> dial_;
};

}  // namespace braid
