#include "braid/runtime/block_cache.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace {

using braid::detail::block_cache;
constexpr std::size_t in_magazine = block_cache::blocks_in_magazine;

std::vector<void*> take_many(std::size_t count, std::size_t size) {
  std::vector<void*> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(std::memset(block_cache::take(size), 0xbd, size));
  return blocks;
}
void give_all(const std::vector<void*>& blocks, std::size_t size) {
  for (void* const one : blocks) block_cache::give(one, size);
}
bool are_apart(std::vector<void*> blocks, std::size_t size) {
  std::sort(blocks.begin(), blocks.end());
  for (std::size_t i = 1; i < blocks.size(); ++i)
    if (static_cast<std::byte*>(blocks[i]) - static_cast<std::byte*>(blocks[i - 1]) < static_cast<std::ptrdiff_t>(size))
      return false;
  return true;
}

TEST(block_cache, gives_back_what_the_thread_has_given) {
  void* const one = block_cache::take(100);
  block_cache::give(one, 100);
  EXPECT_EQ(block_cache::take(100), one);
  block_cache::give(one, 100);
}

TEST(block_cache, blocks_of_every_size_are_aligned_and_do_not_overlap) {
  for (std::size_t size : {1U, 8U, 24U, 25U, 40U, 41U, 500U, 1032U, 1033U, 5000U}) {
    std::vector<void*> all = take_many(3 * in_magazine, size);
    give_all(all, size);
    all = take_many(5 * in_magazine, size);  // some of them again
    EXPECT_TRUE(are_apart(all, size)) << size;
    for (void* const one : all) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one) % alignof(std::max_align_t), 0U);
    give_all(all, size);
  }
}

TEST(block_cache, what_one_thread_frees_another_may_have) {
  constexpr std::size_t size = 200, count = 10 * in_magazine;
  std::vector<void*> made = take_many(count, size);
  std::thread([&] { give_all(made, size); }).join();
  const std::vector<void*> again = take_many(count, size);
  std::vector<void*> both;
  const std::set<void*> before(made.begin(), made.end());
  std::copy_if(again.begin(), again.end(), std::back_inserter(both), [&](void* one) { return before.contains(one); });
  EXPECT_GE(both.size(), count - 2 * in_magazine);  // but for the magazines that ended with the thread
  EXPECT_TRUE(are_apart(again, size));
  give_all(again, size);
}

TEST(block_cache, passes_blocks_round_among_threads_that_all_take_and_give) {
  constexpr std::size_t size = 300;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      std::vector<void*> mine;
      for (std::size_t round = 0; round < 300; ++round) {
        const std::vector<void*> more = take_many(round % 97, size);
        mine.insert(mine.end(), more.begin(), more.end());
        const std::size_t keeps = round * 31 % 113;
        for (; mine.size() > keeps; mine.pop_back()) {
          const auto* const bytes = static_cast<const unsigned char*>(mine.back());
          ASSERT_TRUE(std::all_of(bytes, bytes + size, [](unsigned char b) { return b == 0xbd; }));
          block_cache::give(mine.back(), size);
        }
      }
      give_all(mine, size);
    });
  for (std::thread& each : threads) each.join();
}

TEST(block_cache, a_thread_may_use_it_to_its_very_end) {
  struct at_end {
    void* block = nullptr;
    ~at_end() {
      if (!block) return;
      block_cache::give(block, 64);
      block_cache::give(block_cache::take(64), 64);
    }
  };
  std::thread([] {
    static thread_local at_end last;  // made first, destroyed after the thread's own blocks
    last.block = block_cache::take(64);
    give_all(take_many(3 * in_magazine, 64), 64);
  }).join();
}

TEST(block_cache, the_child_of_a_fork_goes_on_with_a_depot_of_its_own) {
  const std::vector<void*> parents = take_many(5 * in_magazine, 64);
  give_all(parents, 64);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    const std::vector<void*> blocks = take_many(5 * in_magazine, 64);
    const auto is_parents = [&](void* one) { return std::find(parents.begin(), parents.end(), one) != parents.end(); };
    const auto kept = std::count_if(blocks.begin(), blocks.end(), is_parents);
    const bool well = are_apart(blocks, 64) && kept <= static_cast<int>(2 * in_magazine);  // the thread's own
    give_all(blocks, 64);
    ::_exit(well ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

struct alignas(128) wide final : braid::detail::recycled {
  int number = 0;
};

TEST(block_cache, an_object_with_a_greater_alignment_has_it) {
  std::vector<wide*> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(new wide);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(all.back()) % alignof(wide), 0U);
  }
  for (const wide* const one : all) delete one;
}

}  // namespace
