// Memory for objects that live a short time and often are made on one thread and destroyed on another: jobs, tasks,
// frames of coroutines. A general allocator has to lock, or to wait for, the thread that made them.
//
// A thread keeps two magazines of free blocks for each size; full ones go to a depot that all threads share, and come
// from there, 32 blocks at a time: J. Bonwick, J. Adams: Magazines and Vmem, USENIX 2001, section 3.
//
// Costs a few nanoseconds; a lock once in 32 blocks. What is kept, at most: 64 blocks of a size a thread, until that
// ends, and a mebibyte of a size in the depot. The rest, and what is larger than 1,032 bytes, is the heap's. In the
// child of a fork the depot is a new one; at exit what is in the depot is left to the system.
//
// Frames of coroutines are aligned to 64 bytes: g++ 12 and clang 19 place what is over-aligned in a frame rightly
// relative to its start, and ask for 16 bytes whatever lies in it. So a SIMD value (32, with AVX-512 64) may be a
// parameter, a local variable, a value that is received or a task's result.
#pragma once

#include <cstddef>
#include <new>

#include "braid/base/sanitized.hpp"

namespace braid::detail {

inline constexpr std::size_t frame_alignment = 64;

/// Any thread.
struct block_cache {
  /// Aligned as by the plain operator new. Throws std::bad_alloc.
  static void* take(std::size_t size);
  /// `size` is that of its take().
  static void give(void* block, std::size_t size) noexcept;
  /// The same, aligned to frame_alignment.
  static void* take_frame(std::size_t size);
  static void give_frame(void* block, std::size_t size) noexcept;

  static constexpr std::size_t blocks_in_magazine = 32;
};

/// Base of a promise, whose coroutine's frame gets its memory there; but from the heap where a sanitizer watches, so
/// that a use after the end is seen. There is one form of operator new, since it is offered the coroutine's parameters.
class recycled_frame {
 public:
  static void* operator new(std::size_t size) {
    return BRAID_SANITIZED ? ::operator new (size, std::align_val_t{frame_alignment}) : block_cache::take_frame(size);
  }
  static void operator delete(void* block, std::size_t size) noexcept {
    if constexpr (BRAID_SANITIZED) return ::operator delete (block, std::align_val_t{frame_alignment});
    block_cache::give_frame(block, size);
  }

 protected:
  recycled_frame() = default;
  ~recycled_frame() = default;
};

/// The same for any class; objects that want a greater alignment are on the heap.
class recycled {
 public:
  static void* operator new(std::size_t size) {
    return BRAID_SANITIZED ? ::operator new(size) : block_cache::take(size);
  }
  static void operator delete(void* block, std::size_t size) noexcept {
    if constexpr (BRAID_SANITIZED) return ::operator delete(block);
    block_cache::give(block, size);
  }
  static void* operator new(std::size_t size, std::align_val_t to) { return ::operator new(size, to); }
  static void operator delete(void* block, std::align_val_t to) noexcept { ::operator delete(block, to); }

 protected:
  recycled() = default;
  ~recycled() = default;
};

}  // namespace braid::detail
