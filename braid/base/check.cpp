#include "braid/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace braid::detail {

void fail(const char* sentence, const char* file, int line) noexcept {
  std::fprintf(stderr, "braid: %s (%s:%d)\n", sentence, file, line);
  std::abort();
}

}  // namespace braid::detail
