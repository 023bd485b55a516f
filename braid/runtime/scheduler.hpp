// Decides which task runs next on which worker. Combines the seats, the injector and the set of idle workers. It has no
// threads of its own (executor_threads.hpp) and no tasks (performer.hpp).
//
// Invariants
// 1. Work that was made ready is in exactly one place: a slot, a ring, a fork queue, the injector, or with a worker.
// 2. A worker sleeps only after it has polled everything once more (idle_set.hpp, invariant 4).
// 3. Work left to a seat without a wake-up (in its slot; in a lazy scheduler, in its ring) is run by that seat's
//    holder, which is awake, or found by the sentinel.
// 4. Fairness: the slot yields after 64 slices in a row, the ring is first in, first out, and the injector is polled
//    every 61 slices. So everything ready is reached after a bounded number of slices.
#pragma once

#include <memory>
#include <vector>

#include "braid/base/random.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/idle_set.hpp"
#include "braid/runtime/injector.hpp"
#include "braid/runtime/seat.hpp"

namespace braid::detail {

class scheduler;

/// A worker thread, which may or may not hold a seat now.
class seat_worker : public worker, public sleeper {
 public:
  seat_worker(executor& on, scheduler& core) : worker(on, true), core_(core) {}
  scheduler& core() const noexcept { return core_; }

  /// The seat that the thread holds; null while it has none. Changed by the thread itself, or by another one while this
  /// thread waits for a seat.
  seat* sits_in = nullptr;

 private:
  friend class scheduler;
  scheduler& core_;
  std::uint32_t slices_ = 0;
  random_engine random_{0};
  std::vector<seat_look> first_looks_;  ///< One for each seat, from the start of the search.
};

class scheduler {
 public:
  scheduler(std::uint32_t seats, spread how);

  std::uint32_t width() const noexcept { return static_cast<std::uint32_t>(seats_.size()); }
  seat& seat_at(std::uint32_t i) noexcept { return *seats_[i]; }
  /// Reserves what the search needs. Called before a thread works in a seat for the first time. Throws std::bad_alloc.
  void prepare(seat_worker& w);

  /// Enqueues `work`: woken or yielded work with the seat that the caller holds (`mine`, null for a thread without
  /// one), other work for all workers. Wakes a worker if needed.
  void ready(runnable& work, arrival how, seat* mine) noexcept;
  /// Called when a fork was pushed to the queue of the caller's seat. A hint: nothing is lost if no worker takes the
  /// fork.
  void offer_fork() noexcept {
    if (idle_.anyone_asleep()) wake(idle_.claim_sleeper());
  }

  /// Waits for work and returns it for `me`, which holds a seat. Returns null if the scheduler stops.
  runnable* next(seat_worker& me) noexcept;

  /// Makes next() return null to all workers from now on.
  void stop() noexcept;
  /// Called after stop(), when all workers have exited. Waits until no ready() of another thread touches this object
  /// any more.
  void wait_for_callers() noexcept;
  /// Called after that. Returns what is still queued, one by one; null once nothing is.
  runnable* take_left() noexcept;

 private:
  void inject(runnable& work, std::uint32_t hint) noexcept;
  void keep_next(seat& s, runnable& work) noexcept;
  void keep_last(seat& s, runnable& work) noexcept;

  runnable* take_injected(seat_worker& me, std::uint32_t most) noexcept;
  runnable* search(seat_worker& me) noexcept;
  runnable* search_for_a_while(seat_worker& me) noexcept;
  runnable* look_around(seat_worker& me) noexcept;
  runnable* look_at(seat_worker& me, seat& other, std::int64_t now) noexcept;
  runnable* take_from(seat_worker& me, seat& other, bool in_long_slice) noexcept;
  runnable* keep_all_but_first(seat_worker& me, runnable_list& taken) noexcept;
  void found_work() noexcept;
  bool work_visible() noexcept;
  bool work_kept() noexcept;
  void look_first(seat_worker& me) noexcept;

  bool sleep(seat_worker& me, bool was_searching) noexcept;
  void sleep_as_sentinel(seat_worker& me) noexcept;
  bool something_waits_too_long(seat_worker& me) noexcept;

  static void wake(sleeper* claimed) noexcept {
    if (claimed) claimed->wake();
  }

  const spread spread_;
  std::vector<std::unique_ptr<seat>> seats_;
  injector injector_;
  idle_set idle_;
  atomic<bool> stopping_{false};
};

}  // namespace braid::detail
