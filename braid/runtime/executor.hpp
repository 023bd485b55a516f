// An executor runs tasks: what is made ready runs on its worker threads.
#pragma once

#include <string>

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/home_process.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid {

namespace detail {

class performer;
class thread_wait;
struct in_registry;

/// How work became ready.
enum class arrival : unsigned char {
  fresh,     ///< Never ran: it is spread over the workers at once.
  woken,     ///< Waited and may go on: best on the worker that woke it, whose caches hold its data.
  yielded,   ///< Could go on, but others have their turn first.
  blocking,  ///< Never ran, and will block its thread (blocking.hpp): it takes no worker's seat while there are threads.
};

}  // namespace detail

class executor {
 public:
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;

  /// Enqueues `work`, which runs on a worker, after this call or during it. Any thread. Never allocates, never fails.
  virtual void ready(detail::runnable& work, detail::arrival how) noexcept = 0;

  /// Called when the calling worker is about to block its thread in `wait`: another thread has to take over its tasks
  /// (law X1). Returns false if no thread is left to do so; the wait must then fail.
  virtual bool lend_thread(detail::thread_wait& wait) noexcept = 0;
  /// Called when the wait is over.
  virtual void take_thread_back(detail::thread_wait& wait) noexcept = 0;
  /// Returns how many tasks run at a time.
  virtual std::size_t width() const noexcept { return 1; }
  /// Describes in words what holds the threads of this executor. For the text of no_thread_left.
  virtual std::string describe_threads() = 0;

  /// Returns true in the child of a fork, which has none of the executor's threads: nothing runs on the executor there.
  bool has_lost_threads() const noexcept { return has_threads_ && !home_.is_here(); }
  /// Ends the program with a sentence if the threads are lost.
  void check_threads() const noexcept;

  /// Add and remove a task of this executor, which knows its live tasks (law O9). Any thread.
  void enroll(detail::performer& task) BRAID_EXCLUDES(registry_mutex_);
  void leave(detail::performer& task) noexcept BRAID_EXCLUDES(registry_mutex_);
  /// Describes the live tasks, one per line, for the diagnosis of a program that has stalled.
  std::string describe_tasks() BRAID_EXCLUDES(registry_mutex_);

 protected:
  enum class runs_on : unsigned char { threads_of_the_caller, own_threads };
  explicit executor(runs_on where = runs_on::threads_of_the_caller) noexcept
      : has_threads_(where == runs_on::own_threads) {}
  virtual ~executor();

  /// Cancels the group of every live task, then waits until none is left. For the destructor of an executor, which
  /// keeps running tasks meanwhile.
  void cancel_and_drain() BRAID_EXCLUDES(registry_mutex_);

  bool has_tasks() BRAID_EXCLUDES(registry_mutex_);

 private:
  const bool has_threads_;
  const detail::home_process home_;
  detail::annotated_mutex registry_mutex_;
  std::condition_variable empty_;
  detail::intrusive_list<detail::performer, detail::in_registry> tasks_ BRAID_GUARDED_BY(registry_mutex_);
  bool draining_ BRAID_GUARDED_BY(registry_mutex_) = false;
};

/// Returns the process-wide executor, made at first use, as wide as the CPUs that the process may use. Never destroyed:
/// at exit its threads are left to the operating system (no task outlives main, since every task has a group). The
/// child of a fork has none of its threads: there the first use makes a new executor.
executor& default_executor();

namespace detail {

/// A thread that runs tasks of an executor.
class worker {
 public:
  explicit worker(executor& on, bool has_seats = false) noexcept : on_(on), has_seats_(has_seats) {}
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  executor& on() const noexcept { return on_; }
  /// Returns true if this is a seat_worker (scheduler.hpp).
  bool has_seats() const noexcept { return has_seats_; }

  /// Returns the calling thread's worker; null on a thread that belongs to no executor.
  static worker* current() noexcept;

 private:
  executor& on_;
  const bool has_seats_;
};

/// Returns the executor whose worker the calling thread is; null on any other thread.
executor* worker_of() noexcept;

}  // namespace detail

}  // namespace braid
