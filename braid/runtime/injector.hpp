// Work that belongs to no seat yet: made ready by outside threads, spawned, or spilled by a full ring. In shards, so
// that the threads that push do not contend for one lock.
//
// Invariants
// 1. A shard's list and size change under its lock; the size is raised by a read-modify-write before the push returns
//    (idle_set.hpp, invariant 4, needs one there).
// 2. After it has released the lock, push() touches nothing of the injector except what `claim` returned. From then on
//    the work may run and end its task, and the executor may be destroyed by a thread that takes each lock once.
#pragma once

#include <cstdint>
#include <memory>

#include "braid/base/spin_lock.hpp"
#include "braid/runtime/runnable.hpp"

namespace braid::detail {

class injector {
 public:
  explicit injector(std::uint32_t shards) : count_(shards), shards_(std::make_unique<shard[]>(shards)) {}

  /// Enqueues `work` in the shard of `hint`. With that shard's lock held, calls `claim` and returns its result: what
  /// the caller has to wake afterwards.
  template<class Claim>
  auto push(runnable& work, std::uint32_t hint, Claim claim) noexcept {
    shard& s = shard_of(hint);
    spin_guard guard(s.lock);
    s.list.push(work);
    s.size.fetch_add(1);
    return claim();
  }
  /// The same for the `count` entries of `many`.
  template<class Claim>
  auto push(runnable_list& many, std::uint32_t count, std::uint32_t hint, Claim claim) noexcept {
    shard& s = shard_of(hint);
    spin_guard guard(s.lock);
    s.list.append(many);
    s.size.fetch_add(count);
    return claim();
  }

  bool empty() const noexcept {
    for (std::uint32_t i = 0; i < count_; ++i)
      if (shards_[i].size.load() != 0) return false;
    return true;
  }

  /// Moves the oldest entries of one shard that has some to `taken`: a fair part for one of `takers`, but at most
  /// `most`. The search starts at the shard of `hint`. Returns the number of entries moved.
  std::uint32_t take(runnable_list& taken, std::uint32_t most, std::uint32_t takers, std::uint32_t hint) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      shard& s = shard_of(hint + i);
      if (s.size.load() == 0) continue;
      spin_guard guard(s.lock);
      const std::uint32_t part = fair_part(s.size.load(), most, takers);
      for (std::uint32_t n = 0; n < part; ++n) taken.push(*s.list.pop());
      if (part == 0) continue;
      s.size.fetch_sub(part);
      return part;
    }
    return 0;
  }

  /// Waits until no thread holds a lock: then no thread is in push() any more.
  void wait_for_pushers() noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) spin_guard guard(shards_[i].lock);
  }

 private:
  struct alignas(64) shard {
    spin_lock lock;
    runnable_list list BRAID_GUARDED_BY(lock);
    atomic<std::uint32_t> size{0};
  };
  static std::uint32_t fair_part(std::uint32_t size, std::uint32_t most, std::uint32_t takers) noexcept {
    const std::uint32_t part = (size + takers - 1) / takers;
    return part < most ? part : most;
  }
  shard& shard_of(std::uint32_t hint) noexcept { return shards_[hint % count_]; }

  const std::uint32_t count_;
  const std::unique_ptr<shard[]> shards_;
};

}  // namespace braid::detail
