// The threads of an executor: those in its seats, the spares, and those that do blocking work.
//
//   starting --> in a seat <--given one-- spare --10 s without anything--> gone
//                   |                       ^ |
//                   | (its task blocks:     | +--given blocking work--> in a place for blocking work --+
//                   |  the seat is lent)    +----------------------------------------------------------+
//                   +--> without a seat, to the end of its slice --> spare
//
// Invariants
// 1. A seat is held by exactly one thread from start() to stop(). A thread that blocks in a braid wait gives its seat
//    to a spare before it sleeps (law X1), with all that is queued there. It does not get the seat back: it runs its
//    slice to the end without a seat and becomes a spare. So the tasks that run may outnumber the seats, by those that
//    are between the end of such a wait and the end of their slice.
// 2. At most `blocking` threads do blocking work, not counting those in a braid wait, which give their place to the
//    next in the queue. If the system gives no thread and none of these is at work, the queue goes to the seats.
// 3. Beyond those in seats and those in places for blocking work, at most `spares` threads are busy. If one more would
//    be needed, the wait fails. Idle threads that are left from blocking work come on top until they retire.
// 4. A spare is in spares_ exactly while it may be given something. The thread that takes it out must unpark it once.
// 5. A wait in waits_ is on a thread that cannot leave the wait without the mutex. So it can be described under the
//    mutex.
//
// Lock order: this mutex < a source's lock (to describe a wait). The mutex is taken with no lock held.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <thread>

#include "braid/base/annotated_mutex.hpp"
#include "braid/runtime/scheduler.hpp"
#include "braid/runtime/thread_wait.hpp"

namespace braid::detail {

struct among_spares;

class executor_threads {
 public:
  struct limits {
    std::size_t spares;    ///< Threads beyond the seats that stand in for those that wait.
    std::size_t blocking;  ///< Functions that block their thread at a time.
  };

  executor_threads(executor& owner, scheduler& core, limits most) noexcept
      : owner_(owner), core_(core), limits_(most) {}
  executor_threads(const executor_threads&) = delete;
  executor_threads& operator=(const executor_threads&) = delete;

  /// Starts a thread in each seat. Throws std::system_error or std::bad_alloc; then none is left.
  void start();
  /// Ends all threads, after the scheduler was stopped and with no task left. Not to be called from one of them.
  void stop_and_join() noexcept BRAID_EXCLUDES(mutex_);

  /// Called in place of stop_and_join() in the child of a fork, which has none of the threads.
  void leave_to_parent() noexcept BRAID_UNCHECKED_LOCKING;

  /// Called when the calling worker is about to block. Returns false if no thread is left to take over.
  bool lend(thread_wait& wait) noexcept BRAID_EXCLUDES(mutex_);
  void take_back(thread_wait& wait) noexcept BRAID_EXCLUDES(mutex_);

  /// Runs `work` on a thread of its own as soon as there is a place. If the system has no thread for it and no other
  /// blocking work runs, after which it could run, makes it work of the seats. Any thread.
  void run_blocking(runnable& work) noexcept BRAID_EXCLUDES(mutex_);

  /// Describes how many threads there are, and what the waiting ones wait for.
  std::string describe() BRAID_EXCLUDES(mutex_);

 private:
  struct member : seat_worker, list_hook<among_spares> {
    using seat_worker::seat_worker;
    std::thread thread;
    parker called;                   ///< A spare waits on it.
    runnable* work = nullptr;        ///< Blocking work that the thread was given.
    bool in_blocking_place = false;  ///< The thread does such work.
  };
  using members = std::list<member>;

  void live(members::iterator me) noexcept;
  /// Waits until `me` has a seat or work. Returns false if its time is over.
  bool wait_for_a_call(members::iterator me) noexcept BRAID_EXCLUDES(mutex_);
  bool take_queued_work(member& me) noexcept BRAID_REQUIRES(mutex_);
  bool retire(members::iterator me) noexcept BRAID_EXCLUDES(mutex_);

  member& add_member() BRAID_REQUIRES(mutex_);
  /// Calls give(member) for a spare, or for a new thread. Returns false, with nothing given, if no thread is left.
  template<class Give>
  bool call_somebody(Give give) noexcept BRAID_REQUIRES(mutex_);
  bool lend_seat(member& me) noexcept BRAID_REQUIRES(mutex_);
  bool lend_place(member& me, thread_wait& wait) noexcept BRAID_REQUIRES(mutex_);
  /// Returns the number of threads beyond those of invariant 3.
  std::size_t standing_in() const noexcept BRAID_REQUIRES(mutex_) {
    return members_.size() - core_.width() - blocking_now_;
  }
  void take_stranded(runnable_list& into) noexcept BRAID_REQUIRES(mutex_);
  void give_to_seats(runnable_list& work) noexcept BRAID_EXCLUDES(mutex_);
  std::string describe_if_possible() noexcept BRAID_REQUIRES(mutex_);
  std::string describe_locked() BRAID_REQUIRES(mutex_);
  bool start_next_blocking() noexcept BRAID_REQUIRES(mutex_);

  executor& owner_;
  scheduler& core_;
  const limits limits_;

  annotated_mutex mutex_;  ///< Covers all that follows, and what each member is given while it is a spare.
  members members_ BRAID_GUARDED_BY(mutex_);
  members retired_ BRAID_GUARDED_BY(mutex_);  ///< Their threads have ended, or are about to; not joined yet.
  intrusive_list<member, among_spares> spares_ BRAID_GUARDED_BY(mutex_);
  intrusive_list<thread_wait, among_waits> waits_ BRAID_GUARDED_BY(mutex_);
  runnable_list blocking_queue_ BRAID_GUARDED_BY(mutex_);
  std::size_t blocking_now_ BRAID_GUARDED_BY(mutex_) = 0;
  bool stopping_ BRAID_GUARDED_BY(mutex_) = false;
};

}  // namespace braid::detail
