#include "braid/runtime/wait_registry.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/code_place.hpp"
#include "braid/base/home_process.hpp"
#include "braid/runtime/fork_safe_singleton.hpp"
#include "braid/runtime/perform.hpp"

namespace braid::detail {

struct among_watched;
struct watched_shard;

/// The record of one wait.
class watched_wait : public list_hook<among_watched> {
 public:
  static constexpr std::size_t most_places = 10;

  watched_shard* in = nullptr;
  std::uint64_t number = 0;
  std::string who;
  std::vector<operation*> cases;
  std::array<const void*, most_places> places{};  ///< Up to the first null.
  bool is_of_thread = true;
  bool may_be_long = false;
  std::chrono::steady_clock::time_point since;
};

/// Part of the records. They are split since a thread that sleeps for the mutex does so with the locks of its sources
/// held.
struct alignas(64) watched_shard {
  const home_process home;
  annotated_mutex mutex;  ///< Covers the list and its records.
  intrusive_list<watched_wait, among_watched> list BRAID_GUARDED_BY(mutex);
};

/// The records of one process. Never destroyed: threads may wait while the program exits.
class watched_records {
 public:
  watched_records() {
    if (home_process::is_child_of_fork()) watch_if_environment_says_so();
  }

  watched_shard& shard_of(const performer& me) noexcept {
    return shards[random_engine(reinterpret_cast<std::uintptr_t>(&me))() % shards.size()];
  }

  std::array<watched_shard, 64> shards;
  std::atomic<std::uint64_t> last_number{0};
};

namespace {

[[maybe_unused]] const bool watched_from_the_start = watch_if_environment_says_so();

std::string this_thread() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return "thread '" + std::string(name.data()) + "' (" + std::to_string(gettid()) + ")";
}

std::string name_of(const performer& me, bool as_thread) {
  const std::string task = me.who();
  if (as_thread) return task.empty() ? this_thread() : task + ", on " + this_thread();
  return task.empty() ? "a coroutine, last on " + this_thread() : task;
}

/// Returns the address just after the start of the coroutine's code, where a return address would point. A frame starts
/// with a pointer to its code in every ABI that g++ and clang have.
const void* place_in(std::coroutine_handle<> coroutine) noexcept {
  return *static_cast<const char* const*>(coroutine.address()) + 1;
}

/// Waits for the lock while there are tries left, a microsecond each, and returns false after that. The lock's holder
/// may wait for the mutex of the records, to begin a wait of its own.
bool lock_soon(spin_lock& lock, int& tries) noexcept BRAID_TRY_ACQUIRE(true, lock) {
  while (!lock.try_lock()) {
    if (tries <= 0) return false;
    --tries;
    spin_for(1'000);
  }
  return true;
}

/// Returns false if a source was busy.
bool describe(const watched_wait& wait, seen_wait& seen, int& tries) {
  for (operation* const op : wait.cases) {
    spin_lock& lock = perform_access::source_of(*op).lock();
    if (!lock_soon(lock, tries)) return false;
    const spin_guard guard(lock, adopt_lock);
    seen.what += (seen.what.empty() ? "" : ", or ") + perform_access::describe(*op);
    seen.others += perform_access::describe_others(*op);
  }
  return true;
}

seen_wait seen_of(const watched_wait& wait) {
  const auto end = std::find(wait.places.begin(), wait.places.end(), nullptr);
  std::vector<const void*> places(wait.places.begin(), end);
  return {.number = wait.number,
          .who = wait.who,
          .what = {},
          .others = {},
          .places = std::move(places),
          .is_of_thread = wait.is_of_thread,
          .may_be_long = wait.may_be_long,
          .since = wait.since};
}

/// Adds the waits of the shard to `seen`. Returns false if a source was busy.
bool look_at(watched_shard& shard, std::vector<seen_wait>& seen) {
  bool all = true;
  int tries = 100;
  mutex_guard guard(shard.mutex);
  for (watched_wait* wait = shard.list.front(); wait; wait = shard.list.next(*wait)) {
    seen.push_back(seen_of(*wait));
    if (describe(*wait, seen.back(), tries)) continue;
    seen.back().what.clear();
    all = false;
  }
  return all;
}

std::unique_ptr<watched_wait> record_of(const performer& me, std::span<operation* const> cases,
                                        std::coroutine_handle<> where) {
  auto record = std::make_unique<watched_wait>();
  record->who = name_of(me, !where);
  record->is_of_thread = !where;
  if (where) record->places[0] = place_in(where);
  for (operation* const op : cases) {
    if (cases.size() > 1 && !perform_access::enlisted(*op)) continue;
    record->cases.push_back(op);
    record->may_be_long |= perform_access::may_wait_long(*op);
  }
  record->since = std::chrono::steady_clock::now();
  return record;
}

}  // namespace

void wait_registry::begin(performer& me, std::span<operation* const> cases, std::coroutine_handle<> where) noexcept {
  try {
    auto record = record_of(me, cases, where);
    watched_records& to = fork_safe_singleton<watched_records>::get();
    watched_shard& shard = to.shard_of(me);
    record->in = &shard;
    record->number = ++to.last_number;
    mutex_guard guard(shard.mutex);
    me.watched_ = record.release();
    shard.list.push_back(*me.watched_);
  } catch (const std::bad_alloc&) {  // invariant 4
  }
}

void wait_registry::set_place(performer& me, const void* place) noexcept {
  std::array<const void*, watched_wait::most_places> places{};
  note_callers(place, places);
  mutex_guard guard(me.watched_->in->mutex);
  me.watched_->places = places;
}

void wait_registry::end(performer& me) noexcept {
  watched_wait* const record = std::exchange(me.watched_, nullptr);
  if (!record->in->home.is_here()) return;  // the copy of the parent's list stays as it was
  {
    mutex_guard guard(record->in->mutex);
    record->unlink();
  }
  delete record;
}

std::vector<seen_wait> wait_registry::look() {
  std::vector<seen_wait> seen;
  if (!is_on()) return seen;
  for (watched_shard& shard : fork_safe_singleton<watched_records>::get().shards) {
    const std::size_t before = seen.size();
    // Between two rounds the mutex is free, so a thread that holds a source and waits for the mutex continues.
    for (int rounds = 0; !look_at(shard, seen) && rounds < 10; ++rounds) {
      seen.erase(seen.begin() + static_cast<std::ptrdiff_t>(before), seen.end());
      std::this_thread::yield();
    }
  }
  std::sort(seen.begin(), seen.end(), [](const seen_wait& a, const seen_wait& b) { return a.number < b.number; });
  return seen;
}

}  // namespace braid::detail
