#include "braid/runtime/flat_end.hpp"

#include <utility>

namespace braid::detail {
#ifdef BRAID_EXPLORE

// Explored threads share the thread-local variables of one thread, and some are abandoned half way.
void end_flat(chain_link& link, void (*end)(chain_link&) noexcept) noexcept {
  end(link);
}

#else
namespace {

constexpr unsigned most_nested = 50;

struct nested_ends {
  unsigned depth;
  chain_link* left;  ///< Non-null only while depth == most_nested.
};
constinit thread_local nested_ends ends_here{};

}  // namespace

[[gnu::noinline]] void end_flat(chain_link& link, void (*end)(chain_link&) noexcept) noexcept {
  asm volatile("" ::: "memory");  // no coroutine may keep ends_here's address, not even under link-time optimisation
  nested_ends& here = ends_here;
  if (here.depth == most_nested) {
    link.end = end;
    link.next = std::exchange(here.left, &link);
    return;
  }
  ++here.depth;
  end(link);
  if (here.depth == most_nested)
    while (chain_link* const one = here.left) {
      here.left = one->next;
      one->end(*one);
    }
  --here.depth;
}

#endif
}  // namespace braid::detail
