#include "braid/runtime/errors.hpp"

namespace braid {

void cause::raise() const {
  if (code == error_code::timed_out) throw timed_out(text);
  throw cancelled(text);
}

namespace detail {

bool is_cancelled_exception(const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace detail
}  // namespace braid
