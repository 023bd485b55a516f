#include "braid/runtime/thread_wait.hpp"

#include <algorithm>

#include "braid/base/check.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/perform.hpp"

namespace braid::detail {

bool thread_wait::lend() noexcept {
  BRAID_CHECK(!on_clock_thread(),
              "a std::stop_callback of a context with a deadline waited: it runs on the thread that serves all timers, "
              "which would stand still. Hand the work to a thread of your own");
  on_ = worker_of();
  return !on_ || on_->lend_thread(*this);
}

bool thread_wait::may_end_soon() const noexcept {
  return !on_ && std::ranges::any_of(operations_, [](operation* op) {
    return perform_access::enlisted(*op) && !perform_access::may_wait_long(*op);
  });
}

void thread_wait::take_back() noexcept {
  if (on_) on_->take_thread_back(*this);
}

std::string thread_wait::describe() const {
  if (what_) return what_;
  std::string all;
  for (operation* const op : operations_) all += (all.empty() ? "" : ", or ") + description_of(*op);
  return all;
}

}  // namespace braid::detail
