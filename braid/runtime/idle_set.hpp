// The sleepers and searchers of an executor: its event count. It decides which worker new work wakes, and it must not
// lose a wake-up.
//
//   working   --begin_search-->  searching
//   working   --announce-->      asleep
//   searching --end_search-->    working
//   searching --announce-->      asleep
//   asleep    --claim_sleeper--> searching (woken)
//   asleep    --withdraw-->      searching
//
// Invariants
// 1. One word holds how many workers search, how many sleep, and whether a sleeper is the sentinel. Every sleeper is in
//    the list. Changes of the list and of the counts that go with it are made under the lock.
// 2. A claimed sleeper counts as searching from the claim on, before it wakes: so several pushes wake one worker. The
//    claimer must unpark it exactly once, as its last touch. No other thread unparks it.
// 3. At most half of the seats, rounded up, search without having been woken. Woken searchers come on top.
// 4. No lost wake-up. A push makes its work visible, then does a read-modify-write (on the injector's size, or touch()
//    here), then reads the word. A sleeper does a read-modify-write on the word (announce), then polls all queues. If
//    the push saw neither a searcher nor a sleeper, the sleeper sees the work.
// 5. The last searcher that stops because it found something checks whether there is more work and wakes the next
//    worker (end_search). It does so also for work that only waits at a seat, if there is no sentinel. So a push that
//    relied on a searcher is served although that searcher took other work.
// 6. The sentinel sleeps with a timeout: it finds the work that waits behind a long slice of another seat. It exists
//    whenever a seat works, another sleeps, and work was left to its seat without a wake-up (claim_sentinel). It is
//    claimed only as the last sleeper. It goes off duty by itself only in one atomic step with the word saying that all
//    sleep.
//
// Sources: Go's scheduler (runtime/proc.go, "Worker thread parking/unparking"), tokio's idle.rs for the packed word.
#pragma once

#include <cstdint>

#include "braid/base/intrusive_list.hpp"
#include "braid/base/spin_lock.hpp"
#include "braid/runtime/parker.hpp"

namespace braid::detail {

struct among_sleepers;

/// The object that a worker sleeps on.
class sleeper : public list_hook<among_sleepers> {
 public:
  /// Called once, by the claimer, as its last touch.
  void wake() noexcept { parker_.unpark(); }
  /// Called by its worker.
  void sleep() noexcept { parker_.park(); }
  bool sleep_until(std::chrono::steady_clock::time_point due) noexcept { return parker_.park_until(due); }

 private:
  friend class idle_set;
  parker parker_;
  bool on_duty_ = false;  ///< Set in the sentinel. Guarded by the set's lock.
};

class idle_set {
 public:
  explicit idle_set(std::uint32_t seats) noexcept : seats_(seats) {}

  /// Counts the caller as searching from now on. Returns false if enough others search.
  bool begin_search() noexcept {
    std::uint32_t seen = word_.load();
    while (2 * searching(seen) < seats_)
      if (word_.compare_exchange_strong(seen, seen + one_searching)) return true;
    return false;
  }
  /// Called when the caller has found work. Returns true if it was the last searcher; it must then check whether there
  /// is more.
  bool end_search() noexcept { return searching(word_.fetch_sub(one_searching)) == 1; }

