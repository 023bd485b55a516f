// A performer is one line of control that performs operations, one at a time: a spawned task, or a thread.
//
// Its word says whether it can be claimed (law O2):
//
//   IDLE --open()--> OPEN | SHIELDED --claim(k)--> WON(k) --close()--> IDLE
//
// Invariants
// 1. Only the performer itself opens and closes its word; any thread may claim it, by compare-exchange, once.
// 2. A claimer must wake the performer, and the wake is its last touch: a woken performer may be destroyed.
// 3. A performer is claimed by a peer only while one of its operations is enlisted and under that source's lock;
//    by a cancel only while it is in its scope's list and under that scope's lock; by itself if it finds its scope
//    cancelled while it parks.
// 4. A SHIELDED word is not claimed by a cancel (law O11: shielded operations).
// 5. open() is sequentially consistent and comes before the performer reads its scope's flag; a cancel sets the flag
//    before it tries to claim. So one of the two sees the other, and no cancel is lost.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string>
#include <utility>

#include "braid/base/atomic.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/base/random.hpp"
#include "braid/runtime/environment.hpp"
#include "braid/runtime/parker.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid::detail {

class cancel_scope;
class watched_wait;
struct in_scope;
struct in_registry;

/// The value of a claim: the index of the case that won, or one of the two below.
using outcome = std::uint32_t;
inline constexpr outcome cancelled_outcome = 0xfffffff0;
inline constexpr outcome gone_outcome = 0xfffffff1;

enum class shield : bool { no, yes };

class performer : public runnable, public list_hook<in_scope>, public list_hook<in_registry> {
 public:
  /// Returns the calling line of control: the running task, or the thread itself (made at its first use).
  static performer& current();

  const environment& env() const noexcept { return env_; }
  cancel_scope* scope() const noexcept { return scope_; }
  random_engine& random() noexcept { return random_; }

  /// Returns true if the next operation must throw instead of being performed. One load.
  bool is_cancelled() const noexcept { return cancel_flag_ && cancel_flag_->load(); }
  [[noreturn]] void raise_cancelled() const;

  /// Allows claims from now on. wake() then resumes `where`, or unparks the thread if that is null.
  void open(shield s, std::coroutine_handle<> where) noexcept {
    suspended_ = where;
    word_.store(s == shield::yes ? shielded : open_);
  }
  /// Returns true if the caller won; it must then wake the performer.
  bool claim(outcome o) noexcept;
  /// As claim(cancelled_outcome), but leaves a shielded performer alone.
  bool claim_cancelled() noexcept;
  /// Returns the claimer's outcome. Only once claimed.
  outcome won() const noexcept { return word_.load() - first_won; }
  /// Sets the word to IDLE. Called only by the performer, once it is woken and enlisted nowhere.
  void close() noexcept;

  /// Makes the claimed performer continue. Last touch.
  void wake() noexcept;
  /// Blocks the thread until wake(). A worker lends its seat before (thread_wait.hpp).
  void park_thread() noexcept { parker_.park(); }
  /// Polls briefly for wake(), before park_thread().
  void look_for_wake() const noexcept { parker_.look_for_token(); }

  /// Counts one more operation that was performed without a wait. Returns false if the slice is used up; the task then
  /// has to give others their turn with yield().
  bool may_go_on() noexcept { return --operations_left_ > 0; }
  /// Makes `coroutine`, which is suspended, continue after what is ready now. Last touch.
  void yield(std::coroutine_handle<> coroutine) noexcept;

  /// Returns its name in reports; empty for a thread that runs no task.
  virtual std::string who() const { return {}; }
  /// Describes its state in a few words, for a report.
  const char* describe_state() const noexcept;

  // A task is driven in a loop: a coroutine that starts or returns to another names it as next and suspends, and the
  // loop resumes it. So the stack stays flat at any depth and in any build; g++ at -O0 does not turn symmetric
  // transfer into a jump.
  void next(std::coroutine_handle<> coroutine) noexcept { drive_->next = coroutine; }
  void finish() noexcept { drive_->finished = true; }

  /// Resumes the task's coroutine where it waits. For executors.
  void run() noexcept override { drive(suspended_); }

 protected:
  performer(const environment& env, cancel_scope* scope);
  ~performer();

  /// Called when the task's outermost coroutine has ended; the object may destroy itself.
  virtual void finished() noexcept {}
  /// Runs `first` and what follows from it until the task waits or ends.
  void drive(std::coroutine_handle<> first) noexcept;

 private:
  friend class wake_chain;
  friend class wait_registry;
  friend class perform_access;
  /// Operations per slice; then others have their turn. (tokio's cooperative budget has the same number.)
  static constexpr int operations_per_slice = 128;
  struct drive_state {
    std::coroutine_handle<> next;
    bool finished = false;
  };
  static constexpr std::uint32_t idle = 0, open_ = 1, shielded = 2, first_won = 8;

  atomic<std::uint32_t> word_{idle};
  parker parker_;
  std::coroutine_handle<> suspended_;           ///< Null if the performer waits as a thread.
  int operations_left_ = operations_per_slice;  ///< Of this slice; used only by the thread that drives.
  drive_state* drive_ = nullptr;                ///< The running loop's; used only by the thread that drives.
  performer* wake_next_ = nullptr;              ///< Link of the one claimer's wake chain.
  watched_wait* watched_ = nullptr;             ///< The record of its wait, while waits are watched; its own use only.
  cancel_scope* const scope_;                   ///< Null on a thread that braid did not start.
  const atomic<bool>* const cancel_flag_;       ///< The scope's flag; null without a scope.
  const environment env_;
  random_engine random_;
};

/// Makes `task` the calling thread's current performer for as long as it lives.
class current_performer_guard {
 public:
  explicit current_performer_guard(performer& task) noexcept;
  ~current_performer_guard();
  current_performer_guard(const current_performer_guard&) = delete;
  current_performer_guard& operator=(const current_performer_guard&) = delete;

 private:
  void* const before_;
};

/// Work that a step under a lock defers until the lock is released. In one chain at a time.
class deferred {
 public:
  virtual void run_deferred() noexcept = 0;

 protected:
  ~deferred() = default;

 private:
  friend class wake_chain;
  deferred* next_deferred_ = nullptr;
};

/// The performers that were claimed under a lock and are woken after its release (law O5), first claimed, first woken.
/// Deferred work follows.
class wake_chain {
 public:
  wake_chain() = default;
  wake_chain(const wake_chain&) = delete;
  wake_chain& operator=(const wake_chain&) = delete;
  ~wake_chain() {
    if (head_ || poked_ || deferred_) wake_all();
  }

  void add(performer& claimed) noexcept;
  /// Makes a clock's thread check again, since its earliest deadline has changed.
  void poke(parker& clock_thread) noexcept;
  void defer(deferred& step) noexcept { step.next_deferred_ = std::exchange(deferred_, &step); }
  /// Wakes all of the chain. Called with no lock held.
  void wake_all() noexcept;

 private:
  performer* head_ = nullptr;
  performer* tail_ = nullptr;
  parker* poked_ = nullptr;
  deferred* deferred_ = nullptr;
};

}  // namespace braid::detail
