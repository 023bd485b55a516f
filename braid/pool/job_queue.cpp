#include "braid/pool/job_queue.hpp"

#include <utility>

namespace braid::detail {

// --- in ---

void job_queue::push(pool_job& job) noexcept {
  job.place_ = job_place::in_order;
  order_.push(job);
  if (as_.gives_up_its_oldest) by_age_.push_back(*job.extra_);
  ++submitted_;
}

void job_queue::push(stream_jobs& stream, pool_job& job) noexcept {
  job.place_ = job_place::in_order;
  job.stream_ = &stream;
  stream.rest_.push_back(job);
  if (!stream.head_) send_next(stream);
}

/// Enqueues the next job of the stream. That of a stream which a job waits for goes before the others: they could wait
/// for something that the waiting job holds.
void job_queue::send_next(stream_jobs& stream) noexcept {
  do {
    stream.head_ = stream.rest_.pop_front();
    if (stream.head_ && !stream.is_waited_for_) return order_.push(*stream.head_);
  } while (stream.head_ && !go_first(*stream.head_));
}

// --- turns ---

/// Puts a job before the order. Returns false if it was put behind a job with its key instead.
bool job_queue::go_first(pool_job& job) noexcept {
  if (job_extra* const holder = as_.by_key ? holder_of(job.extra_->key) : nullptr) {
    put_behind(*holder, job);
    return false;
  }
  if (as_.by_key) holders_.push_back(*job.extra_);
  job.place_ = job_place::next;
  first_.push_back(job);
  return true;
}

void job_queue::prefer(pool_job& wanted) noexcept {
  if (wanted.place_ != job_place::in_order) return;
  for (pool_job* job = as_.by_key ? order_.oldest() : &wanted; wanted.place_ == job_place::in_order;) {
    pool_job& one = *std::exchange(job, as_.by_key ? order_.after(*job) : nullptr);
    if (as_.by_key && one.extra_->key != wanted.extra_->key) continue;
    order_.erase(one);
    if (is_head(one)) send_next(*one.stream_);
    go_first(one);
  }
}

void job_queue::prefer(stream_jobs& wanted) noexcept {
  wanted.is_waited_for_ = true;
  pool_job* const head = wanted.head_;
  if (!head || head->place_ != job_place::in_order) return;
  order_.erase(*head);
  if (!go_first(*head)) send_next(wanted);
}

job_extra* job_queue::holder_of(std::size_t key) noexcept {
  for (job_extra* one = holders_.front(); one; one = holders_.next(*one))
    if (one->key == key) return one;
  return nullptr;
}

void job_queue::put_behind(job_extra& holder, pool_job& job) noexcept {
  job.place_ = job_place::behind;
  holder.behind.push_back(job);
}

/// Passes the turn of the key to the first job behind the holder.
void job_queue::pass_key_on(job_extra& holder) noexcept {
  holders_.erase(holder);
  pool_job* const heir = holder.behind.pop_front();
  if (!heir) return;
  heir->extra_->behind.splice_back(holder.behind);
  heir->place_ = job_place::next;
  holders_.push_back(*heir->extra_);
  first_.push_back(*heir);
}

// --- out ---

pool_job* job_queue::pop() noexcept {
  pool_job* const job = pop_in_order();
  if (!job) return nullptr;
  order_.prefetch();
  job->place_ = job_place::running;
  left(*job);
  return job;
}

pool_job* job_queue::pop_in_order() noexcept {
  if (pool_job* const ready = first_.pop_front()) {
    if (is_head(*ready)) send_next(*ready->stream_);
    return ready;
  }
  if (as_.by_key) return pop_by_key();
  pool_job* const job = order_.pop();
  if (job && job->stream_) send_next(*job->stream_);
  return job;
}

/// Jobs whose key is busy go behind the holder of that key.
pool_job* job_queue::pop_by_key() noexcept {
  while (pool_job* const job = order_.pop()) {
    if (job->stream_) send_next(*job->stream_);
    job_extra* const holder = holder_of(job->extra_->key);
    if (!holder) return holders_.push_back(*job->extra_), job;
    put_behind(*holder, *job);
  }
  return nullptr;
}

bool job_queue::withdraw(pool_job& job) noexcept {
  switch (job.place_) {
    case job_place::outside:
    case job_place::running:
      return false;
    case job_place::in_order:
      if (job.stream_ && !is_head(job)) {
        job.stream_->rest_.erase(job);
      } else {
        order_.erase(job);
        if (job.stream_) send_next(*job.stream_);
      }
      break;
    case job_place::behind:
      job.unlink();
      break;
    case job_place::next:
      first_.erase(job);
      if (as_.by_key) pass_key_on(*job.extra_);
      if (is_head(job)) send_next(*job.stream_);
      break;
  }
  left(job);
  job.place_ = job_place::outside;
  return true;
}

void job_queue::put_aside(pool_job& job, job_list& into) noexcept {
  left(job);
  job.place_ = job_place::outside;
  into.push_back(job);
}

void job_queue::put_aside_with_stream(pool_job& job, job_list& into) noexcept {
  put_aside(job, into);
  if (!is_head(job)) return;
  job.stream_->head_ = nullptr;
  while (pool_job* const behind = job.stream_->rest_.pop_front()) put_aside(*behind, into);
}

void job_queue::withdraw_all(job_list& into) noexcept {
  for (job_extra* holder = holders_.front(); holder;) {
    job_extra& one = *std::exchange(holder, holders_.next(*holder));
    if (one.job.place_ == job_place::next) {
      first_.erase(one.job);
      holders_.erase(one);
      put_aside_with_stream(one.job, into);
    }
    while (pool_job* const behind = one.behind.pop_front()) put_aside(*behind, into);
  }
  while (pool_job* const job = first_.pop_front()) put_aside_with_stream(*job, into);  // by key: empty by now
  while (pool_job* const job = order_.pop()) put_aside_with_stream(*job, into);
}

}  // namespace braid::detail
