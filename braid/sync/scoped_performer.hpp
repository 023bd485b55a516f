// A performer under a given context: cancelling that context ends what the performer waits for (law O11).
#pragma once

#include "braid/runtime/performer.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

/// Current on a thread while a current_performer_guard makes it so; on one thread at a time.
class scoped_performer final : public performer {
 public:
  explicit scoped_performer(const context& ctx);
  ~scoped_performer();

 private:
  const context ctx_;  ///< Keeps the scope alive.
};

}  // namespace braid::detail
