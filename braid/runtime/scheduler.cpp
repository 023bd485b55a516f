#include "braid/runtime/scheduler.hpp"

#include <algorithm>

namespace braid::detail {
namespace {

constexpr std::uint32_t injector_every = 61;  ///< Slices; a prime, so that it does not fall in step with anything.
constexpr std::uint32_t most_at_once = std::min<std::uint32_t>(32, ring_capacity / 2);

/// How long a worker polls before it sleeps: long enough to see that a slice is long.
constexpr std::int64_t look_around_every_ns = 2'000;
#ifdef BRAID_EXPLORE
constexpr int looks = 1;
#else
constexpr int looks = static_cast<int>(spread_policy::long_slice_ns / look_around_every_ns) + 2;
#endif

/// The looks of a worker while no other one works. Work can then come only from outside, and wakes it.
constexpr int most_idle_looks = 3;

constexpr std::chrono::milliseconds first_watch{1}, longest_watch{10};

}  // namespace

scheduler::scheduler(std::uint32_t seats, spread how) : spread_(how), injector_(seats), idle_(seats) {
  seats_.reserve(seats);
  for (std::uint32_t i = 0; i < seats; ++i) seats_.push_back(std::make_unique<seat>(i));
}

void scheduler::prepare(seat_worker& w) {
  w.first_looks_.resize(seats_.size());
  w.random_ = random_engine(reinterpret_cast<std::uintptr_t>(&w));
}

// --- work comes in ---

namespace {

/// A thread outside the executor puts its work into a shard of its own, if there are enough.
std::uint32_t shard_of_this_thread() noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&thread_slot()) >> 12);
}

}  // namespace

void scheduler::ready(runnable& work, arrival how, seat* mine) noexcept {
  if (!mine) return inject(work, shard_of_this_thread());
  if (how == arrival::woken) return keep_next(*mine, work);
  if (how == arrival::yielded) return keep_last(*mine, work);
  inject(work, mine->index());
}

void scheduler::inject(runnable& work, std::uint32_t hint) noexcept {
  wake(injector_.push(work, hint, [this] { return idle_.claim_sleeper(); }));
}

void scheduler::keep_next(seat& s, runnable& work) noexcept {
  if (!s.put_next(work)) return keep_last(s, work);
  wake(idle_.claim_sentinel());
}

void scheduler::keep_last(seat& s, runnable& work) noexcept {
  if (s.put_last(work)) {
    if (spread_ == spread::lazy) return wake(idle_.claim_sentinel());
    idle_.touch();
    return wake(idle_.claim_sleeper());
  }
  runnable_list spilled;
  const std::uint32_t half = s.take_half(spilled);
  spilled.push(work);
  wake(injector_.push(spilled, half + 1, s.index(), [this] { return idle_.claim_sleeper(); }));
}

// --- work goes out ---

runnable* scheduler::next(seat_worker& me) noexcept {
  seat& mine = *me.sits_in;
  if (++me.slices_ % injector_every == 0) {
    if (runnable* const work = take_injected(me, 1)) return work;
    if (runnable* const left = mine.forks().pop()) return left;
  }
  if (runnable* const work = mine.next()) return work;
  if (runnable* const left = mine.forks().pop()) return left;  // left by a thread that gave this seat up while it waits
  if (runnable* const work = take_injected(me, most_at_once)) return work;
  return search(me);
}

runnable* scheduler::take_injected(seat_worker& me, std::uint32_t most) noexcept {
  runnable_list taken;
  if (injector_.take(taken, most, width(), me.sits_in->index()) == 0) return nullptr;
  return keep_all_but_first(me, taken);
}

/// The ring has room: `me` takes several only while the ring is empty.
runnable* scheduler::keep_all_but_first(seat_worker& me, runnable_list& taken) noexcept {
  runnable* const first = taken.pop();
  while (runnable* const work = taken.pop()) keep_last(*me.sits_in, *work);
  return first;
}

// --- a worker without work ---

runnable* scheduler::search(seat_worker& me) noexcept {
  bool searching = idle_.begin_search();
  look_first(me);
  while (!stopping_.load()) {
    if (searching) {
      if (runnable* const work = search_for_a_while(me)) return found_work(), work;
    }
    if (!sleep(me, searching)) return nullptr;
    searching = true;  // a woken worker counts as searching
  }
  return nullptr;
}

