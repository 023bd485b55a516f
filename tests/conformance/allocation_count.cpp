#include "conformance/allocation_count.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "braid/base/sanitized.hpp"

namespace {

std::atomic<std::size_t> new_calls{0};
std::atomic<std::size_t> live{0};

/// How many calls are left until one fails; none: no call will.
constexpr std::size_t none = static_cast<std::size_t>(-1);
thread_local std::size_t left = none;
thread_local bool failed = false;

}  // namespace

namespace braid::conformance {
std::size_t allocations() noexcept {
  return new_calls.load();
}
std::size_t live_bytes() noexcept {
  return live.load();
}
void fail_allocation_after(std::size_t spared) noexcept {
  left = spared;
  failed = false;
}
bool allocation_has_failed() noexcept {
  left = none;
  return failed;
}
const bool allocations_can_fail = !BRAID_SANITIZED;
}  // namespace braid::conformance

#if BRAID_SANITIZED
// The sanitizer's own operator new cannot be replaced; it calls hooks.
#include <sanitizer/allocator_interface.h>

namespace {

const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) {
      // A plain count; the hook must not add to what TSan sees ordered.
      new_calls.fetch_add(1, std::memory_order_relaxed);
      live.fetch_add(size, std::memory_order_relaxed);  // the same
    },
    [](const volatile void* memory) {
      live.fetch_sub(__sanitizer_get_allocated_size(const_cast<const void*>(memory)),
                     std::memory_order_relaxed);  // the same
    });

}  // namespace
#else

namespace {

void* take(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  if (left != none && left-- == 0) {
    left = none;
    failed = true;
    throw std::bad_alloc();
  }
  const std::size_t whole = (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, whole);
  if (!memory) throw std::bad_alloc();
  new_calls.fetch_add(1);
  live.fetch_add(malloc_usable_size(memory));
  return memory;
}

void give_back(void* memory) noexcept {
  if (memory) live.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return take(size);
}
void* operator new[](std::size_t size) {
  return take(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  give_back(memory);
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
#endif
