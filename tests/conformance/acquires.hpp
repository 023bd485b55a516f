// O7 for what limits others: whether an acquire can be made of it.
#pragma once

#include <utility>

namespace braid::conformance {

template<class Limit>
concept acquires = requires(Limit&& from) {
  std::forward<Limit>(from).acquire();
};

}  // namespace braid::conformance
