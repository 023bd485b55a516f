// The use of a pool's stage, and its input.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "braid/flow/pull_stage.hpp"

namespace braid::detail {

enum class stage_use : std::uint8_t {
  stream,
  batch,     ///< The consumer gets no result before all jobs are done.
  attached,  ///< Ends with the pool.
};

/// Keeps the state of the input until the stage acts on it: its end, its error, or that it has to be waited for.
template<class Job>
class stage_input {
 public:
  explicit stage_input(std::unique_ptr<pull_stage<Job>> from) noexcept : from_(std::move(from)) {}

  pull_stage<Job>* operator->() const noexcept { return from_.get(); }
  /// Returns true if it gave a job. Not after the end or an error.
  bool pull(std::optional<Job>& job, waits& until) noexcept {
    try {
      const pulled got = from_->pull(job, until);
      waits_ = may_have_come_ = got == pulled::wait;
      ended_ = got == pulled::end;
      return got == pulled::item;
    } catch (...) {
      return fails(), false;
    }
  }
  /// Call in a catch block: the stage fails with that exception, after the jobs in flight.
  void fails() noexcept { error_ = std::current_exception(); }

  /// Gives up a job whose result no consumer takes. If no worker has begun it, it goes back to its source; otherwise
  /// the source counts it. An empty `job` was handed back by the pool.
  void give_up(std::optional<Job>& job, bool was_not_begun) noexcept {
    if (!job || (was_not_begun && from_->take_back(std::move(*job)))) return;
    from_->lost(1);
  }

  bool has_ended() const noexcept { return ended_; }
  bool may_give_more() const noexcept { return !ended_ && !error_; }
  void check() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }
  bool waits() const noexcept { return waits_; }
  /// Returns true if the last pull had to wait: that wait may have brought a job, even if it was left.
  bool end_wait() noexcept {
    waits_ = false;
    return std::exchange(may_have_come_, false);
  }
  void leave() noexcept {
    if (std::exchange(waits_, false)) from_->leave();
  }

 private:
  const std::unique_ptr<pull_stage<Job>> from_;
  bool waits_ = false;
  bool may_have_come_ = false;
  bool ended_ = false;
  std::exception_ptr error_;
};

}  // namespace braid::detail
