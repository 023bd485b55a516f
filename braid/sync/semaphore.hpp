// A semaphore gives out permits up to its capacity, by weight, first come, first served.
//
//   braid::semaphore connections(8);
//   auto mine = co_await connections.acquire();     // on a thread: connections.acquire().get()
//   ...                                             // goes back when `mine` is destroyed, or by mine.release()
//   connections.resize(12);                         // while permits are held
//
// Fairness: strictly in order. A large request at the head holds up the small ones behind it, and try_acquire does not
// overtake requests that wait. So no request starves.
// A request above the capacity is never left waiting: it throws limit_exceeded, also if a resize makes it so.
//
// Invariants, whenever the lock is free
// 1. held_ is the sum of the weights of all permits: those in hand, and those in an acquire whose result was not taken.
// 2. held_ grows only up to capacity_. It is above capacity_ only after a resize to less, and then only falls until it
//    is not.
// 3. No request above capacity_ waits.
// 4. The first request in waiting_ does not fit, or its performer has been claimed elsewhere and is about to withdraw.
// 5. held_ grows by a weight exactly when the acquire is given its permit: under one hold of the lock, after the claim.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "braid/runtime/performable.hpp"
#include "braid/sync/limit_exceeded.hpp"

namespace braid {

class semaphore;

/// A share of a semaphore's capacity, given back once: when it is released or destroyed. A permit that was made by
/// default, moved from or released holds nothing. Borrows the semaphore. May be used on any thread, by one at a time.
class [[nodiscard]] permit {
 public:
  permit() = default;
  permit(permit&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)), weight_(std::exchange(other.weight_, 0)) {}
  /// Gives back what this permit held.
  permit& operator=(permit other) noexcept {
    std::swap(from_, other.from_);
    std::swap(weight_, other.weight_);
    return *this;
  }
  ~permit() { release(); }

  /// Gives the permit back now and wakes the requests that fit then. A second call does nothing.
  void release() noexcept;
  /// Splits `weight` off into a permit of its own. So what was acquired at once is handed out to several owners, or
  /// given back in part. Throws std::invalid_argument for more than weight().
  permit split(std::size_t weight);
  /// Returns 0 if the permit holds nothing.
  std::size_t weight() const noexcept { return weight_; }

 private:
  friend class semaphore;
  permit(semaphore* from, std::size_t weight) noexcept : from_(from), weight_(weight) {}

  semaphore* from_ = nullptr;
  std::size_t weight_ = 0;
};

namespace detail {

/// sem.acquire(weight): gives the permit; throws limit_exceeded if that can never be. A permit that was won but not
/// taken goes back when the operation is destroyed.
class [[nodiscard]] acquire_wait final : public performable<acquire_wait> {
 public:
  static constexpr bool may_be_handled_temporary = true;
  acquire_wait(semaphore& from, std::size_t weight);
  ~acquire_wait() { withdraw_if_parked(); }

  /// Returns the permit that the last perform won, moved out; call once for each perform.
  permit result();

 private:
  friend class braid::semaphore;
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  void pass_on(wake_chain& wakes) noexcept override;
  std::string describe() const override;
  std::string describe_others() const override;

  semaphore& from_;
  const std::size_t weight_;
  permit won_;
  std::optional<std::size_t> too_small_;  ///< The capacity that refused it; nothing if none did.
};

}  // namespace detail

/// All functions may be called on any thread. Must outlive its permits and operations: destroying it before ends the
/// program. Cost: an acquire that need not wait and a release each take the lock once; waiting allocates nothing.
class semaphore final : private detail::source {
 public:
  /// `name` is shown in reports and errors.
  explicit semaphore(std::size_t capacity, std::string name = {});
  ~semaphore();

  /// Returns an operation that waits for its turn and then until `weight`, at least 1, fits; it gives the permit.
  /// Throws std::invalid_argument for a weight of 0. Borrows the semaphore.
  detail::acquire_wait acquire(std::size_t weight = 1) & BRAID_LIFETIMEBOUND;
  detail::acquire_wait acquire(std::size_t weight = 1) && = delete;

  /// Returns a permit if it fits now and no request waits. Throws as acquire does, and `cancelled` if the task's
  /// context is cancelled.
  std::optional<permit> try_acquire(std::size_t weight = 1);

  /// More capacity wakes the requests that wait, in order. Less capacity takes back no permit that is held; no further
  /// permit is given until enough have come back. Requests that wait for more than the new capacity get limit_exceeded.
  /// At 0 all requests are refused.
  void resize(std::size_t capacity) BRAID_EXCLUDES(lock_);

  std::size_t capacity() BRAID_EXCLUDES(lock_);
  /// Returns the sum of all permits that are out; above capacity() for a while after a resize to less.
  std::size_t held() BRAID_EXCLUDES(lock_);

 private:
  friend class permit;
  friend class detail::acquire_wait;

  bool fits(std::size_t weight) const noexcept BRAID_REQUIRES(lock_) {
    return held_ <= capacity_ && weight <= capacity_ - held_;
  }
  void give(detail::acquire_wait& to) noexcept BRAID_REQUIRES(lock_);
  void take_back(std::size_t weight) noexcept BRAID_EXCLUDES(lock_);
  /// Gives permits to the requests from the first on, as long as they fit.
  void serve(detail::wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);
  void refuse_those_above_capacity(detail::wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);

  std::size_t capacity_ BRAID_GUARDED_BY(lock_);
  std::size_t held_ BRAID_GUARDED_BY(lock_) = 0;
  detail::intrusive_list<detail::acquire_wait, detail::enlisted> waiting_ BRAID_GUARDED_BY(lock_);
  const std::string name_;
};

}  // namespace braid
