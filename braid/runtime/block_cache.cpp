#include "braid/runtime/block_cache.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <utility>

#include "braid/base/spin_lock.hpp"
#include "braid/runtime/fork_safe_singleton.hpp"

namespace braid::detail {
namespace {

/// A free block.
struct block {
  block* next;
  block* next_magazine;  ///< Set in the first block of a magazine that is in the depot.
};

constexpr std::size_t most_kept = std::size_t{1} << 20;
// Sizes that fit the heap's one-word header without waste: 24, 40, 56, ...
constexpr std::size_t smallest = 24, grain = 16, plain_kinds = 64;
static_assert(sizeof(block) <= smallest);
// The kinds of frames follow. Their sizes are multiples of their alignment.
constexpr std::size_t frame_kinds = 16, kinds = plain_kinds + frame_kinds;
static_assert(sizeof(block) <= frame_alignment);

constexpr std::size_t kind_of(std::size_t size) noexcept {
  return (std::max(size, smallest) - smallest + grain - 1) / grain;
}
/// Returns the kind of a frame. Frames of kind `kinds` or more are not kept.
constexpr std::size_t kind_of_frame(std::size_t size) noexcept {
  return plain_kinds + (size - 1) / frame_alignment;
}
constexpr bool is_frame(std::size_t kind) noexcept {
  return kind >= plain_kinds;
}
constexpr std::size_t size_of(std::size_t kind) noexcept {
  return is_frame(kind) ? (kind - plain_kinds + 1) * frame_alignment : smallest + kind * grain;
}
static_assert(kind_of(1) == 0 && kind_of(smallest) == 0 && kind_of(smallest + 1) == 1);
static_assert(kind_of(size_of(plain_kinds - 1)) == plain_kinds - 1);
static_assert(kind_of_frame(1) == plain_kinds && kind_of_frame(64) == plain_kinds);
static_assert(kind_of_frame(65) == plain_kinds + 1 && kind_of_frame(size_of(kinds - 1)) == kinds - 1);

void* from_heap(std::size_t size, bool frame) {
  return frame ? ::operator new (size, std::align_val_t{frame_alignment}) : ::operator new(size);
}
void to_heap(void* block, bool frame) noexcept {
  // No conditional expression: clang (14 and 19) would call both, see findings/clang_conditional_delete.sh.
  if (frame) return ::operator delete (block, std::align_val_t{frame_alignment});
  ::operator delete(block);
}
void free_all(block* first, std::size_t kind) noexcept {
  while (first) to_heap(std::exchange(first, first->next), is_frame(kind));
}

/// Full magazines of one size.
class rack {
 public:
  /// Null if there is none.
  block* take() noexcept {
    spin_guard guard(lock_);
    if (!magazines_) return nullptr;
    --count_;
    return std::exchange(magazines_, magazines_->next_magazine);
  }
  /// Returns false if the rack has `most` magazines already.
  bool give(block& magazine, std::size_t most) noexcept {
    spin_guard guard(lock_);
    if (count_ == most) return false;
    ++count_;
    magazine.next_magazine = std::exchange(magazines_, &magazine);
    return true;
  }

 private:
  spin_lock lock_;  ///< Covers the rest.
  block* magazines_ BRAID_GUARDED_BY(lock_) = nullptr;
  std::size_t count_ BRAID_GUARDED_BY(lock_) = 0;
};

struct depot {
  std::array<rack, kinds> racks;
};

struct magazine {
  block* top = nullptr;
  std::size_t count = 0;

