// The two threads that work for every stage and every pool: the clock's, which calls the timers, and one of the
// cache.
#pragma once

#include "explore/explored_thread_cache.hpp"
#include "explore/explored_timer.hpp"

namespace explore {

/// Part of a scenario's world: each is the body of an explored thread.
struct stage_hands {
  timer_thread clock;
  cached_thread worker;

  stage_hands() {
    the_timer_thread = &clock;
    the_cached_thread = &worker;
  }
  ~stage_hands() {
    the_timer_thread = nullptr;
    the_cached_thread = nullptr;
  }
  stage_hands(const stage_hands&) = delete;
  stage_hands& operator=(const stage_hands&) = delete;

  /// When all that they may work for has gone.
  void finish() {
    worker.end();
    clock.end_at_rest();
  }
};

}  // namespace explore
