// The settings of the laws of broadcasts: each kind of player on either end.
#pragma once

#include "braid/sync/broadcast.hpp"
#include "conformance/flavours.hpp"

namespace braid::conformance {

inline constexpr flavour broadcasts{"broadcast", flavour::waits, 3};

/// Base of the suites on broadcasts.
class each_broadcast : public each_setting {
 protected:
  /// Sends 0, 1, ... until it is full; gives how many.
  static int fill(const publisher<int>& tx) {
    int sent = 0;
    while (tx.try_send(sent)) ++sent;
    return sent;
  }
  /// Somebody sends `v` and waits, since the broadcast is full.
  actor& park_sender(const publisher<int>& tx, int v) {
    actor& waits = play.play(sender, [&tx, v](self me) -> script {
      const bool sent = co_await me(tx.send(v));
      EXPECT_TRUE(sent);
    });
    waits.wait_until_parked();
    return waits;
  }
};

#define BRAID_FOR_BROADCASTS(suite) BRAID_FOR_FLAVOURS(suite, broadcasts)

}  // namespace braid::conformance
