// An operation describes something that may have to wait. Making it does nothing; it is performed by get() on a
// thread, by co_await in a coroutine, or as a case of select.
//
// To add a selectable thing, write a source (the state and its lock) and an operation with the four hooks. Nothing else
// is needed: select, within, cancel and deadlines work with it. A source may serve strictly in order, so that one
// waiter can hold up those behind it. Its operation has a fifth hook, which serves them when that waiter leaves.
//
// Invariants
// 1. The hooks run under the source's lock, on any thread.
// 2. An operation does not move between its first perform and its completion. It cannot be copied, nor moved at all,
//    unless it is also a handle, as a future is. A handle moves while it is not being performed (take_place_of).
// 3. An operation is enlisted only while its performer's word is open, or claimed and not yet closed.
#pragma once

#include <cstdint>
#include <string>

#include "braid/base/check.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/base/spin_lock.hpp"
#include "braid/runtime/performer.hpp"

namespace braid {

class operation;

namespace detail {

/// Returned by select when no case is left, and by try_select when none is ready.
inline constexpr std::size_t no_case = static_cast<std::size_t>(-1);

/// State that operations wait for. Its lock covers it, its lists and the links of the operations in them.
class source {
 public:
  source() = default;
  source(const source&) = delete;
  source& operator=(const source&) = delete;

  spin_lock& lock() noexcept BRAID_RETURNS_LOCK(lock_) { return lock_; }

 protected:
  ~source() = default;
  spin_lock lock_;
};

struct enlisted;
class perform_access;

/// Called by the party that completes a waiting operation, under its source's lock and after taking it out of the
/// source's list. Returns true if the caller won the performer, which is then on the chain. Returns false if another
/// party has won; the caller tries the next operation.
bool claim(operation& waiting, wake_chain& wakes) noexcept;
/// The same if the source ends and nothing is given. Returns false also in the child of a fork for a task of the
/// parent's executor, which no thread runs there. Needed since objects in static storage are destroyed at the child's
/// exit.
bool claim_at_end(operation& waiting, wake_chain& wakes) noexcept;
/// As claim, for an operation that is thereby finished: select skips it from now on.
bool claim_finished(operation& waiting, wake_chain& wakes) noexcept;

}  // namespace detail

class operation : public detail::list_hook<detail::enlisted> {
 public:
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;

  /// Makes select skip this case. Not while it is being performed.
  void disable() noexcept { disabled_ = true; }
  void enable() noexcept { disabled_ = false; }

  /// Returns false if select skips the case: it is disabled, or it has finished and was reported (channel closed and
  /// drained, `after` fired, done seen).
  bool enabled() const noexcept { return !disabled_ && !finished_; }

 protected:
  explicit operation(detail::source& s) noexcept : list_hook(detail::unset), source_(&s) {}
  ~operation() = default;

  // --- the four hooks, all with the source's lock held ---

  /// Commits the operation now, and returns true, if that is possible without waiting. Performers claimed on the way
  /// join the chain.
  virtual bool poll(detail::wake_chain& wakes) = 0;
  /// Adds the operation to the waiters of the source. Only from here on does linked() say whether it is in their list.
  virtual void enlist(detail::wake_chain& wakes) noexcept = 0;
  /// Removes the operation from the waiters, if it still is among them.
  virtual void withdraw() noexcept = 0;
  /// Describes in words what the operation waits for.
  virtual std::string describe() const = 0;
  /// Describes the parties that could end the wait, as far as the source knows them: lines of a report of stalled
  /// waits.
  virtual std::string describe_others() const { return {}; }
  /// Returns true if a long wait does not point to a mistake: a timer, a worker without work, an event from outside.
  /// The same at all times; called without the lock too.
  virtual bool may_wait_long() const noexcept { return false; }
  /// Called right after withdraw(). Claims the waiters behind this one that need not wait any more now that it has
  /// left.
  virtual void pass_on(detail::wake_chain&) noexcept {}

  // --- for the hooks ---

  void mark_finished(bool finished = true) noexcept { finished_ = finished; }

  /// Every final operation calls this first in its destructor: a parked operation is withdrawn; one that was claimed
  /// but not yet resumed ends the program, since its outcome would be lost (law O8).
  void withdraw_if_parked() noexcept {
    if (performer_) [[unlikely]]
      abandon();
  }
  detail::source& waits_for() const noexcept { return *source_; }
  bool finished() const noexcept { return finished_; }
  /// For an operation that is also a handle: takes the place of `from`, which from now on waits for a source that is
  /// never used. Neither is being performed.
  void take_place_of(operation& from) noexcept;

 private:
  friend class detail::perform_access;
  friend bool detail::claim(operation& waiting, detail::wake_chain& wakes) noexcept;
  friend bool detail::claim_at_end(operation& waiting, detail::wake_chain& wakes) noexcept;
  friend bool detail::claim_finished(operation& waiting, detail::wake_chain& wakes) noexcept;
  void abandon() noexcept;

  detail::source* source_;
  detail::performer* performer_ = nullptr;  ///< Set while enlisted. Written by the performer, read by claimers.
  operation* next_locked_;                  ///< Order in which select locks; used only by the parking thread.
  std::uint32_t case_;                      ///< Index of this case.
  bool disabled_ = false;
  bool finished_ = false;
};

}  // namespace braid