  bool is_full() const noexcept { return count == block_cache::blocks_in_magazine; }
  block* pop() noexcept {
    --count;
    return std::exchange(top, top->next);
  }
  void push(block& one) noexcept {
    ++count;
    one.next = std::exchange(top, &one);
  }
};

enum class thread_stage : std::uint8_t { has_kept_nothing, keeps_blocks, ends };

/// A thread's own blocks. Trivial, so that it outlives everything that the thread destroys at its exit.
struct thread_blocks {
  std::array<magazine, kinds> loaded;
  std::array<magazine, kinds> spare;  ///< Full or empty.
  thread_stage stage;
};

constinit thread_local thread_blocks blocks_here{};

struct at_thread_end {
  ~at_thread_end() {
    thread_blocks& mine = blocks_here;
    mine.stage = thread_stage::ends;
    for (auto* const all : {&mine.loaded, &mine.spare})
      for (std::size_t kind = 0; kind < kinds; ++kind) free_all(std::exchange((*all)[kind], {}).top, kind);
  }
};

/// Returns false once the thread is exiting.
bool may_keep_blocks(thread_blocks& mine) noexcept {
  if (mine.stage == thread_stage::ends) return false;
  static thread_local const at_thread_end frees_them;
  mine.stage = thread_stage::keeps_blocks;
  return true;
}

/// Null if a depot could not be made.
rack* rack_of(std::size_t kind) noexcept {
  try {
    return &fork_safe_singleton<depot>::get().racks[kind];
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

/// Takes a block of the kind when the thread's loaded magazine is empty.
void* take_slowly(thread_blocks& mine, std::size_t kind) {
  magazine& loaded = mine.loaded[kind];
  if (mine.spare[kind].count > 0) {
    std::swap(loaded, mine.spare[kind]);
    return loaded.pop();
  }
  rack* const shared = may_keep_blocks(mine) ? rack_of(kind) : nullptr;
  block* const full = shared ? shared->take() : nullptr;
  if (!full) return from_heap(size_of(kind), is_frame(kind));
  loaded = {full, block_cache::blocks_in_magazine};
  return loaded.pop();
}

/// Empties the thread's loaded magazine, which is full.
void make_room(thread_blocks& mine, std::size_t kind) noexcept {
  magazine& spare = mine.spare[kind];
  if (spare.count > 0) {
    rack* const shared = rack_of(kind);
    const std::size_t most = most_kept / (block_cache::blocks_in_magazine * size_of(kind));
    if (!shared || !shared->give(*spare.top, most)) free_all(spare.top, kind);
  }
  spare = std::exchange(mine.loaded[kind], {});
}

void* take_kind(std::size_t kind) {
  thread_blocks& mine = blocks_here;
  magazine& loaded = mine.loaded[kind];
  return loaded.count > 0 ? loaded.pop() : take_slowly(mine, kind);
}

void give_kind(void* memory, std::size_t kind) noexcept {
  thread_blocks& mine = blocks_here;
  if (mine.stage != thread_stage::keeps_blocks && !may_keep_blocks(mine)) return to_heap(memory, is_frame(kind));
  if (mine.loaded[kind].is_full()) make_room(mine, kind);
  mine.loaded[kind].push(*::new (memory) block);
}

}  // namespace

// No coroutine may keep the address of blocks_here, not even under link-time optimisation.

[[gnu::noinline]] void* block_cache::take(std::size_t size) {
  asm volatile("" ::: "memory");
  const std::size_t kind = kind_of(size);
  return kind < plain_kinds ? take_kind(kind) : ::operator new(size);
}

[[gnu::noinline]] void block_cache::give(void* memory, std::size_t size) noexcept {
  asm volatile("" ::: "memory");
  const std::size_t kind = kind_of(size);
  if (kind < plain_kinds) return give_kind(memory, kind);
  ::operator delete(memory);
}

[[gnu::noinline]] void* block_cache::take_frame(std::size_t size) {
  asm volatile("" ::: "memory");
  const std::size_t kind = kind_of_frame(size);
  return kind < kinds ? take_kind(kind) : from_heap(size, true);
}

[[gnu::noinline]] void block_cache::give_frame(void* memory, std::size_t size) noexcept {
  asm volatile("" ::: "memory");
  const std::size_t kind = kind_of_frame(size);
  kind < kinds ? give_kind(memory, kind) : to_heap(memory, true);
}

}  // namespace braid::detail
