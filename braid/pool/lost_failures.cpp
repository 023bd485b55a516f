#include "braid/pool/lost_failures.hpp"

#include <cstdio>

#include "braid/runtime/errors.hpp"

namespace braid::detail {

void lost_failures::add(const std::exception_ptr& thrown, const context& ctx) noexcept {
  if (ctx.is_cancelled() && is_cancelled_exception(thrown)) return;
  if (const auto* handler = ctx_.value(on_lost_failure); handler && *handler)
    return (*handler)(task_failure{.exception = thrown, .name = "a job of worker pool " + pool_});
  {
    spin_guard guard(lock_);
    if (!first_) first_ = thrown;
    if (!over_) return;
  }
  report(thrown);
}

void lost_failures::report_rest() noexcept {
  {
    spin_guard guard(lock_);
    over_ = true;
  }
  if (const std::exception_ptr first = take()) report(first);
}

void lost_failures::report(const std::exception_ptr& thrown) const noexcept {
  const task_failure failure{.exception = thrown, .name = "a job of worker pool " + pool_};
  std::fprintf(stderr, "braid: unobserved failure: %s\n", failure.text().c_str());
  BRAID_CHECK(std::uncaught_exceptions() > 0,
              "a worker pool ended, and one of its jobs had thrown, whose future was dropped: the exception would be "
              "lost. Keep the future, drain() the pool, or give its context an on_lost_failure");
}

}  // namespace braid::detail
