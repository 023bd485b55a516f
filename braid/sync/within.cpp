#include "braid/sync/within.hpp"

namespace braid::detail {

error describe_current_exception() {
  const std::exception_ptr thrown = std::current_exception();
  try {
    throw;
  } catch (const timed_out& e) {
    return {error_code::timed_out, e.what(), thrown};
  } catch (const cancelled& e) {
    return {error_code::cancelled, e.what(), thrown};
  } catch (const std::exception& e) {
    return {error_code::failed, e.what(), thrown};
  } catch (...) {
    return {error_code::failed, "an exception that is not a std::exception", thrown};
  }
}

}  // namespace braid::detail