runnable* scheduler::search_for_a_while(seat_worker& me) noexcept {
  if (runnable* const work = look_around(me)) return work;  // after a sleep: compares with the looks from before it
  look_first(me);
  int idle_looks = 0;
  for (int i = 1; i < looks; ++i) {
    idle_looks = idle_.none_works() ? idle_looks + 1 : 0;
    if (idle_looks > most_idle_looks) return nullptr;
    spin_for(look_around_every_ns);
    if (runnable* const work = look_around(me)) return work;
  }
  return nullptr;
}

void scheduler::look_first(seat_worker& me) noexcept {
  const std::int64_t now = monotonic_ns();
  for (const auto& s : seats_) me.first_looks_[s->index()] = s->look(now);
}

runnable* scheduler::look_around(seat_worker& me) noexcept {
  if (runnable* const work = take_injected(me, most_at_once)) return work;
  if (width() == 1) return nullptr;
  const std::int64_t now = monotonic_ns();
  const std::uint32_t start = me.random_.below(width());
  for (std::uint32_t i = 0; i < width(); ++i) {
    seat& other = *seats_[(start + i) % width()];
    if (&other == me.sits_in) continue;
    if (runnable* const work = look_at(me, other, now)) return work;
  }
  return nullptr;
}

runnable* scheduler::look_at(seat_worker& me, seat& other, std::int64_t now) noexcept {
  if (runnable* const fork = other.forks().steal()) return fork;
  const seat_look& first = me.first_looks_[other.index()];
  const seat_look look = other.look(now);
  if (!spread_policy::worth_taking(spread_, first, look)) return nullptr;
  return take_from(me, other, spread_policy::in_long_slice(first, look));
}

runnable* scheduler::take_from(seat_worker& me, seat& other, bool in_long_slice) noexcept {
  runnable_list taken;
  if (other.take_half(taken) > 0) return keep_all_but_first(me, taken);
  return in_long_slice ? other.take_slot() : nullptr;
}

void scheduler::found_work() noexcept {
  if (!idle_.end_search()) return;
  if (work_visible()) return wake(idle_.claim_sleeper());
  if (work_kept()) wake(idle_.claim_sentinel());
}

/// Returns true if work for which no worker was woken waits at a seat.
bool scheduler::work_kept() noexcept {
  return std::any_of(seats_.begin(), seats_.end(), [](const auto& s) { return s->look(0).queued != 0; });
}

/// Returns true if there is work that every worker may take at once.
bool scheduler::work_visible() noexcept {
  if (!injector_.empty()) return true;
  return std::any_of(seats_.begin(), seats_.end(), [this](const auto& s) {
    return !s->forks().empty() || (spread_ == spread::eager && s->has_ring_work());
  });
}

// --- sleep ---

/// Returns false if the scheduler stops.
bool scheduler::sleep(seat_worker& me, bool was_searching) noexcept {
  const bool sentinel = idle_.announce(me, was_searching);
  if (stopping_.load() || work_visible()) {
    if (!idle_.withdraw(me)) me.sleeper::sleep();
  } else if (sentinel) {
    sleep_as_sentinel(me);
  } else {
    me.sleeper::sleep();
  }
  return !stopping_.load();
}

void scheduler::sleep_as_sentinel(seat_worker& me) noexcept {
  for (auto watch = first_watch;; watch = std::min(2 * watch, longest_watch)) {
    if (me.sleep_until(std::chrono::steady_clock::now() + watch)) return;
    if (idle_.leave_duty(me)) return me.sleeper::sleep();
    if (!something_waits_too_long(me)) continue;
    if (!idle_.withdraw(me)) me.sleeper::sleep();
    return;
  }
}

bool scheduler::something_waits_too_long(seat_worker& me) noexcept {
  const std::int64_t now = monotonic_ns();
  for (const auto& s : seats_) {
    seat_look& first = me.first_looks_[s->index()];
    const seat_look look = s->look(now);
    if (spread_policy::worth_taking(spread_, first, look)) return true;
    if (look.slices != first.slices) first = look;
  }
  return false;
}

// --- the end ---

void scheduler::stop() noexcept {
  stopping_.store(true);
  while (sleeper* const s = idle_.claim_any()) s->wake();
}

runnable* scheduler::take_left() noexcept {
  runnable_list left;
  if (injector_.take(left, 1, 1, 0) > 0) return left.pop();
  for (const auto& s : seats_)
    if (runnable* const work = s->next()) return work;
  return nullptr;
}

void scheduler::wait_for_callers() noexcept {
  injector_.wait_for_pushers();
  idle_.wait_for_claimers();
}

}  // namespace braid::detail
