// A new object behind a pointer to its base. The unique_ptr of each derived class, which nothing needs, is never
// instantiated: where a derived class is a template of the user's function, that is an eighth of the compile time.
#pragma once

#include <memory>
#include <utility>

namespace braid::detail {

template<class Base, class Derived, class... Args>
std::unique_ptr<Base> make_derived(Args&&... args) {
  return std::unique_ptr<Base>(new Derived(std::forward<Args>(args)...));
}

}  // namespace braid::detail
