// The workers of a pool, and its guests: threads that run jobs instead of waiting for them.
#pragma once

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

/// One worker. Lives as long as a thread or task is that worker.
class pool_worker : public list_hook<enlisted> {
 public:
  explicit pool_worker(pool_core& of) noexcept : pool(of) {}
  pool_core& pool;
  pool_worker* outer = nullptr;  ///< For a thread: the worker that it is as well, whose job contains this one's.
  performer* task = nullptr;     ///< A coroutine's; null for a thread. The pool's lock guards this, waits, end_waits.
  bool has_job = false;          ///< Written only by the worker itself, like the next.
  bool has_place = true;         ///< Its job counts as one of the `width`; false if a submitter runs its own job.
  std::size_t waits = 0;         ///< Its enlisted operations that wait for the pool.
  std::size_t end_waits = 0;     ///< Of these: for the pool's end or idleness.
};

/// While it lives, the running task is `worker`, instead of the task that started it.
class worker_task_guard {
 public:
  explicit worker_task_guard(pool_worker& worker) noexcept;
  ~worker_task_guard();
  worker_task_guard(const worker_task_guard&) = delete;
  worker_task_guard& operator=(const worker_task_guard&) = delete;

 private:
  pool_worker& worker_;
  performer* const before_;
};

/// While it lives, the calling thread is `worker`. It also stays what it was before: a guest, or a submitter that runs
/// its own job, may be another pool's worker.
class worker_thread_guard {
 public:
  explicit worker_thread_guard(pool_worker& worker) noexcept;
  ~worker_thread_guard();
  worker_thread_guard(const worker_thread_guard&) = delete;
  worker_thread_guard& operator=(const worker_thread_guard&) = delete;

 private:
  pool_worker* const before_;
};

/// Polls for 20 us, which costs less than a sleep and a wake-up.
template<class Ask>
bool look_for_a_while(Ask is_there) {
  for (int looks = 0; looks < 40; ++looks) {
    spin_for(500);
    if (is_there()) return true;
  }
  return false;
}

/// The operation of a worker: "here is the next job".
class next_job final : public performable<next_job> {
 public:
  static constexpr shield shielded = shield::yes;
  explicit next_job(pool_core& core) noexcept;
  ~next_job() { withdraw_if_parked(); }

  /// Jobs per timing sample.
  static constexpr unsigned at_once = 16;

  /// Reports that the job of the last result() has run. Returns true if the next result() is there already.
  bool finish(pool_job& job) noexcept;
  /// After short jobs, polls briefly for the next one before a sleep. Returns true if result() is there.
  bool look_again() noexcept;
  /// Returns null if the worker is to exit.
  pool_job* result() const noexcept { return next_.job; }
  /// Returns true if no other worker is idle: the worker is to hire one before it runs the job.
  bool is_to_hire() const noexcept { return next_.hires; }

  /// Called by the pool, which then wakes the worker that stands idle.
  void is_called(assignment next) noexcept {
    next_ = next;
    jobs_are_short_ = false;
    measured_ = 0;
  }

 private:
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override;
  bool may_wait_long() const noexcept override { return true; }
  bool answered() noexcept;
  bool ask() noexcept;
  void measure() noexcept;
  /// Its jobs are so short that it obstructs another worker that is at work, and the timer wakes it if needed.
  bool steps_aside() const noexcept;

  pool_core& core_;
  assignment next_{nullptr, false};
  bool jobs_are_short_ = false;  ///< The jobs since it was woken.
  unsigned measured_ = 0;        ///< Jobs since measuring_since_.
  std::chrono::nanoseconds measuring_since_{0};
};

/// A thread that waits for jobs of its own stream, and runs them meanwhile if it may (assign_guest).
class pool_guest {
 public:
  pool_guest(pool_core& core, const stream_jobs& stream) noexcept : core_(core), stream_(stream) {}

  /// Returns null if there is nothing for it to do.
  pool_job* first() noexcept;
  /// Reports that the job has run. Returns the next one, or null.
  pool_job* next(pool_job& done) noexcept;
  bool is_to_hire() const noexcept { return hires_; }
  bool has_done_any() const noexcept { return has_done_any_; }

 private:
  pool_job* take() noexcept;

  pool_core& core_;
  const stream_jobs& stream_;
  bool hires_ = false;
  bool has_done_any_ = false;
};

}  // namespace braid::detail
