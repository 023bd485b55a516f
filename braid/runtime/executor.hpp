// Where tasks run: an executor runs what is made ready on its worker threads.
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

/// How work comes to an executor.
enum class arrival : unsigned char {
  fresh,     ///< It never ran: it is spread over the workers at once.
  woken,     ///< It waited and may go on: best on the worker that woke it, whose caches hold what it needs.
  yielded,   ///< It could go on, but others have their turn first.
  blocking,  ///< It never ran, and will block its thread (blocking.hpp): it takes no worker's seat.
};

}  // namespace detail

class executor {
 public:
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;

  /// Queues `work`; it runs on a worker, after this call or during it. Any thread. Never allocates, never fails.
  virtual void ready(detail::runnable& work, detail::arrival how) noexcept = 0;

  /// The calling worker is about to block its thread in `wait`: somebody else has to take over its tasks (law X1).
  /// False: there is no thread left to do so, and the wait must fail.
  virtual bool lend_thread(detail::thread_wait& wait) noexcept = 0;
  /// The wait is over.
  virtual void take_thread_back(detail::thread_wait& wait) noexcept = 0;
  /// How many tasks it runs at a time.
  virtual std::size_t width() const noexcept { return 1; }
  /// Who holds the threads of this executor, as a person would say it. For the text of no_thread_left.
  virtual std::string describe_threads() = 0;

  /// Returns true in the child of a fork, which has none of the executor's threads: nothing runs on it there.
  bool has_lost_threads() const noexcept { return has_threads_ && !home_.is_here(); }
  /// Ends the program with a sentence if the threads are lost.
  void check_threads() const noexcept;

  /// A task begins or ends its life on this executor, which knows its live tasks (law O9). Any thread.
  void enroll(detail::performer& task) BRAID_EXCLUDES(registry_mutex_);
  void leave(detail::performer& task) noexcept BRAID_EXCLUDES(registry_mutex_);
  /// The live tasks, a line each: for a person who looks at a program that stands still.
  std::string describe_tasks() BRAID_EXCLUDES(registry_mutex_);

 protected:
  enum class runs_on : unsigned char { threads_of_the_caller, own_threads };
  explicit executor(runs_on where = runs_on::threads_of_the_caller) noexcept
      : has_threads_(where == runs_on::own_threads) {}
  virtual ~executor();

  /// Cancels the group of every live task, then waits until none is left. For the destructor of an executor, which
  /// goes on running tasks meanwhile.
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

/// The process-wide executor, made at first use, as wide as the CPUs that the process may use. Never destroyed: at
/// exit its threads are left to the operating system (no task outlives main, since every task has a group). After a
/// fork the child has none of its threads: there the first use makes a new one.
executor& default_executor();

namespace detail {

/// A thread that runs tasks of an executor.
class worker {
 public:
  explicit worker(executor& on, bool has_seats = false) noexcept : on_(on), has_seats_(has_seats) {}
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  executor& on() const noexcept { return on_; }
  /// It is a seat_worker (scheduler.hpp).
  bool has_seats() const noexcept { return has_seats_; }

  /// The calling thread's; null on a thread that is no executor's.
  static worker* current() noexcept;

 private:
  executor& on_;
  const bool has_seats_;
};

/// The executor whose worker the calling thread is; null on any other thread.
executor* worker_of() noexcept;

}  // namespace detail

}  // namespace braid
