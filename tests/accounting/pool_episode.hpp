// One episode: a pool, clients on threads and in tasks, and a conductor that resizes, pauses, cancels and ends it under
// them. Then every job is accounted for.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "crew.hpp"
#include "pool_client.hpp"

namespace pool_accounting {

/// What all episodes share, and what they come to.
struct hall {
  job_book book;
  accounting::crew threads{2};
  braid::work_stealing_executor one_worker{1}, two_workers{2};
  tally jobs{};
  std::uint64_t resizes = 0, pauses = 0, cancels = 0, sums = 0, drained = 0, stopped = 0, aborted = 0;

  std::uint64_t counted() const noexcept {
    std::uint64_t all = 0;
    for (const auto& row : jobs)
      for (const std::uint64_t n : row) all += n;
    return all;
  }
};

class episode {
 public:
  episode(hall& in, std::uint64_t seed);
  /// Runs to its end. Empty if every job is accounted for; else the fault.
  std::string run();
  /// For the watchdog; any thread.
  const std::string& describe() const noexcept { return text_; }

 private:
  static constexpr int turns_each = 60;

  void start(braid::task_group& group);
  template<class F>
  auto counted(F work);
  void conduct();
  void wait_for_progress();
  void check_sum();
  void disturb();
  void end_pool(std::uint32_t how);

  hall& hall_;
  braid::random_engine random_;
  braid::executor& executor_;
  scene scene_;
  std::vector<std::unique_ptr<client>> clients_;
  std::atomic<int> busy_{0};
  std::string text_, fault_;
};

}  // namespace pool_accounting
