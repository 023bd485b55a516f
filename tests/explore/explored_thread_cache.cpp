// Stands in for braid/runtime/thread_cache.cpp, which is about real threads.
#include "explore/explored_thread_cache.hpp"

#include "braid/runtime/thread_cache.hpp"

namespace explore {

void cached_thread::serve() noexcept {
  while (!over_.load()) {
    braid::detail::runnable* const work = work_.exchange(nullptr);
    if (!work) {
      sleeper_.park();
      continue;
    }
    work->run();
    busy_.store(false);
  }
}

void cached_thread::end() noexcept {
  over_.store(true);
  sleeper_.unpark();
}

bool cached_thread::give(braid::detail::runnable& work) noexcept {
  if (busy_.exchange(true)) return false;
  work_.store(&work);
  sleeper_.unpark();
  return true;
}

}  // namespace explore

namespace braid::detail {

bool thread_cache::run(runnable& work) noexcept {
  return explore::the_cached_thread && explore::the_cached_thread->give(work);
}

}  // namespace braid::detail
