// Options of a worker pool, and its counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace braid {

/// How submit() acts while the queue is full. Batches and streams always wait.
enum class when_full : std::uint8_t {
  wait,         ///< Waits for room.
  fail,         ///< Throws queue_full.
  drop_oldest,  ///< Accepts the job. The submitted job that has waited longest is not run: its future throws
                ///< job_dropped.
  caller_runs,  ///< The calling thread runs the job itself when it takes the result of the submit. The job is accepted
                ///< then, or refused if the pool has been closed since. Not with per_worker, by_key or a coroutine.
};

struct pool_options {
  /// How many submitted jobs may wait for a worker. With 0 a job is accepted only if a worker is free. With the
  /// greatest value no submit waits, and the submitter has to keep a bound of its own.
  std::size_t queue = 64;
  braid::when_full when_full = braid::when_full::wait;
  /// submit() takes a priority: the job with the greatest is next, the oldest among equals. Not with by_key.
  bool priorities = false;
  /// With priorities, the job that has waited longest is passed over at most this many times in a row. With 0, never.
  std::uint32_t most_passes = 64;
  /// Called after each job that was started, where it ran, with the exception that it threw, or null: for logs and
  /// metrics. Not called for a job that was dropped. Must not throw.
  std::function<void(const std::exception_ptr&)> on_job_end = {};
  /// Shown in reports and errors.
  std::string name = "pool";
};

/// Counts the jobs and waiting submits of a pool at one moment. At every moment accepted == queued + running +
/// succeeded + failed + dropped.
struct pool_stats {
  std::size_t workers;      ///< As last set by the constructor or resize().
  std::size_t running;      ///< Jobs that run now, including those that wait for the pool itself.
  std::size_t queued;       ///< Accepted, not started: submitted, or pulled by a stream or a batch.
  std::size_t waiting;      ///< Submits that wait for room.
  std::uint64_t accepted;   ///< Jobs in all.
  std::uint64_t succeeded;  ///< Jobs whose handler returned.
  std::uint64_t failed;     ///< Jobs whose handler threw, or could not be made.
  std::uint64_t dropped;    ///< Jobs that were never started: dropped as the oldest, handed back by stop(), pulled by a
                            ///< stream that was left or whose pool was closed, or with a context that had ended.
};

namespace detail {

/// Throws std::invalid_argument if `priority` is not 0 and a pool with these options has no priorities.
void check_priority(std::int64_t priority, const pool_options& options);

}  // namespace detail
}  // namespace braid
