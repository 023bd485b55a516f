// For tests: a world in which tasks run and time goes on when the test says so.
#pragma once

#include "braid/runtime/manual_executor.hpp"
#include "braid/sync/task_group.hpp"

struct by_hand {
  braid::manual_executor hand;
  braid::manual_clock clock;
  braid::context ctx{braid::environment{.executor = &hand, .clock = &clock}};
  braid::task_group group{ctx};

  /// Everything comes to rest, then the time goes on, and again.
  void advance(braid::duration by) {
    hand.run();
    clock.advance(by);
    hand.run();
  }
  ~by_hand() { end(); }
  /// All tasks. Who adds members that they use calls it before these go.
  void end() {
    group.cancel();
    hand.run();
  }
};
