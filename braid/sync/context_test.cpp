#include "braid/sync/context.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/within.hpp"

using namespace std::chrono_literals;
using braid::context;
using braid::error_code;

namespace {

context on(braid::clock& clock) {
  return context(braid::environment{.clock = &clock});
}

const braid::context_key<int> number_key;
const braid::context_key<std::string> name_key;

}  // namespace

TEST(context, the_background_never_ends) {
  const context ctx;
  EXPECT_FALSE(ctx.is_cancelled());
  EXPECT_FALSE(ctx.why());
  EXPECT_FALSE(ctx.deadline());
  EXPECT_NO_THROW(ctx.check());
}

TEST(context, cancel_ends_it_with_its_cause) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel("user left");
  EXPECT_TRUE(ctx.is_cancelled());
  ASSERT_TRUE(ctx.why());
  EXPECT_EQ(ctx.why()->code, error_code::cancelled);
  EXPECT_EQ(ctx.why()->text, "user left");
  try {
    ctx.check();
    ADD_FAILURE() << "check() did not throw";
  } catch (const braid::cancelled& e) {
    EXPECT_STREQ(e.what(), "cancelled: user left");
  }
}

TEST(context, the_first_cause_stays) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel("first");
  cancel("second");
  EXPECT_EQ(ctx.why()->text, "first");
}

TEST(context, dropping_the_canceller_cancels_nothing) {
  const auto alone = [] {
    auto [ctx, cancel] = braid::with_cancel(context());
    return ctx;
  };
  EXPECT_FALSE(alone().is_cancelled());
}

TEST(context, cancel_reaches_all_below_and_nothing_above_or_beside) {
  const auto [root, cancel_root] = braid::with_cancel(context());
  const auto [left, cancel_left] = braid::with_cancel(root);
  const auto [right, cancel_right] = braid::with_cancel(root);
  const auto [leaf, cancel_leaf] = braid::with_cancel(left);
  cancel_left("left");
  EXPECT_TRUE(left.is_cancelled());
  EXPECT_EQ(leaf.why()->text, "left");
  EXPECT_FALSE(right.is_cancelled());
  EXPECT_FALSE(root.is_cancelled());
}

TEST(context, a_child_of_a_cancelled_context_is_born_cancelled_with_its_cause) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel("too late");
  EXPECT_EQ(braid::with_cancel(ctx).ctx.why()->text, "too late");
  EXPECT_EQ(braid::with_value(ctx, number_key, 1).why()->text, "too late");
  EXPECT_EQ(braid::with_timeout(ctx, 1h).why()->code, error_code::cancelled);
}

TEST(context, a_deadline_ends_it_as_timed_out) {
  braid::manual_clock clock;
  const context ctx = braid::with_timeout(on(clock), 5s);
  EXPECT_EQ(ctx.deadline(), clock.now() + 5s);
  clock.advance(5s - 1ns);
  EXPECT_FALSE(ctx.is_cancelled());
  clock.advance(1ns);
  ASSERT_TRUE(ctx.is_cancelled());
  EXPECT_EQ(ctx.why()->code, error_code::timed_out);
  EXPECT_THROW(ctx.check(), braid::timed_out);
}

TEST(context, the_parents_earlier_deadline_wins) {
  braid::manual_clock clock;
  const context parent = braid::with_timeout(on(clock), 1s);
  const context child = braid::with_timeout(parent, 5s);
  EXPECT_EQ(child.deadline(), parent.deadline());
  clock.advance(1s);
  EXPECT_EQ(child.why()->code, error_code::timed_out);
}

TEST(context, an_earlier_deadline_of_the_child_leaves_the_parent_alone) {
  braid::manual_clock clock;
  const context parent = braid::with_timeout(on(clock), 5s);
  const context child = braid::with_timeout(parent, 1s);
  clock.advance(1s);
  EXPECT_TRUE(child.is_cancelled());
  EXPECT_FALSE(parent.is_cancelled());
}

