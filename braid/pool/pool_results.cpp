#include "braid/pool/pool_results.hpp"

#include <utility>

namespace braid::detail {

void pool_results::wait::enlist(wake_chain& wakes) noexcept {
  starts_to_wait(wakes);
  of_.waiting_ = this;
}

void pool_results::wait::withdraw() noexcept {
  if (of_.waiting_ == this) of_.waiting_ = nullptr;
  waits_no_more();
}

void pool_results::accepted(stage_job& job) noexcept {
  job.is_done_ = false;
  ++in_flight_;
  hand_.push_back(job);
}

void pool_results::ended(stage_job& job, wake_chain& wakes) noexcept {
  job.is_done_ = true;
  --in_flight_;
  if (ordered_) {
    first_in_hand_is_done_ = first_in_hand_is_done_ || hand_.front() == &job;
  } else {
    hand_.erase(job);
    ready_.push_back(job);
    ready_is_filled_ = true;
  }
  if (!waiting_ || !waiting_->is_there()) return;
  wait& consumer = *std::exchange(waiting_, nullptr);
  consumer.waits_no_more();
  claim(consumer, wakes);
}

std::size_t pool_results::take(job_list& into) noexcept {
  std::size_t taken = 0;
  if (!is_result_there()) return taken;
  if (ordered_) {
    for (; hand_.front() && hand_.front()->is_done_; ++taken) into.push_back(*hand_.pop_front());
    first_in_hand_is_done_ = false;
  } else {
    for (; stage_job* const one = ready_.pop_front(); ++taken) into.push_back(*one);
    ready_is_filled_ = false;
  }
  return taken;
}

}  // namespace braid::detail
