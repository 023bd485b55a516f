// Who does the jobs of a pool: its workers, and guests, who lend a hand where they would wait.
#pragma once

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

/// One worker, as long as it is one.
class pool_worker : public list_hook<enlisted> {
 public:
  explicit pool_worker(pool_core& of) noexcept : pool(of) {}
  pool_core& pool;
  pool_worker* outer = nullptr;  ///< Its thread's own: what that is, too, whose job this one's is part of.
  performer* task = nullptr;     ///< A coroutine's; null: it is a thread. This and the rest under the pool's lock.
  bool has_job = false;          ///< Of its own line of control, as the next.
  bool has_place = true;         ///< Its job counts as one of the `width`: not one that its submitter runs.
  std::size_t waits = 0;         ///< Its operations that are enlisted and wait for the pool.
  std::size_t end_waits = 0;     ///< Of them: for its end.
};

/// Makes the running task `worker`, instead of the one that started it, as long as it lives.
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

/// Makes the calling thread `worker`, as long as it lives. It stays what it was before: a guest, or a submitter that
/// runs its own job, may be another pool's worker.
class worker_thread_guard {
 public:
  explicit worker_thread_guard(pool_worker& worker) noexcept;
  ~worker_thread_guard();
  worker_thread_guard(const worker_thread_guard&) = delete;
  worker_thread_guard& operator=(const worker_thread_guard&) = delete;

 private:
  pool_worker* const before_;
};

/// Asks now and then for 20 us, which costs less than to sleep and to be woken.
template<class Ask>
bool look_for_a_while(Ask is_there) {
  for (int looks = 0; looks < 40; ++looks) {
    spin_for(500);
    if (is_there()) return true;
  }
  return false;
}

/// A worker's operation: "here is the next job".
class next_job final : public performable<next_job> {
 public:
  static constexpr shield shielded = shield::yes;
  explicit next_job(pool_core& core) noexcept;
  ~next_job() { withdraw_if_parked(); }

  /// So many jobs are measured at once.
  static constexpr unsigned at_once = 16;

  /// The job of the last result() has been run: tells the pool. True: the next result() is there already.
  bool finish(pool_job& job) noexcept;
  /// After short jobs the next one comes soon, mostly, and it looks for that a while. True:
  /// result() is there.
  bool look_again() noexcept;
  /// Null: the worker is to leave.
  pool_job* result() const noexcept { return job_; }
  /// Nobody else is idle: the worker is to hire one before it runs the job.
  bool is_to_hire() const noexcept { return hires_; }

 private:
  friend class pool_core;
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override;
  bool may_wait_long() const noexcept override { return true; }
  bool ask() noexcept;
  void measure() noexcept;
  /// Its jobs are so short that it stands in the way of another one at work, and the alarm will call it if need be.
  bool steps_aside() const noexcept;

  pool_core& core_;
  pool_job* job_ = nullptr;
  bool hires_ = false;
  bool jobs_are_short_ = false;  ///< Those since it was called.
  unsigned measured_ = 0;        ///< Jobs since measuring_since_.
  std::chrono::nanoseconds measuring_since_{0};
};

/// Who waits for jobs of its own lane may do them meanwhile, in the place of a worker, as long as one is free and
/// nobody else has jobs in line.
class pool_guest {
 public:
  pool_guest(pool_core& core, pool_lane& lane) noexcept : core_(core), lane_(lane) {}

  /// Null: there is nothing for it to do.
  pool_job* first() noexcept;
  /// Tells the pool that the job has been run; the next one, or null.
  pool_job* next(pool_job& done) noexcept;
  bool is_to_hire() const noexcept { return hires_; }
  bool has_done_any() const noexcept { return has_done_any_; }

 private:
  pool_job* take() noexcept;

  pool_core& core_;
  pool_lane& lane_;
  bool hires_ = false;
  bool has_done_any_ = false;
};

}  // namespace braid::detail
