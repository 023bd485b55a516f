#include "braid/base/meldable_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace {

struct meldable : braid::detail::meld_hook<meldable> {
  explicit meldable(int k) noexcept : key(k) {}
  int key;
};
struct greater {
  static inline int calls = 0;
  bool operator()(const meldable& a, const meldable& b) const noexcept { return ++calls, a.key > b.key; }
};
using max_heap = braid::detail::meldable_heap<meldable, greater>;

}  // namespace

TEST(meldable_heap, gives_its_elements_in_order_whatever_is_pushed_and_erased_between) {
  braid::random_engine random(7);
  max_heap h;
  std::deque<meldable> items;
  std::vector<meldable*> in;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t pick = random.below(5);
    if (pick < 3 && in.size() < 200) {
      in.push_back(&items.emplace_back(static_cast<int>(random.below(50))));
      h.push(*in.back());
    } else if (!in.empty()) {
      const auto which = in.begin() + random.below(static_cast<std::uint32_t>(in.size()));
      const auto chosen = pick == 3 ? which : std::find(in.begin(), in.end(), h.top());
      ASSERT_NE(chosen, in.end());
      h.erase(**chosen);
      in.erase(chosen);
    }
    const auto greatest =
        std::max_element(in.begin(), in.end(), [](meldable* a, meldable* b) { return a->key < b->key; });
    ASSERT_EQ(h.top() ? h.top()->key : -1, greatest == in.end() ? -1 : (*greatest)->key);
  }
}

TEST(meldable_heap, compares_logarithmically_often_also_when_keys_come_in_order) {
  constexpr int size = 4096;
  for (const int direction : {1, -1}) {
    max_heap h;
    std::deque<meldable> items;
    greater::calls = 0;
    for (int i = 0; i < size; ++i) h.push(items.emplace_back(direction * i));
    while (h.top()) h.erase(*h.top());
    EXPECT_LT(greater::calls, 4 * 12 * size)
        << "2 operations on each of 4096 elements, 2 * log2(4096) comparisons each";
  }
}
