#include "braid/runtime/block_cache.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <utility>

#include "braid/base/spin_lock.hpp"
#include "braid/runtime/process_wide.hpp"

namespace braid::detail {
namespace {

/// A free one.
struct block {
  block* next;
  block* next_magazine;  ///< Of the first block of one in the depot.
};

constexpr std::size_t most_kept = std::size_t{1} << 20;
// Sizes that the heap, which has a word of its own in front of each, wastes nothing of: 24, 40, 56, ...
constexpr std::size_t smallest = 24, grain = 16, kinds = 64;
static_assert(sizeof(block) <= smallest);

constexpr std::size_t kind_of(std::size_t size) noexcept {
  return (std::max(size, smallest) - smallest + grain - 1) / grain;
}
constexpr std::size_t size_of(std::size_t kind) noexcept {
  return smallest + kind * grain;
}
static_assert(kind_of(1) == 0 && kind_of(smallest) == 0 && kind_of(smallest + 1) == 1);
static_assert(kind_of(size_of(kinds - 1)) == kinds - 1);

void free_all(block* first) noexcept {
  while (first) ::operator delete(std::exchange(first, first->next));
}

/// Full magazines, of one size.
class rack {
 public:
  /// Null: there is none.
  block* take() noexcept {
    spin_guard guard(lock_);
    if (!magazines_) return nullptr;
    --count_;
    return std::exchange(magazines_, magazines_->next_magazine);
  }
  /// False: it has enough.
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

/// A thread's own blocks. Trivial, so that it outlives whatever the thread destroys at its end.
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
    for (magazine& one : mine.loaded) free_all(std::exchange(one, {}).top);
    for (magazine& one : mine.spare) free_all(std::exchange(one, {}).top);
  }
};

/// False: it ends.
bool may_keep_blocks(thread_blocks& mine) noexcept {
  if (mine.stage == thread_stage::ends) return false;
  static thread_local const at_thread_end frees_them;
  mine.stage = thread_stage::keeps_blocks;
  return true;
}

/// Null: a depot could not be made.
rack* rack_of(std::size_t kind) noexcept {
  try {
    return &process_wide<depot>::get().racks[kind];
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

/// The thread has no block of the kind.
void* take_slowly(thread_blocks& mine, std::size_t kind) {
  magazine& loaded = mine.loaded[kind];
  if (mine.spare[kind].count > 0) {
    std::swap(loaded, mine.spare[kind]);
    return loaded.pop();
  }
  rack* const shared = may_keep_blocks(mine) ? rack_of(kind) : nullptr;
  block* const full = shared ? shared->take() : nullptr;
  if (!full) return ::operator new(size_of(kind));
  loaded = {full, block_cache::blocks_in_magazine};
  return loaded.pop();
}

/// The thread's loaded magazine is full.
void make_room(thread_blocks& mine, std::size_t kind) noexcept {
  magazine& spare = mine.spare[kind];
  if (spare.count > 0) {
    rack* const shared = rack_of(kind);
    const std::size_t most = most_kept / (block_cache::blocks_in_magazine * size_of(kind));
    if (!shared || !shared->give(*spare.top, most)) free_all(spare.top);
  }
  spare = std::exchange(mine.loaded[kind], {});
}

}  // namespace

[[gnu::noinline]] void* block_cache::take(std::size_t size) {
  asm volatile("" ::: "memory");  // no coroutine may keep the address of blocks_here, also under link-time optimisation
  const std::size_t kind = kind_of(size);
  if (kind >= kinds) return ::operator new(size);
  thread_blocks& mine = blocks_here;
  magazine& loaded = mine.loaded[kind];
  return loaded.count > 0 ? loaded.pop() : take_slowly(mine, kind);
}

[[gnu::noinline]] void block_cache::give(void* memory, std::size_t size) noexcept {
  asm volatile("" ::: "memory");  // as above
  const std::size_t kind = kind_of(size);
  thread_blocks& mine = blocks_here;
  if (kind >= kinds) return ::operator delete(memory);
  if (mine.stage != thread_stage::keeps_blocks && !may_keep_blocks(mine)) return ::operator delete(memory);
  if (mine.loaded[kind].is_full()) make_room(mine, kind);
  mine.loaded[kind].push(*::new (memory) block);
}

}  // namespace braid::detail
