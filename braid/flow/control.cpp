#include "braid/flow/control.hpp"

#include "braid/runtime/cancel_scope.hpp"

namespace braid::detail {

control::control(const context& ctx) : performer(ctx.env(), ctx.scope().get()), ctx_(ctx) {
  scope()->enroll(*this);
}

control::~control() {
  scope()->leave(*this);
}

}  // namespace braid::detail
