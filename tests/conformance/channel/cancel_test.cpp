// O11: a task's operations are under its context; a thread passes one with within.
#include "braid/runtime/shielded.hpp"
#include "braid/sync/within.hpp"
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using cancel_law = each_setting;
using cancel_law_for_waiting_senders = each_setting;
BRAID_FOR_EACH_FLAVOUR(cancel_law);
BRAID_WHERE_SENDERS_WAIT(cancel_law_for_waiting_senders);

/// A task group on one worker, or on two, as the setting's receiver says.
class company {
 public:
  explicit company(player p) : pool_(p == player::task_of_two_workers ? 2 : 1) {}
  braid::context ctx() { return braid::context(braid::environment{.executor = &pool_}); }

 private:
  braid::work_stealing_executor pool_;
};

TEST_P(cancel_law, a_bare_operation_throws_at_entry_once_its_context_is_cancelled_although_it_is_ready) {
  company c(receiver);
  auto ch = flavour.make();
  ch.tx.close();
  braid::task_group group(c.ctx());
  int thrown = 0;
  group.spawn(
      [](auto* ends, braid::task_group* g, int* count) -> braid::task<> {
        g->cancel("by itself");
        auto in = ends->rx.recv();
        auto out = ends->tx.send(1);
        for (int i = 0; i < 4; ++i) {
          try {
            if (i == 0) static_cast<void>(co_await in);
            if (i == 1) static_cast<void>(co_await out);
            if (i == 2) static_cast<void>(co_await braid::select(in, out));
            if (i == 3) static_cast<void>(braid::try_select(in, out));
          } catch (const braid::cancelled& e) {
            EXPECT_STREQ(e.what(), "cancelled: by itself");
            ++*count;
          }
        }
        EXPECT_EQ(out.value(), 1);
        EXPECT_TRUE(in.enabled()) << "nothing has happened to it";
      },
      &ch, &group, &thrown);
  group.join().get();
  EXPECT_EQ(thrown, 4);
}

TEST_P(cancel_law, a_plain_functions_operations_throw_at_entry_too) {
  company c(receiver);
  auto ch = flavour.make();
  ch.tx.close();
  braid::task_group group(c.ctx());
  std::atomic<bool> thrown{false};
  group.spawn([&] {
    group.cancel();
    try {
      static_cast<void>(ch.rx.recv().get());
    } catch (const braid::cancelled&) {
      thrown = true;
    }
  });
  group.join().get();
  EXPECT_TRUE(thrown);
}

braid::task<> receive_or_select(const braid::receiver<int>& rx, bool use_select) {
  auto in = rx.recv();
  auto again = rx.recv();
  if (use_select) {
    static_cast<void>(co_await braid::select(in, again));
  } else {
    static_cast<void>(co_await in);
  }
}

TEST_P(cancel_law, a_cancel_wakes_waiting_receives_and_selects_deep_in_a_task) {
  company c(receiver);
  auto ch = flavour.make();
  auto reports = braid::channel<int>(braid::unbounded);
  braid::task_group group(c.ctx());
  std::atomic<int> thrown{0};
  for (int i = 0; i < 6; ++i) {
    group.spawn(
        [](auto* ends, auto* out, int number, auto* count) -> braid::task<> {
          static_cast<void>(out->try_send(number));
          braid::task<> below = receive_or_select(ends->rx, number % 2 == 0);
          try {
            co_await below;
          } catch (const braid::cancelled&) {
            ++*count;
            throw;
          }
        },
        &ch, &reports.tx, i, &thrown);
  }
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(reports.rx.recv().get());
  group.cancel();
  group.join().get();
  EXPECT_EQ(thrown, 6);
  EXPECT_EQ(ch.tx.try_send(1), flavour.capacity != 0) << "nobody waits any more";
}

TEST_P(cancel_law, the_first_failure_of_a_task_wakes_its_waiting_siblings_and_is_what_join_throws) {
  company c(receiver);
  auto ch = flavour.make();
  braid::task_group group(c.ctx());
  std::atomic<int> cancelled{0};
  for (int i = 0; i < 3; ++i) {
    group.spawn(
        [](auto* ends, auto* count) -> braid::task<> {
          try {
            static_cast<void>(co_await ends->rx.recv());
          } catch (const braid::cancelled&) {
            ++*count;
          }
        },
        &ch, &cancelled);
  }
  group.spawn([] { throw std::runtime_error("broken"); });
  EXPECT_THROW(group.join().get(), std::runtime_error);
  EXPECT_EQ(cancelled + group.skipped(), 3u);
}

TEST_P(cancel_law, a_thread_passes_a_context_with_within_and_is_woken_by_its_cancel) {
  auto ch = flavour.make();
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  std::string text;
  play.play(receiver,
            [&, &until = ctx](self me) -> script {
              try {
                static_cast<void>(co_await me(braid::within(until, ch.rx.recv())));
              } catch (const braid::cancelled& e) {
                text = e.what();
              }
            })
      .wait_until_parked();
  cancel("user left");
  play.finish();
  EXPECT_EQ(text, "cancelled: user left");
  EXPECT_EQ(ch.tx.try_send(1), flavour.capacity != 0) << "the receive had no effect and waits no more";
}

