#include "braid/sync/semaphore.hpp"

#include "braid/base/argument.hpp"
#include "braid/runtime/perform.hpp"

namespace braid {

void permit::release() noexcept {
  if (semaphore* const from = std::exchange(from_, nullptr)) from->take_back(std::exchange(weight_, 0));
}

permit permit::split(std::size_t weight) {
  detail::checked_argument("weight of split()", weight, 0, weight_);
  if (weight == 0) return {};
  if (weight == weight_) return std::move(*this);
  weight_ -= weight;
  return {from_, weight};
}

namespace detail {

acquire_wait::acquire_wait(semaphore& from, std::size_t weight)
    : performable(from), from_(from), weight_(checked_argument("permits of acquire()", weight, 1)) {}

permit acquire_wait::result() {
  if (too_small_)
    throw limit_exceeded(describe() + " can never be: the capacity is " + std::to_string(*too_small_) +
                         ". Ask for less at a time, or resize the semaphore first");
  BRAID_CHECK(won_.weight() > 0,
              "result() of an acquire that was not performed, or whose result() was taken already: keep it, "
              "auto mine = op.result()");
  return std::move(won_);
}

bool acquire_wait::poll(wake_chain&) {
  from_.lock().assert_held();
  BRAID_CHECK(won_.weight() == 0,
              "an acquire was performed again before its result() was taken: the permit would go back unseen");
  too_small_.reset();
  if (weight_ > from_.capacity_) return too_small_ = from_.capacity_, true;
  if (!from_.waiting_.empty() || !from_.fits(weight_)) return false;
  from_.give(*this);
  return true;
}

void acquire_wait::enlist(wake_chain&) noexcept {
  from_.lock().assert_held();
  from_.waiting_.push_back(*this);
}

void acquire_wait::withdraw() noexcept {
  if (linked()) unlink();
}

void acquire_wait::pass_on(wake_chain& wakes) noexcept {
  from_.lock().assert_held();
  from_.serve(wakes);
}

std::string acquire_wait::describe() const {
  const std::string what = "acquire(" + std::to_string(weight_) + ") of ";
  return what + (from_.name_.empty() ? "a semaphore" : "semaphore '" + from_.name_ + "'");
}

std::string acquire_wait::describe_others() const {
  from_.lock_.assert_held();
  return "    " + std::to_string(from_.held_) + " of " + std::to_string(from_.capacity_) +
         " permits are held, and this wants " + std::to_string(weight_) +
         ". If the waiting side holds the others itself, it waits for itself\n";
}

}  // namespace detail

semaphore::semaphore(std::size_t capacity, std::string name) : capacity_(capacity), name_(std::move(name)) {}

semaphore::~semaphore() {
  detail::spin_guard guard(lock_);
  BRAID_CHECK(waiting_.empty(),
              "a semaphore was destroyed while an operation waits for it: let it outlive its operations");
  BRAID_CHECK(held_ == 0,
              "a semaphore was destroyed while permits of it are held, or lie in an acquire whose result() was not "
              "taken: let it outlive them");
}

detail::acquire_wait semaphore::acquire(std::size_t weight) & {
  return detail::acquire_wait(*this, weight);
}

std::optional<permit> semaphore::try_acquire(std::size_t weight) {
  detail::acquire_wait op(*this, weight);
  if (!detail::poll_once(op)) return std::nullopt;
  return op.result();
}

void semaphore::resize(std::size_t capacity) {
  detail::wake_chain wakes;
  detail::spin_guard guard(lock_);
  capacity_ = capacity;
  refuse_those_above_capacity(wakes);
  serve(wakes);
}

std::size_t semaphore::capacity() {
  detail::spin_guard guard(lock_);
  return capacity_;
}

std::size_t semaphore::held() {
  detail::spin_guard guard(lock_);
  return held_;
}

void semaphore::give(detail::acquire_wait& to) noexcept {
  held_ += to.weight_;
  to.won_ = permit(this, to.weight_);
}

void semaphore::take_back(std::size_t weight) noexcept {
  detail::wake_chain wakes;
  detail::spin_guard guard(lock_);
  held_ -= weight;
  serve(wakes);
}

void semaphore::serve(detail::wake_chain& wakes) noexcept {
  for (detail::acquire_wait* first = waiting_.front(); first && fits(first->weight_); first = waiting_.front()) {
    first->unlink();
    if (detail::claim(*first, wakes)) give(*first);
  }
}

void semaphore::refuse_those_above_capacity(detail::wake_chain& wakes) noexcept {
  for (detail::acquire_wait* op = waiting_.front(); op;) {
    detail::acquire_wait* const next = waiting_.next(*op);
    if (op->weight_ > capacity_) {
      op->unlink();
      if (detail::claim(*op, wakes)) op->too_small_ = capacity_;
    }
    op = next;
  }
}

}  // namespace braid
