#include "conformance/allocation_count.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> calls{0};
std::atomic<std::size_t> live{0};

void* take(std::size_t size) {
  void* const memory = std::malloc(size ? size : 1);
  if (!memory) throw std::bad_alloc();
  calls.fetch_add(1);
  live.fetch_add(malloc_usable_size(memory));
  return memory;
}

void give_back(void* memory) noexcept {
  if (memory) live.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

namespace braid::conformance {
std::size_t allocations() noexcept {
  return calls.load();
}
std::size_t live_bytes() noexcept {
  return live.load();
}
}  // namespace braid::conformance

void* operator new(std::size_t size) {
  return take(size);
}
void* operator new[](std::size_t size) {
  return take(size);
}
void operator delete(void* memory) noexcept {
  give_back(memory);
}
void operator delete[](void* memory) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  give_back(memory);
}
