#include "braid/base/intrusive_list.hpp"

#include <gtest/gtest.h>

namespace {

struct by_age;
struct by_name;
struct item : braid::detail::list_hook<by_age>, braid::detail::list_hook<by_name> {
  explicit item(int n) : number(n) {}
  int number;
};
template<class Tag>
using list = braid::detail::intrusive_list<item, Tag>;

}  // namespace

TEST(intrusive_list, elements_come_out_in_the_order_in_which_they_went_in) {
  item a(1), b(2), c(3);
  list<by_age> items;
  for (item* i : {&a, &b, &c}) items.push_back(*i);
  EXPECT_EQ(items.pop_front(), &a);
  EXPECT_EQ(items.pop_front(), &b);
  EXPECT_EQ(items.pop_front(), &c);
  EXPECT_EQ(items.pop_front(), nullptr);
}

TEST(intrusive_list, what_is_put_in_front_comes_out_first) {
  item a(1), b(2), c(3);
  list<by_age> items;
  items.push_front(a);
  items.push_back(b);
  items.push_front(c);
  for (item* i : {&c, &a, &b}) EXPECT_EQ(items.pop_front(), i);
  EXPECT_TRUE(items.empty());
}

TEST(intrusive_list, an_element_leaves_from_the_middle_without_its_list) {
  item a(1), b(2), c(3);
  list<by_age> items;
  for (item* i : {&a, &b, &c}) items.push_back(*i);
  list<by_age>::erase(b);
  EXPECT_FALSE(b.braid::detail::list_hook<by_age>::linked());
  EXPECT_EQ(items.next(a), &c);
  EXPECT_EQ(items.next(c), nullptr);
}

TEST(intrusive_list, one_element_is_in_two_lists_at_once) {
  item a(1), b(2);
  list<by_age> ages;
  list<by_name> names;
  ages.push_back(a);
  ages.push_back(b);
  names.push_back(b);
  names.push_back(a);
  EXPECT_EQ(ages.front(), &a);
  EXPECT_EQ(names.front(), &b);
  list<by_age>::erase(a);
  EXPECT_EQ(names.next(b), &a);
}
