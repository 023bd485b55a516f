#include "braid/base/argument.hpp"

#include <stdexcept>

namespace braid::detail {

void refuse_argument(const char* what, const std::string& value, const std::string& allowed) {
  throw std::invalid_argument(std::string(what) + " is " + value + "; it must be " + allowed);
}

}  // namespace braid::detail
