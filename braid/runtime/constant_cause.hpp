// A cause of braid's own. It is made before it may be needed and never destroyed, so a cancel with it needs no memory:
// it cannot fail in a destructor, on the clock's thread, or because a task ended for lack of memory.
#pragma once

#include <memory>

#include "braid/runtime/errors.hpp"

namespace braid::detail {

class constant_cause {
 public:
  /// For a static object of a function, which is called in good time before a cancel. May throw std::bad_alloc.
  constant_cause(error_code code, const char* text) : lives_on_(*new cause{code, text}) {}
  constant_cause(const constant_cause&) = delete;
  constant_cause& operator=(const constant_cause&) = delete;

  std::shared_ptr<const cause> get() const noexcept { return {std::shared_ptr<const void>(), &lives_on_}; }

 private:
  const cause& lives_on_;
};

}  // namespace braid::detail
