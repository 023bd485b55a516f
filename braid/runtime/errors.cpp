#include "braid/runtime/errors.hpp"

namespace braid {

void cause::raise() const {
  if (code == error_code::timed_out) throw timed_out(text);
  throw cancelled(text);
}

std::exception_ptr cause::as_exception() const noexcept {
  try {
    return code == error_code::timed_out ? std::make_exception_ptr(timed_out(text))
                                         : std::make_exception_ptr(cancelled(text));
  } catch (...) {  // no memory for the text
    return std::current_exception();
  }
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
