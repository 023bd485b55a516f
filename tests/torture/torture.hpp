// The stage of the torture list: an executor of 1, 2 and 8 workers, a group on it, and a watchdog that says what every
// task and thread does when nothing ends.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "accounting/watchdog.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BRAID_UNDER_TSAN
#endif
#endif

namespace torture {

class on_workers : public testing::TestWithParam<std::size_t> {
 protected:
  /// A test that stands still for this long has hung.
  static constexpr std::chrono::seconds patience{60};

  on_workers() : on_workers(braid::executor_options{.workers = GetParam()}) {}
  explicit on_workers(const braid::executor_options& options)
      : pool_(std::make_unique<braid::work_stealing_executor>(options)),
        ctx_(braid::environment{.executor = pool_.get()}),
        watch_(
            patience, [] { return 0ul; },
            [this] { return pool_ ? pool_->describe_tasks() + pool_->describe_threads() : "the executor is gone"; }) {}

  std::size_t workers() const { return GetParam(); }

  std::unique_ptr<braid::work_stealing_executor> pool_;
  braid::context ctx_;

 private:
  accounting::watchdog watch_;
};

/// Threads of this process, from the kernel.
std::size_t threads_now();

}  // namespace torture
