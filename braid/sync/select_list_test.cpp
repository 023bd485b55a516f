#include "braid/sync/select_list.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;

std::vector<braid::channel<int>> listed_channels(int n) {
  std::vector<braid::channel<int>> all;
  for (int i = 0; i < n; ++i) all.emplace_back(1);
  return all;
}

/// Receives from each channel of the list until all have ended, by way of whatever performs a select.
template<class List>
braid::task<int> add_up_listed(List* in) {
  int sum = 0;
  for (;;) {
    const std::size_t won = co_await braid::select(in->cases());
    if (won == braid::none) co_return sum;
    if (const auto v = (*in)[won].result()) {
      sum += *v;
    } else {
      in->erase(won);
    }
  }
}

using list_of_receives = braid::select_list<decltype(std::declval<braid::receiver<int>&>().recv())>;
static_assert(!std::is_copy_constructible_v<list_of_receives>);
static_assert(std::is_nothrow_move_constructible_v<list_of_receives>, "the operations stay where they are");

}  // namespace

TEST(select_list, tells_which_of_its_operations_won_and_has_its_result) {
  auto channels = listed_channels(5);
  braid::select_list in(channels, [](auto& ch) { return ch.rx.recv(); });
  ASSERT_EQ(in.size(), 5u);
  EXPECT_EQ(braid::try_select(in.cases()), braid::none);
  ASSERT_TRUE(channels[3].tx.try_send(7));
  EXPECT_EQ(braid::select(in.cases()).get(), 3u);
  EXPECT_EQ(in[3].result(), 7);
}

TEST(select_list, a_thread_waits_for_one_of_its_operations) {
  auto channels = listed_channels(20);
  braid::select_list in(channels, [](auto& ch) { return ch.rx.recv(); });
  std::thread sender([&] { EXPECT_TRUE(channels[13].tx.send(1).get()); });
  EXPECT_EQ(braid::select(braid::biased, in.cases()).get(), 13u);
  EXPECT_EQ(in[13].result(), 1);
  sender.join();
}

TEST(select_list, a_task_receives_from_all_until_each_has_ended) {
  auto channels = listed_channels(10);
  braid::select_list in(channels, [](auto& ch) { return ch.rx.recv(); });
  std::thread sender([&] {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(channels[static_cast<std::size_t>(i * 7 % 10)].tx.send(i).get());
    for (auto& ch : channels) ch.tx.close();
  });
  EXPECT_EQ(add_up_listed(&in).get(), 4950);
  EXPECT_TRUE(in.empty());
  sender.join();
}

TEST(select_list, without_an_operation_that_is_left_gives_none) {
  list_of_receives in;
  EXPECT_EQ(braid::select(in.cases()).get(), braid::none);
  braid::channel<int> ch(1);
  in.add([&] { return ch.rx.recv(); }).disable();
  EXPECT_EQ(braid::select(in.cases()).get(), braid::none);
}

TEST(select_list, changes_between_two_selects_and_those_behind_an_erased_one_move_up) {
  auto channels = listed_channels(3);
  list_of_receives in;
  for (auto& ch : channels) in.add([&] { return ch.rx.recv(); });
  auto* const last = &in[2];
  in.erase(0);
  EXPECT_EQ(&in[1], last);
  ASSERT_TRUE(channels[0].tx.try_send(1));
  EXPECT_EQ(braid::try_select(in.cases()), braid::none) << "it is no case any more";
  in.add([&] { return channels[0].rx.recv(); });
  EXPECT_EQ(braid::try_select(in.cases()), 2u);
  EXPECT_EQ(in[2].result(), 1);
  in.clear();
  EXPECT_TRUE(in.empty());
}

TEST(select_list, the_list_moves_and_its_operations_stay_where_they_are) {
  braid::channel<int> ch(1);
  list_of_receives in;
  auto& op = in.add([&] { return ch.rx.recv(); });
  list_of_receives moved = std::move(in);
  ASSERT_TRUE(ch.tx.try_send(3));
  EXPECT_EQ(braid::select(moved.cases()).get(), 0u);
  EXPECT_EQ(&moved[0], &op);
  EXPECT_EQ(op.result(), 3);
}

TEST(select_list, other_operations_come_after_its_own) {
  auto channels = listed_channels(2);
  braid::select_list in(channels, [](auto& ch) { return ch.rx.recv(); });
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  auto stop = ctx.done();
  braid::manual_clock clock;
  braid::after limit(clock, 0s);
  EXPECT_EQ(braid::select(in.cases(stop, limit)).get(), in.size() + 1);
  cancel("enough");
  EXPECT_EQ(braid::select(in.cases(stop, limit)).get(), in.size());
  EXPECT_EQ(braid::try_select(in.cases(stop, limit)), braid::none) << "both have finished";
}

TEST(select_list, sends_to_the_first_that_has_room) {
  auto channels = listed_channels(3);
  for (std::size_t i : {0u, 1u}) ASSERT_TRUE(channels[i].tx.try_send(0));
  braid::select_list out(channels, [](auto& ch) { return ch.tx.send(9); });
  const std::size_t won = braid::select(out.cases()).get();
  EXPECT_EQ(won, 2u);
  EXPECT_TRUE(out[won].result());
  EXPECT_EQ(out[0].value(), 9) << "a loser has its value";
}

TEST(select_list_death, a_case_that_it_does_not_have_ends_the_program) {
  list_of_receives in;
  EXPECT_DEATH(static_cast<void>(in[0]), "asked for a case that it does not have");
  EXPECT_DEATH(in.erase(0), "asked for a case that it does not have");
}
