#include "braid/runtime/select.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "braid/runtime/performable.hpp"
#include "braid/runtime/task.hpp"

namespace {

/// The smallest source there is: tokens that are put in and taken out.
class tokens final : public braid::detail::source {
 public:
  void put() {
    braid::detail::wake_chain wakes;
    braid::detail::spin_guard guard(lock_);
    while (braid::operation* const waiting = parked_.pop_front())
      if (braid::detail::claim(*waiting, wakes)) return;
    ++count_;
  }
  bool take() noexcept { return count_ > 0 && count_-- > 0; }
  void enlist(braid::operation& op) noexcept { parked_.push_back(op); }
  int count() {
    braid::detail::spin_guard guard(lock_);
    return count_;
  }
  bool has_waiter() {
    braid::detail::spin_guard guard(lock_);
    return !parked_.empty();
  }

 private:
  int count_ = 0;
  braid::detail::intrusive_list<braid::operation, braid::detail::enlisted> parked_;
};

class [[nodiscard]] token final : public braid::detail::performable<token> {
 public:
  explicit token(tokens& from) : performable(from), from_(from) {}
  ~token() { withdraw_if_parked(); }
  void result() const noexcept {}

 private:
  bool poll(braid::detail::wake_chain&) override { return from_.take(); }
  void enlist(braid::detail::wake_chain&) noexcept override { from_.enlist(*this); }
  void withdraw() noexcept override {
    if (linked()) unlink();
  }
  std::string describe() const override { return "a token"; }
  tokens& from_;
};

template<class... Ops>
concept selectable = requires(Ops&&... ops) {
  braid::select(std::forward<Ops>(ops)...);
};
static_assert(selectable<token&, token&>);
static_assert(!selectable<int&>, "only operations are cases");
static_assert(!std::is_copy_constructible_v<token> && !std::is_move_constructible_v<token>);
static_assert(!std::is_move_constructible_v<decltype(braid::select(std::declval<token&>()))>);

void wait_until_parked(tokens& on) {
  while (!on.has_waiter()) std::this_thread::yield();
}

}  // namespace

TEST(select, performs_exactly_one_of_the_ready_cases) {
  tokens a, b;
  a.put(), b.put();
  token one(a), two(b);
  const std::size_t won = braid::select(one, two).get();
  EXPECT_LT(won, 2u);
  EXPECT_EQ(a.count() + b.count(), 1);
  EXPECT_EQ(a.count(), won == 0 ? 0 : 1);
}

TEST(select, biased_takes_the_first_that_is_ready) {
  tokens a, b, c;
  for (int i = 0; i < 50; ++i) {
    b.put(), c.put();
    token one(a), two(b), three(c);
    EXPECT_EQ(braid::select(braid::biased, one, two, three).get(), 1u);
  }
  EXPECT_EQ(c.count(), 50);
}

TEST(select, fair_takes_each_ready_case_about_as_often) {
  tokens a, b;
  for (int i = 0; i < 1000; ++i) a.put(), b.put();
  int first = 0;
  for (int i = 0; i < 1000; ++i) {
    token one(a), two(b);
    if (braid::select(one, two).get() == 0) ++first;
  }
  EXPECT_GT(first, 400);  // six sigma of a fair coin are 95 away from 500
  EXPECT_LT(first, 600);
}

TEST(select, waits_for_the_first_that_becomes_ready_and_withdraws_the_others) {
  tokens a, b;
  std::thread t([&] {
    wait_until_parked(a);
    wait_until_parked(b);
    b.put();
  });
  token one(a), two(b);
  EXPECT_EQ(braid::select(one, two).get(), 1u);
  t.join();
  EXPECT_FALSE(a.has_waiter());
  a.put();
  EXPECT_EQ(a.count(), 1);
}

TEST(select, a_loser_may_be_performed_again) {
  tokens a, b;
  b.put();
  token one(a), two(b);
  EXPECT_EQ(braid::select(one, two).get(), 1u);
  a.put();
  EXPECT_EQ(braid::select(one, two).get(), 0u);
}

TEST(select, with_no_case_at_all_gives_none) {
  EXPECT_EQ(braid::select(std::span<braid::operation* const>()).get(), braid::none);
}

TEST(select, skips_a_disabled_case_until_it_is_enabled) {
  tokens a, b;
  a.put(), b.put();
  token one(a), two(b);
  one.disable();
  EXPECT_EQ(braid::select(one, two).get(), 1u);
  two.disable();
  EXPECT_EQ(braid::select(one, two).get(), braid::none);
  one.enable();
  EXPECT_EQ(braid::select(one, two).get(), 0u);
}

TEST(select, get_performs_a_disabled_operation) {
  tokens a;
  a.put();
  token one(a);
  one.disable();
  one.get();
  EXPECT_EQ(a.count(), 0);
}

TEST(select, over_a_span_of_a_hundred_cases_finds_the_ready_one) {
  std::vector<std::unique_ptr<tokens>> sources;
  std::vector<std::unique_ptr<token>> operations;
  std::vector<braid::operation*> cases;
  for (int i = 0; i < 100; ++i) {
    sources.push_back(std::make_unique<tokens>());
    operations.push_back(std::make_unique<token>(*sources.back()));
    cases.push_back(operations.back().get());
  }
  std::thread t([&] {
    for (const auto& s : sources) wait_until_parked(*s);
    sources[73]->put();
  });
  EXPECT_EQ(braid::select(std::span<braid::operation* const>(cases)).get(), 73u);
  t.join();
  for (const auto& s : sources) EXPECT_FALSE(s->has_waiter());
}

TEST(select, several_cases_may_share_a_source) {
  tokens a;
  std::thread t([&] {
    wait_until_parked(a);
    a.put();
  });
  token one(a), two(a), three(a);
  EXPECT_LT(braid::select(one, two, three).get(), 3u);
  t.join();
  EXPECT_EQ(a.count(), 0);
  EXPECT_FALSE(a.has_waiter());
}

TEST(try_select, gives_none_and_leaves_nothing_behind_where_nothing_is_ready) {
  tokens a;
  token one(a);
  EXPECT_EQ(braid::try_select(one), braid::none);
  EXPECT_FALSE(a.has_waiter());
}

TEST(try_select, performs_a_case_that_is_ready) {
  tokens a, b;
  b.put();
  token one(a), two(b);
  EXPECT_EQ(braid::try_select(one, two), 1u);
  EXPECT_EQ(b.count(), 0);
}

TEST(select, a_coroutine_waits_without_its_worker) {
  tokens a, b;
  std::thread t([&] {
    wait_until_parked(a);
    a.put();
  });
  const auto wait = [](tokens* x, tokens* y) -> braid::task<std::size_t> {
    token one(*x), two(*y);
    const std::size_t won = co_await braid::select(one, two);
    co_return won;
  };
  EXPECT_EQ(wait(&a, &b).get(), 0u);
  t.join();
}

TEST(operation, a_parked_operation_that_is_destroyed_is_withdrawn) {
  tokens a;
  braid::detail::performer& me = braid::detail::performer::current();
  {
    token one(a);
    braid::operation* const list[] = {&one};
    const auto attempt = braid::detail::begin({list, braid::detail::choice::single}, me, braid::detail::shield::no, {});
    ASSERT_EQ(attempt.state, braid::detail::attempt::parked);
    EXPECT_TRUE(a.has_waiter());
  }
  EXPECT_FALSE(a.has_waiter());
  me.close();
}
