#include "braid/runtime/performer.hpp"

#include <memory>
#include <utility>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"

namespace braid::detail {
namespace {

/// A thread that braid did not start, as a performer. It has no scope: it passes a context with within().
class thread_performer final : public performer {
 public:
  thread_performer() : performer(environment{}, nullptr) {}
};

/// Returns the thread's own performer, which lives from its first use to the thread's end.
performer& thread_own_performer() {
#ifdef BRAID_EXPLORE
  return explore_own_performer<thread_performer>();
#else
  static thread_local thread_performer own;
  return own;
#endif
}

}  // namespace

performer& performer::current() {
  if (void* const task = thread_slot()) return *static_cast<performer*>(task);
  return thread_own_performer();
}

performer::performer(const environment& env, cancel_scope* scope)
    : scope_(scope),
      cancel_flag_(scope ? &scope->flag() : nullptr),
      env_(env),
      random_(env.random_or_default().next_seed()) {}

performer::~performer() = default;

void performer::raise_cancelled() const {
  scope_->why().raise();
}

bool performer::claim(outcome o) noexcept {
  std::uint32_t seen = word_.load();
  while (seen == open_ || seen == shielded)
    if (word_.compare_exchange_strong(seen, first_won + o)) return true;
  return false;
}

bool performer::claim_cancelled() noexcept {
  std::uint32_t seen = open_;
  return word_.compare_exchange_strong(seen, first_won + cancelled_outcome);
}

void performer::close() noexcept {
  // Relaxed: a claim is a read-modify-write, which sees the latest word in its order, WON or IDLE; both refuse it.
  word_.store(idle, std::memory_order_relaxed);
}

void performer::wake() noexcept {
  if (suspended_) {
    env_.executor->ready(*this, arrival::woken);
  } else {
    parker_.unpark();
  }
}

void performer::yield(std::coroutine_handle<> coroutine) noexcept {
  suspended_ = coroutine;
  env_.executor->ready(*this, arrival::yielded);
}

const char* performer::describe_state() const noexcept {
  switch (word_.load()) {
    case idle:
      return "runs, or is ready to run";
    case open_:
      return "waits";
    case shielded:
      return "waits, shielded from cancels";
    default:
      return "was woken and is ready to run";
  }
}

void performer::drive(std::coroutine_handle<> first) noexcept {
  current_performer_guard guard(*this);
  drive_state state{first};
  drive_ = &state;
  operations_left_ = operations_per_slice;
  while (state.next) std::exchange(state.next, nullptr).resume();
  // From here on *this is touched only if the task has ended; a task that waits may already run elsewhere.
  if (state.finished) finished();
}

current_performer_guard::current_performer_guard(performer& task) noexcept : before_(thread_slot()) {
  thread_slot() = &task;
}

current_performer_guard::~current_performer_guard() {
  thread_slot() = before_;
}

void wake_chain::add(performer& claimed) noexcept {
  claimed.wake_next_ = nullptr;
  (head_ ? tail_->wake_next_ : head_) = &claimed;
  tail_ = &claimed;
}

void wake_chain::poke(parker& clock_thread) noexcept {
  if (poked_ && poked_ != &clock_thread) poked_->unpark();  // two clocks in one select: rare, and correct
  poked_ = &clock_thread;
}

void wake_chain::wake_all() noexcept {
  while (performer* const first = head_) {
    head_ = first->wake_next_;
    first->wake();
  }
  if (parker* const clock_thread = std::exchange(poked_, nullptr)) clock_thread->unpark();
  while (deferred* const step = deferred_) {
    deferred_ = step->next_deferred_;
    step->run_deferred();
  }
}

}  // namespace braid::detail
