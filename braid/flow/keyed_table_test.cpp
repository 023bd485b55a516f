#include "braid/flow/keyed_table.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace {

/// Keys that all have one hash.
struct alike {
  int number;
  bool operator==(const alike&) const = default;
};

}  // namespace

template<>
struct std::hash<alike> {
  std::size_t operator()(const alike&) const noexcept { return 7; }
};

namespace {

using braid::detail::keyed_table;

TEST(keyed_table, combines_the_values_of_a_key_and_keeps_the_order_of_the_first) {
  keyed_table<std::string, int> table;
  for (const char* word : {"b", "a", "b", "c", "b"}) table.add(word, 1, std::plus{});
  ASSERT_EQ(table.entries().size(), 3U);
  EXPECT_EQ(table.entries()[0].key, "b");
  EXPECT_EQ(table.entries()[0].value, 3);
  EXPECT_EQ(table.entries()[1].key, "a");
  EXPECT_EQ(table.entries()[2].value, 1);
}

TEST(keyed_table, finds_every_key_again_however_often_it_has_grown) {
  keyed_table<int, int> table;
  for (int round = 0; round < 3; ++round)
    for (int key = 0; key < 10'000; ++key) table.add(key * 4096, 1, std::plus{});
  ASSERT_EQ(table.entries().size(), 10'000U);
  for (const auto& entry : table.entries()) ASSERT_EQ(entry.value, 3) << entry.key;
}

TEST(keyed_table, tells_keys_of_one_hash_apart) {
  keyed_table<alike, int> table;
  for (int i = 0; i < 300; ++i) table.add({i % 100}, int{i}, std::plus{});
  ASSERT_EQ(table.entries().size(), 100U);
  for (const auto& entry : table.entries()) ASSERT_EQ(entry.value, 3 * entry.key.number + 300);
}

TEST(keyed_table, holds_what_cannot_be_copied) {
  keyed_table<int, std::unique_ptr<int>> table;
  const auto the_larger = [](std::unique_ptr<int> a, std::unique_ptr<int> b) {
    return *a < *b ? std::move(b) : std::move(a);
  };
  for (int i = 0; i < 100; ++i) table.add(int{i % 10}, std::make_unique<int>(i), the_larger);
  for (const auto& entry : table.entries()) EXPECT_EQ(*entry.value, 90 + entry.key);
}

}  // namespace
