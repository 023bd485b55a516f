#include "braid/runtime/flat_end.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "braid/runtime/task.hpp"

namespace {

using braid::detail::chain_link;
using braid::detail::end_flat;

struct link : chain_link {
  static inline std::vector<int> ended;
  static inline int nested = 0, most_nested = 0;
  link(int n, link* after) : number(n), next_one(after) {}
  static void end(chain_link& l) noexcept {
    link* const self = static_cast<link*>(&l);
    most_nested = std::max(most_nested, ++nested);
    if (self->next_one) end_flat(*self->next_one, end);
    ended.push_back(self->number);
    delete self;
    --nested;
  }
  int number;
  link* next_one;
};

TEST(flat_end, a_chain_of_any_length_ends_once_each_within_fifty_nested_calls) {
  link::ended.clear();
  link* chain = nullptr;
  for (int i = 0; i < 200'000; ++i) chain = new link(i, chain);
  end_flat(*chain, link::end);
  ASSERT_EQ(link::ended.size(), 200'000u);
  std::sort(link::ended.begin(), link::ended.end());
  for (int i = 0; i < 200'000; ++i) ASSERT_EQ(link::ended[static_cast<std::size_t>(i)], i);
  EXPECT_LE(link::most_nested, 51);
}

TEST(flat_end, a_short_chain_ends_from_the_inside_out_as_destructors_do) {
  link::ended.clear();
  end_flat(*new link(0, new link(1, new link(2, nullptr))), link::end);
  EXPECT_EQ(link::ended, (std::vector<int>{2, 1, 0}));
}

braid::task<int> wrap(braid::task<int> inner) {
  const int n = co_await inner;
  co_return n + 1;
}
braid::task<int> one() {
  co_return 1;
}
braid::task<int> wrapped(int times) {
  braid::task<int> chain = one();
  for (int i = 0; i < times; ++i) chain = wrap(std::move(chain));
  return chain;
}

TEST(flat_end, a_chain_of_tasks_that_were_never_started_goes_without_a_deep_stack) {
  const braid::task<int> chain = wrapped(300'000);
}

TEST(flat_end, a_chain_of_tasks_runs_and_ends_without_a_deep_stack) {
  EXPECT_EQ(wrapped(300'000).get(), 300'001);
}

}  // namespace
