// Where tasks run: an executor runs what is made ready on its worker threads.
#pragma once

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/intrusive_list.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid {

namespace detail {
class performer;
struct in_registry;
}  // namespace detail

class executor {
 public:
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;

  /// Queues `work`; it runs on a worker, after this call or during it. Any thread. Never allocates, never fails.
  virtual void ready(detail::runnable& work) noexcept = 0;

  /// A task begins or ends its life on this executor, which knows its live tasks (law O9). Any thread.
  void enroll(detail::performer& task) BRAID_EXCLUDES(registry_mutex_);
  void leave(detail::performer& task) noexcept BRAID_EXCLUDES(registry_mutex_);

 protected:
  executor() = default;
  virtual ~executor();

  /// Cancels the group of every live task, then waits until none is left. For the destructor of an executor, which
  /// goes on running tasks meanwhile.
  void cancel_and_drain() BRAID_EXCLUDES(registry_mutex_);

 private:
  detail::annotated_mutex registry_mutex_;
  std::condition_variable empty_;
  detail::intrusive_list<detail::performer, detail::in_registry> tasks_ BRAID_GUARDED_BY(registry_mutex_);
  bool draining_ BRAID_GUARDED_BY(registry_mutex_) = false;
};

/// The process-wide executor, made at first use, as wide as the CPUs that the process may use. Never destroyed: at
/// exit its threads are left to the operating system (no task outlives main, since every task has a group).
executor& default_executor();

namespace detail {
/// The executor whose worker the calling thread is; null on any other thread.
executor* worker_of() noexcept;
}  // namespace detail

}  // namespace braid