TEST(context, a_deadline_that_has_passed_ends_it_at_birth) {
  braid::manual_clock clock;
  const context ctx = braid::with_deadline(on(clock), clock.now());
  ASSERT_TRUE(ctx.is_cancelled());
  EXPECT_EQ(ctx.why()->code, error_code::timed_out);
}

TEST(context, a_deadline_on_the_real_clock_comes) {
  const context ctx = braid::with_timeout(context(), 1ms);
  ctx.done().get();
  EXPECT_EQ(ctx.why()->code, error_code::timed_out);
}

TEST(context, a_context_that_is_gone_before_its_deadline_is_left_alone) {
  braid::manual_clock clock;
  { const context ctx = braid::with_timeout(on(clock), 1s); }
  clock.advance(2s);
}

TEST(context, a_value_is_found_below_and_hidden_by_a_nearer_one) {
  const context root = braid::with_value(context(), number_key, 1);
  const context near = braid::with_value(braid::with_value(root, name_key, "x"), number_key, 2);
  EXPECT_EQ(*root.value(number_key), 1);
  EXPECT_EQ(*near.value(number_key), 2);
  EXPECT_EQ(*near.value(name_key), "x");
  EXPECT_EQ(root.value(name_key), nullptr);
}

TEST(context, without_cancel_keeps_the_values_and_not_the_end) {
  braid::manual_clock clock;
  const auto [parent, cancel] = braid::with_cancel(braid::with_value(on(clock), number_key, 3));
  const context child = braid::without_cancel(braid::with_timeout(parent, 1s));
  cancel();
  clock.advance(2s);
  EXPECT_FALSE(child.is_cancelled());
  EXPECT_FALSE(child.deadline());
  EXPECT_EQ(*child.value(number_key), 3);
  EXPECT_EQ(child.env().clock, &clock);
}

TEST(context, with_environment_changes_what_is_given_and_inherits_the_rest) {
  braid::manual_clock clock;
  braid::random_source random(1);
  const auto [parent, cancel] = braid::with_cancel(on(clock));
  const context child = braid::with_environment(parent, {.random = &random});
  EXPECT_EQ(child.env().clock, &clock);
  EXPECT_EQ(child.env().random, &random);
  EXPECT_EQ(parent.env().random, nullptr);
  cancel();
  EXPECT_TRUE(child.is_cancelled());
}

TEST(context, done_is_reported_once_and_then_skipped_by_select) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel();
  auto done = ctx.done();
  EXPECT_EQ(braid::select(done).get(), 0u);
  EXPECT_EQ(braid::select(done).get(), braid::none);
}

TEST(context, cancel_wakes_every_thread_that_waits_for_its_end) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&c = ctx] { c.done().get(); });
  cancel();
  for (std::thread& t : threads) t.join();
}

TEST(context, its_stop_token_is_stopped_by_a_cancel) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  const std::stop_token token = ctx.stop_token();
  EXPECT_FALSE(token.stop_requested());
  cancel();
  EXPECT_TRUE(token.stop_requested());
}

TEST(context, a_stop_token_asked_for_after_the_cancel_is_stopped) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  cancel();
  EXPECT_TRUE(ctx.stop_token().stop_requested());
}

TEST(context, a_stop_callback_runs_on_the_canceller_with_no_lock_held) {
  const auto [ctx, cancel] = braid::with_cancel(context());
  std::thread::id ran_on;
  bool child_was_cancelled = false;
  const std::stop_callback callback(ctx.stop_token(), [&, &c = ctx] {
    ran_on = std::this_thread::get_id();
    child_was_cancelled = braid::with_cancel(c).ctx.is_cancelled();  // takes the scope's lock
    c.done().get();
  });
  cancel();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(child_was_cancelled);
}

TEST(context, with_stop_ends_with_its_token) {
  std::stop_source source;
  const context ctx = braid::with_stop(context(), source.get_token());
  const context child = braid::with_cancel(ctx).ctx;
  EXPECT_FALSE(ctx.is_cancelled());
  source.request_stop();
  EXPECT_EQ(ctx.why()->code, error_code::cancelled);
  EXPECT_TRUE(child.is_cancelled());
}

