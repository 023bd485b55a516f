// The process-wide executor. A fork leaves the child without its threads, so there the pointer is reset.
#include <pthread.h>

#include "braid/runtime/work_stealing_executor.hpp"

namespace braid {
namespace {

/// Null: not made yet. Never destroyed.
std::atomic<work_stealing_executor*> the_executor{nullptr};
std::atomic<bool> being_made{false};

void forget_in_child() noexcept {
  the_executor.store(nullptr);
  being_made.store(false);
}

work_stealing_executor& make() {
  static const int watches_forks = pthread_atfork(nullptr, nullptr, forget_in_child);
  static_cast<void>(watches_forks);
  auto* const fresh = new work_stealing_executor;
  the_executor.store(fresh);
  return *fresh;
}

}  // namespace

executor& default_executor() {
  for (;;) {
    if (work_stealing_executor* const made = the_executor.load()) return *made;
    if (being_made.exchange(true)) {
      std::this_thread::yield();
      continue;
    }
    struct unlock {
      ~unlock() { being_made.store(false); }
    } const at_end;
    if (work_stealing_executor* const made = the_executor.load()) return *made;
    return make();
  }
}

}  // namespace braid
