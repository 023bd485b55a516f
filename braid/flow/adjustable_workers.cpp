#include "braid/flow/adjustable_workers.hpp"

#include "braid/base/argument.hpp"

namespace braid {
namespace detail {

std::size_t shared_width::count() const noexcept {
  mutex_guard guard(mutex_);
  return count_;
}

void shared_width::set(std::size_t count) noexcept {
  wake_chain wakes;  // wakes in its destructor, after the mutex is released
  mutex_guard guard(mutex_);
  count_ = count;
  for (follower* stage = followers_.front(); stage; stage = followers_.next(*stage)) stage->resize(count, wakes);
}

void shared_width::join(follower& stage) noexcept {
  wake_chain wakes;
  mutex_guard guard(mutex_);
  followers_.push_back(stage);
  stage.resize(count_, wakes);
}

void shared_width::leave(follower& stage) noexcept {
  mutex_guard guard(mutex_);
  if (stage.linked()) stage.unlink();
}

}  // namespace detail

namespace {

std::size_t checked(int count) {
  return static_cast<std::size_t>(detail::checked_argument("adjustable_workers", count, 1, adjustable_workers::most));
}

}  // namespace

adjustable_workers::adjustable_workers(int count)
    : shared_width_(std::make_shared<detail::shared_width>(checked(count))) {}

void adjustable_workers::set(int count) const {
  shared_width_->set(checked(count));
}

int adjustable_workers::count() const noexcept {
  return static_cast<int>(shared_width_->count());
}

}  // namespace braid
