#include "explore/arena.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace explore::arena {
namespace {

constexpr std::size_t capacity = 8 << 20;
constexpr std::size_t header = 16;  // holds the size, keeps malloc's alignment
alignas(4096) unsigned char block[capacity];
std::size_t next = 0;
bool is_open = false;

bool inside(const void* p) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(p);
  const auto begin = reinterpret_cast<std::uintptr_t>(block);
  return at >= begin && at < begin + capacity;
}

void* take(std::size_t size, std::size_t alignment) {
  if (!is_open) {
    void* p = alignment <= header ? std::malloc(size == 0 ? 1 : size)
                                  : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (p == nullptr) throw std::bad_alloc();
    return p;
  }
  alignment = std::max(alignment, header);
  const std::size_t at = (next + header + alignment - 1) / alignment * alignment;
  if (at + size > capacity) {
    std::fputs("explore: one schedule allocated more than 8 MiB; make the scenario smaller\n", stderr);
    std::abort();
  }
  std::memcpy(block + at - sizeof size, &size, sizeof size);
  std::memset(block + at, 0xCD, size);
  next = at + size;
  return block + at;
}

void give(void* p) noexcept {
  if (p == nullptr) return;
  if (!inside(p)) return std::free(p);
  std::size_t size;
  std::memcpy(&size, static_cast<unsigned char*>(p) - sizeof size, sizeof size);
  std::memset(p, 0xDD, size);
}

}  // namespace

bool open(bool on) noexcept {
  return std::exchange(is_open, on);
}
void reset() noexcept {
  next = 0;
}
std::size_t used() noexcept {
  return next;
}

}  // namespace explore::arena

void* operator new(std::size_t size) {
  return explore::arena::take(size, 1);
}
void* operator new[](std::size_t size) {
  return explore::arena::take(size, 1);
}
void* operator new(std::size_t size, std::align_val_t a) {
  return explore::arena::take(size, std::size_t(a));
}
void* operator new[](std::size_t size, std::align_val_t a) {
  return explore::arena::take(size, std::size_t(a));
}
void operator delete(void* p) noexcept {
  explore::arena::give(p);
}
void operator delete[](void* p) noexcept {
  explore::arena::give(p);
}
void operator delete(void* p, std::size_t) noexcept {
  explore::arena::give(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  explore::arena::give(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
  explore::arena::give(p);
}
void operator delete[](void* p, std::align_val_t) noexcept {
  explore::arena::give(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  explore::arena::give(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  explore::arena::give(p);
}
