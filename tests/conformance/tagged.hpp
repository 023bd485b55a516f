// A value that can be told from every other one.
#pragma once

namespace braid::conformance {

struct tagged {
  int sender;
  int number;  ///< Counts the values of this sender.
};

}  // namespace braid::conformance
