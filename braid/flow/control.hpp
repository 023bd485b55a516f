// A line of control that is under a context of its own choice: what it performs, a cancel of that context ends (O11).
#pragma once

#include "braid/runtime/performer.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

/// Current on a thread while a current_performer_guard says so; on one at a time.
class control final : public performer {
 public:
  explicit control(const context& ctx);
  ~control();

 private:
  const context ctx_;  ///< Keeps its scope.
};

}  // namespace braid::detail
