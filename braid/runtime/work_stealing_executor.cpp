#include "braid/runtime/work_stealing_executor.hpp"

#include "braid/base/argument.hpp"
#include "braid/base/check.hpp"
#include "braid/runtime/usable_cpus.hpp"

namespace braid {
namespace {

std::size_t checked_workers(std::size_t workers) {
  return detail::checked_argument("workers of an executor", workers, 1, executor_options::most_workers);
}

std::uint32_t seats_of(const executor_options& options) {
  const std::size_t workers = options.workers > 0 ? options.workers : usable_cpus();
  return static_cast<std::uint32_t>(checked_workers(workers));
}

}  // namespace

work_stealing_executor::work_stealing_executor(std::size_t workers)
    : work_stealing_executor(executor_options{.workers = checked_workers(workers)}) {}

work_stealing_executor::work_stealing_executor(const executor_options& options)
    : executor(runs_on::own_threads),
      core_(seats_of(options), options.spread),
      threads_(*this, core_,
               {.spares = options.spare_threads,
                .blocking = detail::checked_argument("blocking_threads of an executor", options.blocking_threads, 1)}) {
  threads_.start();
}

work_stealing_executor::~work_stealing_executor() {
  BRAID_CHECK(detail::worker_of() != this,
              "an executor was destroyed by one of its own workers, which it would have to join");
  if (has_lost_threads()) {
    threads_.leave_to_parent();
    return;
  }
  cancel_and_drain();
  core_.stop();
  threads_.stop_and_join();
  core_.wait_for_callers();
  while (detail::runnable* const entry = core_.take_left()) entry->run();
}

void work_stealing_executor::ready(detail::runnable& work, detail::arrival how) noexcept {
  if (has_lost_threads()) [[unlikely]] {
    // A cancel or a close, as at the end of a program, reaches the copies of the parent's tasks: they stay as they are.
    if (how == detail::arrival::woken) return;
    check_threads();
  }
  if (how == detail::arrival::blocking) return threads_.run_blocking(work);
  detail::worker* const self = detail::worker::current();
  const bool on_this = self && &self->on() == this;
  core_.ready(work, how, on_this ? static_cast<detail::seat_worker*>(self)->sits_in : nullptr);
}

}  // namespace braid
