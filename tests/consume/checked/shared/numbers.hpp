// A header of the user's own, named by PATHS.
#pragma once
#include <braid/braid.hpp>

inline braid::task<> send_one(braid::sender<int> out) {
  if (const bool sent = co_await out.send(1); !sent) co_return;
}
