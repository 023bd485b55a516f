#include "braid/pool/pool_results.hpp"

#include <utility>

namespace braid::detail {

void pool_results::wait::enlist(wake_chain& wakes) noexcept {
  of_.pool_.lock().assert_held();
  if (of_.in_flight_ > 0) starts_to_wait(wakes, of_.stream_);
  of_.waiting_ = this;
  if (hears_of_close_) of_.pool_.wait_for_close(*this);
}

void pool_results::wait::withdraw() noexcept {
  if (of_.waiting_ == this) leave();
}

void pool_results::wait::leave() noexcept {
  of_.pool_.lock().assert_held();
  of_.waiting_ = nullptr;
  if (of_.stream_) of_.pool_.stop_preferring(*of_.stream_);
  if (hears_of_close_ && linked()) unlink();
  waits_no_more();
}

void pool_results::wait::told_of_close(wake_chain& wakes) noexcept {
  leave();
  claim(*this, wakes);
}

void pool_results::accepted(stage_job& job) noexcept {
  ++in_flight_;
  if (!ordered_) return;
  job.is_done_ = false;
  queue_.push_back(job);
}

void pool_results::ended(stage_job& job, wake_chain& wakes) noexcept {
  --in_flight_;
  if (ordered_) {
    job.is_done_ = true;
    result_is_there_ = result_is_there_ || queue_.front() == &job;
  } else {
    queue_.push_back(job);
    result_is_there_ = true;
  }
  if (!waiting_ || !waiting_->is_there()) return;
  wait& consumer = *waiting_;
  consumer.leave();
  claim(consumer, wakes);
}

std::size_t pool_results::take(job_list& into) noexcept {
  std::size_t taken = 0;
  if (!is_result_there()) return taken;
  for (; queue_.front() && (!ordered_ || queue_.front()->is_done_); ++taken) into.push_back(*queue_.pop_front());
  result_is_there_ = false;
  return taken;
}

}  // namespace braid::detail
