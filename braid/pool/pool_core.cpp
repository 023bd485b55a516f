#include "braid/pool/pool_core.hpp"

#include <stdexcept>
#include <utility>

#include "braid/base/argument.hpp"
#include "braid/pool/pool_worker.hpp"
#include "braid/runtime/usable_cpus.hpp"

namespace braid::detail {

// --- operations ---

pool_wait::pool_wait(pool_core& core) noexcept : operation(core), core_(core) {
  set_rank(0);
}

void pool_wait::starts_to_wait(wake_chain& wakes, stream_jobs* wanted) noexcept {
  core_.check_workers();
  core_.lock().assert_held();
  lends_ = wanted ? core_.lend_for(*wanted, wakes) : core_.lend(wakes);
}

void pool_wait::waits_no_more() noexcept {
  core_.lock().assert_held();
  if (lends_) core_.take_back(*std::exchange(lends_, nullptr));
}

// --- the queue ---

namespace {

pool_options checked(pool_options options) {
  if (options.when_full == when_full::drop_oldest)
    checked_argument("queue of a pool that drops the oldest job", options.queue, 1);
  return options;
}

}  // namespace

pool_core::pool_core(std::size_t width, pool_options options, bool by_key, bool eager)
    : pool_home(options_.name),
      options_(checked(std::move(options))),
      by_key_(by_key),
      eager_(eager),
      drops_oldest_(options_.when_full == when_full::drop_oldest),
      dropped_as_oldest_(drop_reason::dropped("a job of worker pool '" + options_.name +
                                              "' was dropped as the oldest, since the queue was full")),
      width_(width),
      queue_(options_.priorities, options_.most_passes),
      waiting_(options_.priorities ? aging_queue<pool_wait, enlisted>(options_.most_passes)
                                   : aging_queue<pool_wait, enlisted>()),
      repeating_timer_(std::make_shared<repeating_timer>(static_cast<repeating_timer::owner&>(*this))) {
  if (by_key && options_.priorities)
    throw std::invalid_argument("worker pool '" + options_.name +
                                "' was made by_key and with priorities: jobs of one key run in the order in which they "
                                "were accepted, so leave out pool_options::priorities, or by_key");
}

void check_priority(std::int64_t priority, const pool_options& options) {
  if (priority != 0 && !options.priorities)
    refuse_argument("priority of a job", std::to_string(priority),
                    "0 in a pool without priorities: pool_options::priorities switches them on");
}

void pool_core::accept(pool_job& job) noexcept {
  job.place_ = job_place::queue;
  queue_.push(job);
  ++jobs_;
  ++tally_.accepted;
  if (drops_oldest_) submitted_.push_back(*job.extra_);
  ++queued_;
}

void pool_core::accept(stream_jobs& stream, pool_job& job) noexcept {
  job.place_ = job_place::queue;
  job.stream_ = &stream;
  ++jobs_;
  ++tally_.accepted;
  stream.rest_.push_back(job);
  if (!stream.head_) send_next(stream);
}

/// Enqueues the next job of the stream behind the others in the queue: streams take turns with each other and with
/// submitted jobs. A stream that a job waits for does not: the others could wait for something that the waiting job holds.
void pool_core::send_next(stream_jobs& stream) noexcept {
  do {
    stream.head_ = stream.rest_.pop_front();
    if (stream.head_ && !stream.is_waited_for_) return queue_.push(*stream.head_);
  } while (stream.head_ && !go_first(*stream.head_));
}

/// Puts a job before the queue. Returns false if it was put behind a job with its key instead.
bool pool_core::go_first(pool_job& job) noexcept {
  if (job_extra* const holder = by_key_ ? holder_of(job.extra_->key) : nullptr) {
    job.place_ = job_place::behind;
    holder->behind.push_back(job);
    return false;
  }
  if (by_key_) holders_.push_back(*job.extra_);
  job.place_ = job_place::next;
  next_.push_back(job);
  return true;
}

/// Puts a submitted job before the queue, after the jobs of its key that are ahead of it in the queue.
void pool_core::prefer(pool_job& wanted) noexcept {
  if (wanted.place_ != job_place::queue) return;
  for (pool_job* job = by_key_ ? queue_.oldest() : &wanted; wanted.place_ == job_place::queue;) {
    pool_job& one = *std::exchange(job, by_key_ ? queue_.after(*job) : nullptr);
    if (by_key_ && one.extra_->key != wanted.extra_->key) continue;
    queue_.erase(one);
    if (is_head(one)) send_next(*one.stream_);
    go_first(one);
  }
}

job_extra* pool_core::holder_of(std::size_t key) noexcept {
  for (job_extra* one = holders_.front(); one; one = holders_.next(*one))
    if (one->key == key) return one;
  return nullptr;
}

/// Dequeues the next job, from next_ or else from the queue. Jobs whose key is busy go behind the holder of that key.
pool_job* pool_core::next_in_queue() noexcept {
  if (pool_job* const ready = next_.pop_front()) {
    if (is_head(*ready)) send_next(*ready->stream_);
    return ready;
  }
  for (;;) {
    pool_job* const job = queue_.pop();
    if (job && job->stream_) send_next(*job->stream_);
    if (!job || !by_key_) return job;
    job_extra* const holder = holder_of(job->extra_->key);
    if (!holder) return holders_.push_back(*job->extra_), job;
    job->place_ = job_place::behind;
    holder->behind.push_back(*job);
  }
}

void pool_core::left_queue(pool_job& job) noexcept {
  if (!job.is_submitted_) return;
  if (drops_oldest_) submitted_.erase(*job.extra_);
  --queued_;
}

pool_job* pool_core::take() noexcept {
  if (idle_width() == 0) return nullptr;
  pool_job* const job = next_in_queue();
  if (!job) return nullptr;
  queue_.prefetch();
  job->place_ = job_place::running;
  ++running_;
  ++started_;
  left_queue(*job);
  return job;
}

/// Passes the turn of the key to the first job behind the holder.
void pool_core::pass_key_on(job_extra& holder) noexcept {
  holders_.erase(holder);
  pool_job* const heir = holder.behind.pop_front();
  if (!heir) return;
  heir->extra_->behind.splice_back(holder.behind);
  heir->place_ = job_place::next;
  holders_.push_back(*heir->extra_);
  next_.push_back(*heir);
}

/// Answers a worker that asks for a job. Returns true if it got one or is to exit, false if it has to wait.
bool pool_core::answer(next_job& worker) noexcept {
  worker.job_ = worker.steps_aside() ? nullptr : take();
  worker.hires_ = worker.job_ && wants_worker();
  if (worker.job_) return true;
  if (!is_worker_too_many()) return false;
  ++leaving_;
  return true;
}

void pool_core::dispatch(wake_chain& wakes) noexcept {
  serve_waiting(wakes);
  while ((eager_ || at_work() == 0) && call_one(wakes)) continue;
  look_after_jobs(wakes);
  look_for_end(wakes);
}

/// Wakes an idle worker for the next job. Returns false if there is no such worker or no such job.
bool pool_core::call_one(wake_chain& wakes) noexcept {
  next_job* const worker = idle_.front();
  pool_job* const job = worker ? take() : nullptr;
  if (!job) return false;
  idle_.pop_front();
  worker->job_ = job;
  worker->hires_ = wants_worker();
  worker->jobs_are_short_ = false;
  worker->measured_ = 0;
  claim(*worker, wakes);  // no other code claims an idle worker
  return true;
}

void pool_core::look_after_jobs(wake_chain& wakes) noexcept {
  if (!idle_.empty() && may_start_a_job()) want_timer(wakes);
}

void pool_core::want_timer(wake_chain& wakes) noexcept {
  if (std::exchange(armed_, true)) return;
  repeating_timer_->arm_with(wakes, watch_.begin(std::chrono::steady_clock::now()));
}

std::optional<std::chrono::microseconds> pool_core::on_time() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  armed_ = !idle_.empty() && may_start_a_job();
  if (!armed_) return std::nullopt;
  const auto said = watch_.look(std::chrono::steady_clock::now(), started_, std::max<std::size_t>(at_work(), 1),
                                usable_cpus_at_first());
  for (std::size_t calls = said.calls; calls > 0 && call_one(wakes); --calls) continue;
  return said.again;
}

