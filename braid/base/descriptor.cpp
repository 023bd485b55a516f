#include "braid/base/descriptor.hpp"

#include <unistd.h>

#include <utility>

namespace braid {

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = other.release();
  }
  return *this;
}

int descriptor::release() noexcept {
  return std::exchange(number_, -1);
}

void descriptor::reset() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

}  // namespace braid