TEST_P(cancel_law, a_context_that_is_already_done_wins_over_a_ready_operation) {
  auto ch = flavour.make();
  ch.tx.close();
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  cancel();
  play.play(receiver, [&, &until = ctx](self me) -> script {
    const auto outcome = co_await me(braid::try_within(until, ch.rx.recv()));
    EXPECT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, braid::error_code::cancelled);
  });
  play.finish();
}

TEST_P(cancel_law, within_performs_a_finished_operation_again_like_get_does) {
  auto ch = flavour.make();
  ch.tx.close();
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  play.play(receiver, [&, &until = ctx](self me) -> script {
    auto in = ch.rx.recv();
    auto out = ch.tx.send(1);
    for (int i = 0; i < 2; ++i) {
      const std::optional<int> v = co_await me(braid::within(until, in));
      EXPECT_FALSE(v);
      const bool accepted = co_await me(braid::within(until, out));
      EXPECT_FALSE(accepted);
    }
  });
  play.finish();
}

TEST_P(cancel_law, a_value_that_was_committed_before_the_cancel_is_returned) {
  company c(receiver);
  auto ch = flavour.make();
  auto reports = braid::channel<int>(braid::unbounded);
  braid::task_group group(c.ctx());
  std::atomic<int> outcome{0};
  group.spawn(
      [](auto* ends, auto* ready, auto* out) -> braid::task<> {
        static_cast<void>(ready->try_send(1));
        try {
          const std::optional<int> v = co_await ends->rx.recv();
          *out = v.value_or(-1);
        } catch (const braid::cancelled&) {
          *out = -2;
        }
      },
      &ch, &reports.tx, &outcome);
  EXPECT_TRUE(reports.rx.recv().get());
  const bool committed = ch.tx.try_send(5);
  group.cancel();
  group.join().get();
  // Either the receive was first (it has the value), or the cancel was (the value is with the channel or its sender).
  const std::size_t left = ch.rx.size();
  EXPECT_EQ((outcome == 5) + left, committed ? 1u : 0u);
  EXPECT_TRUE(outcome == 5 || outcome == -2);
}

TEST_P(cancel_law, a_deadline_wakes_what_waits_and_says_timed_out) {
  company c(receiver);
  braid::manual_clock clock;
  auto ch = flavour.make();
  auto ready = braid::channel<int>(braid::unbounded);
  const braid::context above = braid::with_environment(c.ctx(), braid::environment{.clock = &clock});
  braid::task_group group(braid::with_timeout(above, std::chrono::seconds(5)));
  std::atomic<bool> timed_out{false};
  group.spawn(
      [](auto* ends, auto* here, auto* out) -> braid::task<> {
        static_cast<void>(here->try_send(1));
        try {
          static_cast<void>(co_await ends->rx.recv());
        } catch (const braid::timed_out&) {
          *out = true;
        }
      },
      &ch, &ready.tx, &timed_out);
  EXPECT_TRUE(ready.rx.recv().get());
  clock.advance(std::chrono::seconds(4));
  EXPECT_FALSE(timed_out);
  clock.advance(std::chrono::seconds(1));
  group.join().get();
  EXPECT_TRUE(timed_out);
}

TEST_P(cancel_law, a_shielded_operation_of_a_cancelled_task_is_performed_and_waits) {
  company c(receiver);
  auto ch = flavour.make();
  auto ready = braid::channel<int>(braid::unbounded);
  braid::task_group group(c.ctx());
  std::atomic<int> got{0};
  group.spawn(
      [](auto* ends, auto* here, braid::task_group* g, auto* out) -> braid::task<> {
        static_cast<void>(here->try_send(1));
        g->cancel();
        const std::optional<int> v = co_await braid::shielded(ends->rx.recv());
        *out = v.value_or(-1);
      },
      &ch, &ready.tx, &group, &got);
  EXPECT_TRUE(ready.rx.recv().get());
  EXPECT_TRUE(ch.tx.send(8).get());
  group.join().get();
  EXPECT_EQ(got, 8);
}

TEST_P(cancel_law_for_waiting_senders, a_cancelled_send_keeps_its_value_and_can_be_performed_again) {
  auto ch = flavour.make();
  const int sent = fill(ch.tx, 100);
  auto [ctx, cancel] = braid::with_cancel(braid::context());
  play.play(sender,
            [&, &until = ctx](self me) -> script {
              auto out = ch.tx.send(sent);
              const auto outcome = co_await me(braid::try_within(until, out));
              EXPECT_FALSE(outcome);
              EXPECT_EQ(out.value(), sent);
              const bool accepted = co_await me(out);
              EXPECT_TRUE(accepted);
            })
      .wait_until_parked();
  cancel();
  play.play(receiver, [&](self me) -> script {
    for (int i = 0; i <= sent; ++i) {
      const std::optional<int> v = co_await me(ch.rx.recv());
      EXPECT_EQ(v, i);
    }
  });
  play.finish();
}

}  // namespace
