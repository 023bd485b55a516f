#include "braid/runtime/work_stealing_executor.hpp"

#include "braid/base/check.hpp"
#include "braid/runtime/usable_cpus.hpp"

namespace braid {
namespace {

std::uint32_t seats_of(const executor_options& options) {
  const std::size_t workers = options.workers > 0 ? options.workers : usable_cpus();
  BRAID_CHECK(workers <= 4096,
              "an executor was asked for more than 4,096 workers: give it about as many as there are CPUs");
  return static_cast<std::uint32_t>(workers);
}

std::size_t at_least_one(std::size_t workers) {
  BRAID_CHECK(workers > 0, "an executor needs at least one worker");
  return workers;
}

}  // namespace

work_stealing_executor::work_stealing_executor(std::size_t workers)
    : work_stealing_executor(executor_options{.workers = at_least_one(workers)}) {}

work_stealing_executor::work_stealing_executor(const executor_options& options)
    : core_(seats_of(options), options.spread),
      threads_(*this, core_, {.spares = options.spare_threads, .blocking = options.blocking_threads}) {
  threads_.start();
}

work_stealing_executor::~work_stealing_executor() {
  BRAID_CHECK(detail::worker_of() != this,
              "an executor was destroyed by one of its own workers, which it would have to join");
  cancel_and_drain();
  core_.stop();
  threads_.stop_and_join();
  core_.wait_for_callers();
  while (detail::runnable* const entry = core_.take_left()) entry->run();
}

void work_stealing_executor::ready(detail::runnable& work, detail::arrival how) noexcept {
  if (how == detail::arrival::blocking) return threads_.run_blocking(work);
  detail::worker* const self = detail::worker::current();
  const bool on_this = self && &self->on() == this;
  core_.ready(work, how, on_this ? static_cast<detail::seat_worker*>(self)->sits_in : nullptr);
}

}  // namespace braid