void pool_core::serve_waiting(wake_chain& wakes) noexcept {
  while (!waiting_.empty() && open_ && has_room()) {
    pool_wait* const submit = waiting_.pop();
    if (!submit) return;
    --submits_waiting_;
    if (claim(*submit, wakes)) submit->admitted();
  }
}

// --- the end of a job ---

void pool_core::job_done(pool_job& job, wake_chain& wakes) noexcept {
  --running_;
  --jobs_;
  tally_.count_end(job);
  if (by_key_) pass_key_on(*job.extra_);
  job.place_ = job_place::outside;
  job.ended(wakes);
  serve_waiting(wakes);
}

void pool_core::caller_ends(pool_job& job, wake_chain& wakes) noexcept {
  --jobs_, --running_, --lent_, --hired_;
  tally_.count_end(job);
  job.ended(wakes);
  dispatch(wakes);
}

bool pool_core::withdraw(pool_job& job) noexcept {
  switch (job.place_) {
    case job_place::outside:
    case job_place::running:
      return false;
    case job_place::queue:
      if (job.stream_ && job.stream_->head_ != &job) {
        job.stream_->rest_.erase(job);
      } else {
        queue_.erase(job);
        if (job.stream_) send_next(*job.stream_);
      }
      break;
    case job_place::behind:
      job.unlink();
      break;
    case job_place::next:
      next_.erase(job);
      if (by_key_) pass_key_on(*job.extra_);
      if (is_head(job)) send_next(*job.stream_);
      break;
  }
  left_queue(job);
  job.place_ = job_place::outside;
  --jobs_;
  return true;
}

