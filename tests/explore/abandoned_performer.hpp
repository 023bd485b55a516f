// A line of control that is left parked: what a coroutine's frame is, without the coroutine.
#pragma once

#include "braid/runtime/performer.hpp"

namespace explore {

class abandoned_performer final : public braid::detail::performer {
 public:
  abandoned_performer() : performer(braid::environment{}, nullptr) {}
};

}  // namespace explore
