#include "braid/sync/scoped_performer.hpp"

#include "braid/runtime/cancel_scope.hpp"

namespace braid::detail {

scoped_performer::scoped_performer(const context& ctx) : performer(ctx.env(), ctx.scope().get()), ctx_(ctx) {
  scope()->enroll(*this);
}

scoped_performer::~scoped_performer() {
  scope()->leave(*this);
}

}  // namespace braid::detail