void pool_core::end_dropped(pool_job& job, ended_jobs& over, wake_chain& wakes) noexcept {
  ++tally_.dropped;
  const bool lets_go = job.is_submitted_;  // other jobs may be destroyed once they have ended
  job.ended(wakes);
  if (lets_go) over.jobs_.push_back(job);
}

void pool_core::drop(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept {
  job.fail(why.error());
  end_dropped(job, over, wakes);
}

void pool_core::drop_unaccepted(pool_job& job, const drop_reason& why, ended_jobs& over, wake_chain& wakes) noexcept {
  ++tally_.accepted;
  drop(job, why, over, wakes);
}

void pool_core::drop_oldest(ended_jobs& over, wake_chain& wakes) noexcept {
  job_extra* const oldest = submitted_.front();
  if (!oldest) return;
  withdraw(oldest->job);
  drop(oldest->job, dropped_as_oldest_, over, wakes);
}

// --- waits, settings, state ---

pool_worker* pool_core::lend(wake_chain& wakes) noexcept {
  pool_worker* const worker = worker_here();
  if (worker && worker->waits++ == 0 && worker->has_job && worker->has_place) {
    ++lent_;
    call_one(wakes);  // an idle worker takes its place
    dispatch(wakes);
  }
  return worker;
}

pool_worker* pool_core::lend_for(pool_job& wanted, wake_chain& wakes) noexcept {
  if (worker_here()) prefer(wanted);
  return lend(wakes);
}

pool_worker* pool_core::lend_for(stream_jobs& wanted, wake_chain& wakes) noexcept {
  if (worker_here()) {
    wanted.is_waited_for_ = true;
    pool_job* const head = wanted.head_;
    if (head && head->place_ == job_place::queue) {
      queue_.erase(*head);
      if (!go_first(*head)) send_next(wanted);
    }
  }
  return lend(wakes);
}

void pool_core::take_back(pool_worker& worker) noexcept {
  if (--worker.waits == 0 && worker.has_job && worker.has_place) --lent_;
}

void pool_core::set_paused(bool paused, wake_chain& wakes) noexcept {
  paused_ = paused;
  dispatch(wakes);
}

void pool_core::context_ended() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  context_ended_ = true;
  dispatch(wakes);
}

void pool_core::set_width(std::size_t width, wake_chain& wakes) noexcept {
  width_ = width;
  dispatch(wakes);
}

std::size_t pool_core::width() noexcept {
  spin_guard guard(lock_);
  return width_;
}

pool_stats pool_core::stats() const noexcept {
  return {width_,          running_,         jobs_ - running_, submits_waiting_,
          tally_.accepted, tally_.succeeded, tally_.failed,    tally_.dropped};
}

// --- workers ---

bool pool_core::hire() noexcept {
  {
    spin_guard guard(lock_);
    if (!wants_worker()) return true;
    ++hired_;
  }
  if (start_worker()) return true;
  wake_chain wakes;
  spin_guard guard(lock_);
  --hired_;
  look_for_end(wakes);
  return false;
}

void pool_core::worker_came(pool_worker& worker) noexcept {
  spin_guard guard(lock_);
  workers_.push_back(worker);
}

void pool_core::worker_is(pool_worker& worker, performer* task) noexcept {
  spin_guard guard(lock_);
  worker.task = task;
}

void pool_core::worker_left(pool_worker& worker) noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  if (worker.linked()) workers_.erase(worker);
  --hired_;
  --leaving_;
  look_for_end(wakes);
}

}  // namespace braid::detail
