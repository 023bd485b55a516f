// Slots for the jobs of a stream while a pool has them: as many as may be in flight, reused.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "braid/pool/job_result.hpp"
#include "braid/pool/pool_results.hpp"

namespace braid::detail {

/// Belongs to the consumer. A slot is free, or its job is with the pool, in its results, or back at the consumer.
template<class Job, class R>
class pool_slots {
 public:
  class slot final : public typed_job<Job, R>, public stage_job {
    using stored = typename typed_job<Job, R>::stored;

   public:
    slot() noexcept : typed_job<Job, R>(false) {}
    /// Takes the result of its job, which has ended.
    job_result<Job, R> take_result() {
      auto result = result_of<Job, R>(std::move(*this->job), value_, this->error());
      this->job.reset();
      value_.reset();
      this->forget_outcome();
      return result;
    }

    bool is_taken_back = false;  ///< No worker has begun its job, and none will.

   private:
    friend class pool_slots;
    std::optional<stored>& place_of_value() noexcept override { return value_; }
    const context& ctx() const noexcept override { return *of_->ctx_; }
    void ended(wake_chain& wakes) noexcept override { of_->results_.ended(*this, wakes); }

    pool_slots* of_ = nullptr;
    std::optional<stored> value_;
  };

  explicit pool_slots(pool_results& results) noexcept : results_(results) {}
  pool_slots(const pool_slots&) = delete;
  pool_slots& operator=(const pool_slots&) = delete;

  /// Allows at most `most` slots; their jobs run under `ctx`.
  void start(const context& ctx, std::size_t most) {
    ctx_.emplace(ctx);
    most_ = most;
  }
  /// Returns a free slot; null if all are in use.
  slot* take() {
    if (in_use_ == most_) return nullptr;
    if (free_.empty()) make_some();
    ++in_use_;
    return static_cast<slot*>(free_.pop_front());
  }
  void give_back(slot& one) noexcept {
    --in_use_;
    free_.push_front(one);
  }
  std::size_t in_use() const noexcept { return in_use_; }
  bool are_mostly_in_use() const noexcept { return in_use_ > most_ / 2; }
  /// Calls f with all slots, including the free ones, at most 16 at a time.
  template<class F>
  void for_each_block(F f) {
    for (const block& some : blocks_) f(std::span(some.slots.get(), some.count));
  }

 private:
  struct block {
    std::unique_ptr<slot[]> slots;
    std::size_t count;
  };
  void make_some() {
    const std::size_t count = std::min<std::size_t>(16, most_ - in_use_);  // all slots that exist are in use
    block& fresh = blocks_.emplace_back(std::make_unique<slot[]>(count), count);
    for (slot& one : std::span(fresh.slots.get(), count)) one.of_ = this, free_.push_back(one);
  }

  pool_results& results_;
  std::optional<context> ctx_;
  std::vector<block> blocks_;
  pool_results::job_list free_;
  std::size_t most_ = 0, in_use_ = 0;
};

}  // namespace braid::detail
