#include "cmd/braid/memory_limit.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include <cstddef>

namespace braid::cmd {
namespace {

constexpr std::size_t stack_of_a_thread = std::size_t{512} * 1024;

}  // namespace

std::optional<std::uint64_t> memory_limit() noexcept {
  rlimit addresses{};
  if (::getrlimit(RLIMIT_AS, &addresses) != 0 || addresses.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return addresses.rlim_cur;
}

void keep_to_memory_limit() noexcept {
  if (!memory_limit()) return;
  ::mallopt(M_ARENA_MAX, 1);
  pthread_attr_t small;
  if (::pthread_attr_init(&small) != 0) return;
  if (::pthread_attr_setstacksize(&small, stack_of_a_thread) == 0) ::pthread_setattr_default_np(&small);
  ::pthread_attr_destroy(&small);
}

}  // namespace braid::cmd
