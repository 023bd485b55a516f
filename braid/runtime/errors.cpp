#include "braid/runtime/errors.hpp"

namespace braid {

void cause::raise() const {
  if (code == error_code::timed_out) throw timed_out(text);
  throw cancelled(text);
}

}  // namespace braid
