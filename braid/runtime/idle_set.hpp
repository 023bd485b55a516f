// Who sleeps, who searches: the event count of an executor. It decides whom new work wakes, and it must not lose one.
//
//   working --begin_search--> searching --announce--> asleep --claim_sleeper--> searching (woken) --end_search-->
//   working working --announce--> asleep                      asleep --withdraw--> searching
//
// Invariants
// 1. One word holds how many search, how many sleep, and whether a sleeper is the sentinel. Whoever sleeps is in the
//    list. Changes of the list and of the counts that go with it are made under the lock.
// 2. A claimed sleeper counts as searching from the claim on, before it wakes: so several pushes wake one worker, and
//    the claimer owes it exactly one unpark, which is its last touch. Nobody else unparks it.
// 3. At most half of the seats, rounded up, search by their own wish. Woken ones come on top.
// 4. No lost wake-up. A push makes its work visible, then does a read-modify-write (on the injector's size, or touch()
//    here), then looks at the word. A sleeper does a read-modify-write on the word (announce), then looks at all
//    queues. If the push saw neither a searcher nor a sleeper, the sleeper sees the work.
// 5. Who stops searching because it found something, as the last one, looks whether there is more and wakes the next
//    (end_search); also for work that only waits at a seat, if nobody is the sentinel. So a push that relied on a
//    searcher is served although that searcher took other work.
// 6. The sentinel sleeps for a time, not for ever: it finds the work that waits behind a long slice of another seat. It
//    exists whenever a seat works, another sleeps, and work was left to its seat without a wake-up (claim_sentinel). It
//    is claimed only as the last sleeper, and goes off duty by itself only in one step with the word saying that all
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

/// What a worker sleeps on.
class sleeper : public list_hook<among_sleepers> {
 public:
  /// By the claimer, once. Last touch.
  void wake() noexcept { parker_.unpark(); }
  /// By its worker.
  void sleep() noexcept { parker_.park(); }
  bool sleep_until(std::chrono::steady_clock::time_point due) noexcept { return parker_.park_until(due); }

 private:
  friend class idle_set;
  parker parker_;
  bool on_duty_ = false;  ///< Is the sentinel. Guarded by the set's lock.
};

class idle_set {
 public:
  explicit idle_set(std::uint32_t seats) noexcept : seats_(seats) {}

  /// The caller searches from now on, unless enough others do.
  bool begin_search() noexcept {
    std::uint32_t seen = word_.load();
    while (2 * searching(seen) < seats_)
      if (word_.compare_exchange_strong(seen, seen + one_searching)) return true;
    return false;
  }
  /// The caller has found work. True: it was the last who searched, so it must look whether there is more.
  bool end_search() noexcept { return searching(word_.fetch_sub(one_searching)) == 1; }

  /// The read-modify-write of invariant 4 for work that was published by a store.
  void touch() noexcept { word_.fetch_add(0); }
  /// A sleeper to be woken by the caller, since new work is visible; null if somebody searches or nobody sleeps.
  sleeper* claim_sleeper() noexcept BRAID_EXCLUDES(lock_) {
    if (!wants_waking(word_.load())) return nullptr;
    spin_guard guard(lock_);
    if (!wants_waking(word_.load())) return nullptr;
    return claim_first();
  }
  /// The same for a seat to which work was left without a wake-up: null also if the sentinel is on duty.
  sleeper* claim_sentinel() noexcept {
    // Relaxed: invariant 6 needs only that a seat that was woken sees the word at least as new as its claim, which
    // coherence gives; the claim re-reads.
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if (seen & duty) return nullptr;
    // The searcher looks at all seats when it ends (invariant 5): it sees our work, or we see its end.
    if (searching(seen) != 0) seen = word_.fetch_add(0);
    return (seen & duty) || !wants_waking(seen) ? nullptr : claim_sleeper();
  }
  /// Any sleeper, searchers or not: for the end of the executor.
  sleeper* claim_any() noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return sleepers_.empty() ? nullptr : claim_first();
  }

  /// `me` is going to sleep; `was_searching` ends. Afterwards it looks at all queues once more. True: as the sentinel.
  bool announce(sleeper& me, bool was_searching) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    sleepers_.push_back(me);
    const std::uint32_t before = word_.fetch_add(one_asleep - (was_searching ? one_searching : 0));
    me.on_duty_ = !(before & duty) && asleep(before) + 1 < seats_;
    if (me.on_duty_) word_.fetch_or(duty);
    return me.on_duty_;
  }
  /// `me` has seen work after all: it searches. False: it has been claimed already, and its unpark is on its way.
  bool withdraw(sleeper& me) noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    if (!me.list_hook<among_sleepers>::linked()) return false;
    take_out(me);
    return true;
  }
  /// The sentinel's time is over. True: all sleep, and it is the sentinel no more.
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

  /// Waits until nobody holds the lock: then no claimer of this set is inside it any more.
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

  /// The sentinel only if no other sleeps: then everybody is awake, and the next who sleeps is the sentinel.
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