TEST(context, a_stop_callback_may_wait_for_tasks_below_its_context) {
  const auto [root, cancel] = braid::with_cancel(context());
  const context child = braid::with_cancel(root).ctx;
  bool has_ended = false;
  const std::stop_callback callback(root.stop_token(), [&] { has_ended = child.is_cancelled(); });
  cancel();
  EXPECT_TRUE(has_ended);
}

TEST(context, with_stop_of_a_stopped_token_is_born_cancelled) {
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(braid::with_stop(context(), source.get_token()).is_cancelled());
}

TEST(context, the_last_reference_may_go_inside_its_own_stop) {
  std::stop_source source;
  std::optional<context> ctx = braid::with_stop(context(), source.get_token());
  const std::stop_callback callback(ctx->stop_token(), [&] { ctx.reset(); });
  source.request_stop();
  EXPECT_FALSE(ctx);
}

TEST(context, a_chain_a_hundred_thousand_long_is_cancelled_and_released) {
  auto [root, cancel] = braid::with_cancel(context());
  {
    context leaf = root;
    for (int i = 0; i < 100'000; ++i) leaf = braid::with_cancel(leaf).ctx;
    cancel();
    EXPECT_TRUE(leaf.is_cancelled());
  }
}

/// As long as no recursion survives: with 8 MiB of stack a frame for each link would not fit.
static constexpr int long_chain = 300'000;

static context chain_of_all_kinds(const context& root, const braid::context_key<int>& key) {
  context ctx = root;
  for (int i = 0; i < long_chain; i += 5) {
    ctx = braid::with_cancel(ctx).ctx;
    ctx = braid::with_timeout(ctx, 24h);
    ctx = braid::with_value(ctx, key, i);
    ctx = braid::with_environment(ctx, {});
    ctx = braid::with_stop(ctx, {});
  }
  return ctx;
}

TEST(context, a_long_chain_of_every_kind_is_asked_cancelled_and_released_without_a_deep_stack) {
  static const braid::context_key<int> key, other;
  auto [root, cancel] = braid::with_cancel();
  context leaf = chain_of_all_kinds(braid::with_value(root, other, -1), key);
  EXPECT_EQ(*leaf.value(key), long_chain - 5);
  EXPECT_EQ(*leaf.value(other), -1);
  EXPECT_TRUE(leaf.deadline());
  cancel("deep");
  EXPECT_STREQ(leaf.why()->text.c_str(), "deep");
  leaf = context();
}

TEST(context, a_context_that_is_detached_again_and_again_keeps_nothing_but_its_values) {
  static const braid::context_key<int> key;
  const context with = braid::with_value(context(), key, 7);
  context ctx = with;
  for (int i = 0; i < long_chain; ++i) ctx = braid::without_cancel(braid::with_timeout(ctx, 24h));
  EXPECT_EQ(*ctx.value(key), 7);
  EXPECT_FALSE(ctx.deadline());
  for (int i = 0; i < long_chain; ++i) ctx = braid::without_cancel(braid::with_value(ctx, key, i));
  EXPECT_EQ(*ctx.value(key), long_chain - 1);
  ctx = context();
}

TEST(context, released_from_the_root_on_a_long_chain_lives_until_its_leaf_goes) {
  std::vector<context> all{braid::with_cancel().ctx};
  for (int i = 0; i < long_chain; ++i) all.push_back(braid::without_cancel(braid::with_cancel(all.back()).ctx));
  all.erase(all.begin(), all.end() - 1);
  EXPECT_FALSE(all.front().is_cancelled());
}

TEST(context, contexts_that_are_values_of_each_other_are_released_without_a_deep_stack) {
  static const braid::context_key<context> key;
  context ctx;
  for (int i = 0; i < long_chain; ++i) ctx = braid::with_value(context(), key, ctx);
  EXPECT_NE(ctx.value(key), nullptr);
  ctx = context();
}

TEST(context, stop_tokens_of_a_long_chain_are_stopped_without_a_deep_stack) {
  auto [root, cancel] = braid::with_cancel();
  std::vector<context> all{root};
  for (int i = 0; i < 100'000; ++i) all.push_back(braid::with_stop(context(), all.back().stop_token()));
  bool saw = false;
  const std::stop_callback at_root(root.stop_token(), [&] {
    std::stop_source stopped;
    stopped.request_stop();
    saw = braid::with_stop(context(), stopped.get_token()).is_cancelled();
  });
  cancel();
  EXPECT_TRUE(saw) << "born cancelled also inside of a cancel";
  for (const context& each : all) ASSERT_TRUE(each.is_cancelled());
}

TEST(context_stress, parent_and_child_are_cancelled_at_once_and_one_cause_stays) {
  for (int i = 0; i < 2000; ++i) {
    const auto [parent, cancel_parent] = braid::with_cancel(context());
    const auto [child, cancel_child] = braid::with_cancel(parent);
    std::thread t([&cancel = cancel_parent] { cancel("parent"); });
    cancel_child("child");
    const std::string first = child.why()->text;
    EXPECT_TRUE(first == "parent" || first == "child");
    t.join();
    EXPECT_EQ(child.why()->text, first);
    EXPECT_EQ(parent.why()->text, "parent");
  }
}

TEST(context_stress, contexts_die_while_they_are_cancelled) {
  for (int i = 0; i < 2000; ++i) {
    auto [root, cancel] = braid::with_cancel(context());
    std::atomic<bool> started{false};
    std::thread t([&started, parent = root] {
      for (int n = 0; n < 20; ++n) {
        started = true;
        const context child = braid::with_cancel(braid::with_timeout(parent, 1h)).ctx;
        const context sibling = braid::with_value(child, number_key, n);
      }
    });
    while (!started) std::this_thread::yield();
    cancel();
    t.join();
    EXPECT_TRUE(root.is_cancelled());
  }
}

TEST(context, the_longest_time_is_no_limit) {
  braid::manual_clock clock;
  const context ctx = braid::with_timeout(context(braid::environment{.clock = &clock}), braid::duration::max());
  clock.advance(std::chrono::hours(1000));
  EXPECT_FALSE(ctx.is_cancelled());
}

TEST(context, a_deadline_below_one_of_another_clock_still_comes) {
  braid::manual_clock slow, fast;
  const context above = braid::with_timeout(context(braid::environment{.clock = &slow}), std::chrono::seconds(1));
  const context below = braid::with_timeout(braid::with_environment(above, {.clock = &fast}), std::chrono::seconds(10));
  fast.advance(std::chrono::seconds(10));
  EXPECT_TRUE(below.is_cancelled());
  EXPECT_FALSE(above.is_cancelled());
}

TEST(context, a_token_asked_for_by_who_the_cancel_woke_runs_its_callbacks_with_no_lock_held) {
  for (int round = 0; round < 200; ++round) {
    auto [ctx, cancel] = braid::with_cancel(context());
    const std::stop_token before = ctx.stop_token();
    int called = 0;
    const std::stop_callback on_stop(before, [&called, &scope = ctx] {
      called += scope.stop_token().stop_possible() ? 1 : 0;  // takes the scope's lock
    });
    std::thread woken([&scope = ctx] {
      scope.done().get();
      EXPECT_TRUE(scope.stop_token().stop_possible());
    });
    cancel("now");
    woken.join();
    EXPECT_EQ(called, 1);
  }
}

TEST(context_stress, deadlines_fire_while_their_contexts_die) {
  braid::manual_clock clock;
  std::atomic<bool> over{false};
  std::thread t([&] {
    while (!over) clock.advance(1ms);
  });
  const context root = on(clock);
  for (int i = 0; i < 20000; ++i) static_cast<void>(braid::with_timeout(root, 1ms).is_cancelled());
  over = true;
  t.join();
}
