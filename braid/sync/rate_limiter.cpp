#include "braid/sync/rate_limiter.hpp"

#include <algorithm>

#include "braid/base/argument.hpp"
#include "braid/runtime/perform.hpp"

namespace braid {
namespace {

/// time_point::max() is never due, not even at the end of time.
bool has_come(time_point due, time_point now) noexcept {
  return due <= now && due != time_point::max();
}

}  // namespace

namespace detail {

tokens_wait::tokens_wait(rate_limiter& from, std::uint64_t tokens)
    : performable(from.clock_), from_(from), tokens_(checked_argument("tokens of acquire()", tokens, 1)) {}

time_point tokens_wait::result() const {
  if (too_small_)
    throw limit_exceeded(describe() + " can never be: the burst is " + std::to_string(*too_small_) +
                         ". Ask for less at a time, or set a rate with a larger burst first");
  return due_;
}

bool tokens_wait::poll(wake_chain& wakes) {
  from_.clock_.lock().assert_held();
  too_small_.reset();
  given_ = false;
  const std::uint64_t burst = from_.bucket_.rate().burst;
  if (tokens_ > burst) return too_small_ = burst, true;
  due_ = from_.clock_.now();
  from_.serve(due_, wakes);
  if (!from_.waiting_.empty() || !has_come(from_.bucket_.when(tokens_), due_)) return false;
  from_.bucket_.take(tokens_, due_);
  return given_ = true;
}

void tokens_wait::enlist(wake_chain& wakes) noexcept {
  from_.clock_.lock().assert_held();
  from_.waiting_.push_back(*this);
  from_.arm_for_first(wakes);
}

void tokens_wait::withdraw() noexcept {
  from_.clock_.lock().assert_held();
  was_first_ = from_.waiting_.front() == this;
  if (linked()) unlink();
}

void tokens_wait::pass_on(wake_chain& wakes) noexcept {
  from_.clock_.lock().assert_held();
  if (!was_first_) return;
  const time_point now = from_.clock_.now();
  if (tokens_wait* const first = from_.waiting_.front()) first->due_ = now;
  from_.serve(now, wakes);
}

std::string tokens_wait::describe() const {
  const std::string what = "acquire(" + std::to_string(tokens_) + ") of ";
  return what + (from_.name_.empty() ? "a rate limiter" : "rate limiter '" + from_.name_ + "'");
}

}  // namespace detail

rate_limiter::rate_limiter(const braid::rate& limit, std::string name)
    : rate_limiter(current_environment().clock_or_default(), limit, std::move(name)) {}

rate_limiter::rate_limiter(braid::clock& clock, const braid::rate& limit, std::string name)
    : clock_(clock), bucket_(limit, clock.now()), name_(std::move(name)) {
  clock.get_ready();
}

rate_limiter::~rate_limiter() {
  detail::spin_guard guard(clock_.lock());
  BRAID_CHECK(waiting_.empty(),
              "a rate limiter was destroyed while an operation waits for it: let it outlive its operations");
}

detail::tokens_wait rate_limiter::acquire(std::uint64_t tokens) & {
  return detail::tokens_wait(*this, tokens);
}

bool rate_limiter::try_acquire(std::uint64_t tokens) {
  detail::tokens_wait op(*this, tokens);
  if (!detail::poll_once(op)) return false;
  static_cast<void>(op.result());
  return true;
}

void rate_limiter::set_rate(const braid::rate& limit) {
  detail::checked(limit);
  detail::wake_chain wakes;
  detail::spin_guard guard(clock_.lock());
  const time_point now = clock_.now();
  serve(now, wakes);
  bucket_.change(limit, now);
  refuse_those_above_burst(wakes);
  serve(now, wakes);
}

braid::rate rate_limiter::rate() {
  detail::spin_guard guard(clock_.lock());
  return bucket_.rate();
}

bool rate_limiter::expire(detail::wake_chain& wakes) noexcept {
  clock_.lock().assert_held();
  serve(clock_.now(), wakes);
  return false;
}

void rate_limiter::serve(time_point now, detail::wake_chain& wakes) noexcept {
  while (detail::tokens_wait* const first = waiting_.front()) {
    const time_point due = due_of(*first);
    if (!has_come(due, now)) break;
    first->unlink();
    if (!detail::claim(*first, wakes)) continue;
    bucket_.take(first->tokens_, due);
    first->due_ = due;
    first->given_ = true;
  }
  arm_for_first(wakes);
}

time_point rate_limiter::due_of(detail::tokens_wait& first) const noexcept {
  return std::max(bucket_.when(first.tokens_), first.due_);
}

void rate_limiter::arm_for_first(detail::wake_chain& wakes) noexcept {
  detail::tokens_wait* const first = waiting_.front();
  const time_point wanted = first ? due_of(*first) : time_point::max();
  if (in_heap() && due() == wanted) return;
  clock_.disarm(*this);
  if (wanted == time_point::max()) return;
  set_due(wanted);
  clock_.arm(*this, wakes);
}

void rate_limiter::refuse_those_above_burst(detail::wake_chain& wakes) noexcept {
  for (detail::tokens_wait* op = waiting_.front(); op;) {
    detail::tokens_wait* const next = waiting_.next(*op);
    if (op->tokens_ > bucket_.rate().burst) {
      op->unlink();
      if (detail::claim(*op, wakes)) op->too_small_ = bucket_.rate().burst;
    }
    op = next;
  }
}

}  // namespace braid