  /// Returns true if all seats sleep or search: then work can come only from outside.
  bool none_works() const noexcept {
    // Relaxed: a hint.
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    return asleep(seen) + searching(seen) >= seats_;
  }
  /// Does the read-modify-write of invariant 4, for work that was published by a store.
  void touch() noexcept { word_.fetch_add(0); }
  /// Returns a sleeper that the caller must wake, since new work is visible; null if a worker searches or none sleeps.
  sleeper* claim_sleeper() noexcept BRAID_EXCLUDES(lock_) {
    if (!wants_waking(word_.load())) return nullptr;
    spin_guard guard(lock_);
    if (!wants_waking(word_.load())) return nullptr;
    return claim_first();
  }
  /// The same for a seat to which work was left without a wake-up. Returns null also if the sentinel is on duty.
  sleeper* claim_sentinel() noexcept {
    // Relaxed: invariant 6 needs only that a seat that was woken sees the word at least as new as its claim, which
    // coherence gives. The claim reads the word again.
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if (seen & duty) return nullptr;
    // The searcher checks all seats when it ends (invariant 5): it sees our work, or we see its end.
    if (searching(seen) != 0) seen = word_.fetch_add(0);
    return (seen & duty) || !wants_waking(seen) ? nullptr : claim_sleeper();
  }
  /// Claims any sleeper, even if others search; null if none sleeps. For the end of the executor.
  sleeper* claim_any() noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return sleepers_.empty() ? nullptr : claim_first();
  }

  /// Adds `me` to the sleepers; if `was_searching`, its search ends. The caller then polls all queues once more.
  /// Returns true if `me` is the sentinel.
  bool announce(sleeper& me, bool was_searching) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    sleepers_.push_back(me);
    const std::uint32_t before = word_.fetch_add(one_asleep - (was_searching ? one_searching : 0));
    me.on_duty_ = !(before & duty) && asleep(before) + 1 < seats_;
    if (me.on_duty_) word_.fetch_or(duty);
    return me.on_duty_;
  }
  /// Called when `me` has seen work after all: it searches. Returns false if `me` has been claimed already; its unpark
  /// is then on its way.
  bool withdraw(sleeper& me) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    if (!me.list_hook<among_sleepers>::linked()) return false;
    take_out(me);
    return true;
  }
  /// Called when the sentinel's timeout has passed. Returns true if all sleep; `me` is then no longer the sentinel.
  bool leave_duty(sleeper& me) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    std::uint32_t seen = word_.load();
    while (me.on_duty_ && asleep(seen) == seats_) {
      if (!word_.compare_exchange_strong(seen, seen & ~duty)) continue;
      me.on_duty_ = false;
      return true;
    }
    return false;
  }

  /// Waits until no thread holds the lock: then no claimer of this set is inside it any more.
  void wait_for_claimers() noexcept BRAID_EXCLUDES(lock_) { spin_guard guard(lock_); }

  bool anyone_asleep() const noexcept {
    // Relaxed: a hint.
    return asleep(word_.load(std::memory_order_relaxed)) != 0;
  }

 private:
  static constexpr std::uint32_t one_asleep = 1, one_searching = 1u << 15, duty = 1u << 31;
  static std::uint32_t asleep(std::uint32_t word) noexcept { return word & (one_searching - 1); }
  static std::uint32_t searching(std::uint32_t word) noexcept { return (word & ~duty) / one_searching; }
  static bool wants_waking(std::uint32_t word) noexcept { return searching(word) == 0 && asleep(word) != 0; }

  /// Claims the sentinel only if no other sleeps: then all workers are awake, and the next one to sleep is the
  /// sentinel.
  sleeper* claim_first() noexcept BRAID_REQUIRES(lock_) {
    sleeper* first = sleepers_.front();
    if (first->on_duty_)
      if (sleeper* const other = sleepers_.next(*first)) first = other;
    take_out(*first);
    return first;
  }
  void take_out(sleeper& s) noexcept BRAID_REQUIRES(lock_) {
    sleepers_.erase(s);
    word_.fetch_add(one_searching - one_asleep);
    if (s.on_duty_) word_.fetch_and(~duty);
    s.on_duty_ = false;
  }

  const std::uint32_t seats_;
  alignas(64) atomic<std::uint32_t> word_{0};
  spin_lock lock_;  ///< Covers the list, on_duty_, and the counts of sleepers.
  intrusive_list<sleeper, among_sleepers> sleepers_ BRAID_GUARDED_BY(lock_);
};

}  // namespace braid::detail
