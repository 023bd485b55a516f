// Stands in for braid/flow/alarm.cpp, which is about the real clock: an explored pool is eager, and arms none.
#include "braid/flow/alarm.hpp"

#include "explore/explore.hpp"

namespace braid::detail {

void alarm::arm(std::chrono::microseconds) noexcept {
  explore::check(false, "an explored pool armed its alarm");
}

void alarm::dismiss() noexcept {}

void alarm::act() noexcept {}

}  // namespace braid::detail
