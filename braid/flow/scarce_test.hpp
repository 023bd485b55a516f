// For tests: an item of which no container can have more than so many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

/// Where a std::vector of these needs room for more than `most`, it gets std::bad_alloc.
struct scarce {
  int number;
  bool operator==(const scarce&) const = default;

  /// While one of these lives.
  class limit {
   public:
    explicit limit(std::size_t items) noexcept { most = items; }
    ~limit() { most = SIZE_MAX; }
    limit(const limit&) = delete;
    limit& operator=(const limit&) = delete;
  };
  static inline std::size_t most = SIZE_MAX;
};

template<>
struct std::allocator<scarce> {
  using value_type = scarce;
  scarce* allocate(std::size_t items) {
    if (items > scarce::most) throw std::bad_alloc();
    return static_cast<scarce*>(::operator new(items * sizeof(scarce)));
  }
  void deallocate(scarce* memory, std::size_t) noexcept { ::operator delete(memory); }
  bool operator==(const allocator&) const = default;
};
