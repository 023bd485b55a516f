#include "braid/runtime/locked_executor.hpp"

#include <pthread.h>
#include <signal.h>

#include "braid/base/check.hpp"

namespace braid {
namespace {

thread_local executor* own_executor = nullptr;

/// Blocks every signal of the calling thread while it lives, so that threads started meanwhile receive none.
class signals_blocked {
 public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

namespace detail {
executor* worker_of() noexcept {
  return own_executor;
}
}  // namespace detail

locked_executor::locked_executor(std::size_t workers) {
  BRAID_CHECK(workers > 0, "an executor needs at least one worker");
  const signals_blocked blocked;
  workers_.reserve(workers);
  try {
    for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { serve(); });
  } catch (...) {
    stop_and_join();
    throw;
  }
}

locked_executor::~locked_executor() {
  BRAID_CHECK(own_executor != this, "an executor was destroyed by one of its own workers, which it would have to join");
  cancel_and_drain();
  stop_and_join();
}

void locked_executor::stop_and_join() noexcept {
  {
    detail::mutex_guard guard(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  for (std::thread& worker : workers_) worker.join();
}

void locked_executor::ready(detail::runnable& work) noexcept {
  detail::mutex_guard guard(mutex_);
  queue_.push(work);
  if (sleeping_ > 0) wake_.notify_one();
}

void locked_executor::serve() noexcept {
  own_executor = this;
  for (;;) {
    detail::runnable* work = nullptr;
    {
      detail::mutex_guard guard(mutex_);
      ++sleeping_;
      while (queue_.empty() && !stopping_) guard.wait(wake_);
      --sleeping_;
      work = queue_.pop();
    }
    if (!work) return;
    work->run();
  }
}

}  // namespace braid
