// The library's own threads. Signals are for the threads of the program.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace braid::detail {

/// Starts a thread with every signal blocked, so that it receives none. Throws std::system_error. After a fork the
/// child has none of these threads.
template<class F>
std::thread signal_free_thread(F f) {
  struct mask_guard {
    sigset_t before;
    mask_guard() {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
    }
    ~mask_guard() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  };
  const mask_guard blocked;
  return std::thread(std::move(f));
}

}  // namespace braid::detail
