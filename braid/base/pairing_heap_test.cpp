#include "braid/base/pairing_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "braid/base/random.hpp"

namespace {

struct entry : braid::detail::heap_hook<entry> {
  explicit entry(unsigned k) : key(k) {}
  unsigned key;
};
struct less {
  bool operator()(const entry& a, const entry& b) const { return a.key < b.key; }
};
using min_heap = braid::detail::pairing_heap<entry, less>;

}  // namespace

TEST(pairing_heap, an_empty_heap_has_no_top) {
  EXPECT_EQ(min_heap().top(), nullptr);
}

TEST(pairing_heap, agrees_with_a_sorted_multiset_under_random_pushes_pops_and_erases) {
  braid::random_engine random(42);
  for (int round = 0; round < 50; ++round) {
    std::deque<entry> entries;
    std::vector<entry*> in_heap;
    std::multiset<unsigned> keys;
    min_heap h;
    for (int step = 0; step < 400; ++step) {
      const unsigned what = random.below(10);
      if (what < 6 || in_heap.empty()) {
        entry& e = entries.emplace_back(random.below(100));
        h.push(e);
        in_heap.push_back(&e);
        keys.insert(e.key);
      } else {
        entry* const victim = what < 8 ? h.top() : in_heap[random.below(static_cast<unsigned>(in_heap.size()))];
        what < 8 ? h.pop() : h.erase(*victim);
        std::erase(in_heap, victim);
        keys.erase(keys.find(victim->key));
        EXPECT_FALSE(victim->in_heap());
      }
      ASSERT_EQ(h.empty(), keys.empty());
      if (!keys.empty()) {
        ASSERT_EQ(h.top()->key, *keys.begin());
      }
    }
  }
}
