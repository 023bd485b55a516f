#include "braid/runtime/task_failure.hpp"

namespace braid {
namespace {

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

}  // namespace

std::string task_failure::text() const {
  std::string said = "task " + std::to_string(number);
  if (!name.empty()) said += " '" + name + "'";
  if (place.line() > 0)
    said += std::string(", spawned at ") + place.file_name() + ":" + std::to_string(place.line()) + ",";
  return said + " threw: " + what_of(exception);
}

}  // namespace braid
