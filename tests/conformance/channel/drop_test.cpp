// The flavours that drop: conflated, drop_oldest, drop_newest. A send never waits, and what is dropped is accounted
// for.
#include <memory>
#include <numeric>
#include <set>

#include "conformance/allocation_count.hpp"
#include "conformance/channel/meddler.hpp"
#include "conformance/flavours.hpp"
#include "conformance/tagged.hpp"

namespace {

using namespace braid::conformance;
using drop_law = each_setting;
BRAID_WHERE_VALUES_ARE_DROPPED(drop_law);

std::vector<int> numbers(int from, int to) {
  std::vector<int> all(static_cast<std::size_t>(to - from));
  std::iota(all.begin(), all.end(), from);
  return all;
}

/// What such a channel holds once 0, 1, ... `sent` - 1 were sent and none was received, and what it has dropped.
std::vector<int> held_of(const flavour& f, int sent) {
  const int room = static_cast<int>(f.capacity);
  return f.does == flavour::drops_newest ? numbers(0, room) : numbers(sent - room, sent);
}
std::vector<int> dropped_of(const flavour& f, int sent) {
  const int room = static_cast<int>(f.capacity);
  return f.does == flavour::drops_newest ? numbers(room, sent) : numbers(0, sent - room);
}

TEST_P(drop_law, a_send_never_waits_and_the_hook_gets_what_is_dropped_in_the_order_sent) {
  std::vector<int> dropped;
  auto ch = flavour.make<int>({.on_drop = [&](int&& v) { dropped.push_back(v); }});
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 10; ++i) {
      const bool sent = co_await me(ch.tx.send(i));
      EXPECT_TRUE(sent);
    }
  });
  play.finish();
  EXPECT_EQ(dropped, dropped_of(flavour, 10));
  EXPECT_EQ(ch.tx.dropped(), 0u);
  EXPECT_EQ(ch.rx.close(), held_of(flavour, 10));
  EXPECT_EQ(dropped, dropped_of(flavour, 10)) << "what was returned is not dropped";
}

TEST_P(drop_law, without_a_hook_what_is_dropped_is_destroyed_at_once_and_counted) {
  auto value = std::make_shared<int>(1);
  auto ch = flavour.make<std::shared_ptr<int>>();
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send(value);
    for (std::size_t sent = 1; sent <= 10; ++sent) {
      const bool accepted = co_await me(out);
      EXPECT_TRUE(accepted);
      EXPECT_EQ(ch.tx.dropped(), sent - std::min(sent, flavour.capacity));
      EXPECT_EQ(value.use_count(), static_cast<long>(1 + std::min(sent, flavour.capacity)));
      if (sent < 10) out.refill(value);
    }
  });
  play.finish();
  { const auto gone = std::move(ch.rx); }
  EXPECT_EQ(ch.tx.dropped(), 10u);
  EXPECT_EQ(value.use_count(), 1);
}

TEST_P(drop_law, a_try_send_on_a_full_channel_sends) {
  auto ch = flavour.make<std::unique_ptr<int>>();
  for (int i = 0; i < 10; ++i) {
    auto value = std::make_unique<int>(i);
    EXPECT_TRUE(ch.tx.try_send(std::move(value)));
    EXPECT_FALSE(value);
  }
  for (const int expected : held_of(flavour, 10)) EXPECT_EQ(**ch.rx.try_recv(), expected);
  EXPECT_EQ(ch.rx.try_recv(), std::nullopt);
}

TEST_P(drop_law, a_waiting_receiver_gets_the_value_and_nothing_is_dropped) {
  auto ch = flavour.make();
  for (int i = 0; i < 10; ++i) {
    play.play(receiver,
              [&, i](self me) -> script {
                const std::optional<int> v = co_await me(ch.rx.recv());
                EXPECT_EQ(v, i);
              })
        .wait_until_parked();
    EXPECT_TRUE(ch.tx.try_send(i));
    play.finish();
  }
  EXPECT_EQ(ch.tx.dropped(), 0u);
}

TEST_P(drop_law, a_batch_goes_as_far_as_the_first_value_that_is_dropped_and_goes_on_with_the_rest) {
  std::vector<int> dropped;
  auto ch = flavour.make<int>({.on_drop = [&](int&& v) { dropped.push_back(v); }});
  std::vector<int> values = numbers(0, 10);
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.send_some(values);
    const std::size_t first = co_await me(out);
    EXPECT_EQ(first, flavour.capacity + 1);
    for (std::size_t sent = first; sent < values.size(); ++sent) {
      const std::size_t more = co_await me(out);
      EXPECT_EQ(more, 1u);
    }
  });
  play.finish();
  EXPECT_EQ(dropped, dropped_of(flavour, 10));
  EXPECT_EQ(ch.rx.close(), held_of(flavour, 10));
}

TEST_P(drop_law, values_arrive_in_the_order_sent_and_each_is_received_or_dropped_once) {
  std::mutex mutex;
  std::vector<tagged> gone;
  const auto note = [&](const tagged& v) {
    std::lock_guard guard(mutex);
    gone.push_back(v);
  };
  auto ch = flavour.make<tagged>({.on_drop = [&](tagged&& v) { note(v); }});
  for (int s = 0; s < 3; ++s) {
    play.play(sender, [s, tx = ch.tx](self me) -> script {
      for (int i = 0; i < 300; ++i) static_cast<void>(co_await me(tx.emplace(s, i)));
    });
  }
  { const auto last = std::move(ch.tx); }
  for (int r = 0; r < 2; ++r) {
    play.play(receiver, [&, rx = ch.rx](self me) -> script {
      int last[3] = {-1, -1, -1};
      while (const std::optional<tagged> v = co_await me(rx.recv())) {
        EXPECT_LT(std::exchange(last[v->sender], v->number), v->number);
        note(*v);
      }
    });
  }
  play.finish();
  std::set<std::pair<int, int>> once;
  for (const tagged& v : gone) once.emplace(v.sender, v.number);
  EXPECT_EQ(gone.size(), 900u);
  EXPECT_EQ(once.size(), 900u);
}

TEST_P(drop_law, iteration_sees_what_is_held_until_the_channel_is_drained) {
  auto ch = flavour.make();
  fill(ch.tx, 10);
  ch.tx.close();
  std::vector<int> got;
  play.play(receiver, [&](self me) -> script {
    if (receiver == player::thread) {
      for (const int v : ch.rx) got.push_back(v);
    } else {
      while (auto v = co_await me(ch.rx.recv())) got.push_back(*v);
    }
  });
  play.finish();
  EXPECT_EQ(got, held_of(flavour, 10));
}

TEST_P(drop_law, the_hook_may_use_the_channel_since_no_lock_is_held) {
  const braid::channel<int>* self_ = nullptr;
  int calls = 0;
  auto ch = flavour.make<int>({.on_drop = [&](int&&) {
    if (++calls > 1) return;
    EXPECT_EQ(self_->rx.size(), flavour.capacity);
    EXPECT_TRUE(self_->rx.try_recv());
    EXPECT_TRUE(self_->tx.try_send(99));
  }});
  self_ = &ch;
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 5; ++i) static_cast<void>(co_await me(ch.tx.send(i)));
  });
  play.finish();
  EXPECT_EQ(calls, 5 - static_cast<int>(flavour.capacity));
}

TEST_P(drop_law, destructors_of_dropped_values_run_with_no_lock_held) {
  for (const bool with_hook : {false, true}) {
    int destroyed = 0;
    braid::channel_options<meddler> options;
    if (with_hook) options.on_drop = [](meddler&&) {};
    auto ch = flavour.make<meddler>(std::move(options));
    play.play(sender, [&](self me) -> script {
      for (int i = 0; i < 10; ++i) static_cast<void>(co_await me(ch.tx.emplace(&ch.rx, &destroyed)));
    });
    play.finish();
    EXPECT_EQ(destroyed, 10 - static_cast<int>(flavour.capacity));
    static_cast<void>(ch.rx.close());
    EXPECT_EQ(destroyed, 10);
  }
}

TEST_P(drop_law, a_select_hands_the_value_over_at_its_result_at_a_refill_or_when_it_goes) {
  for (const int how : {0, 1, 2}) {
    int dropped = 0;
    auto ch = flavour.make<int>({.on_drop = [&](int&&) { ++dropped; }});
    fill(ch.tx, static_cast<int>(flavour.capacity));
    play.play(sender, [&](self me) -> script {
      auto out = ch.tx.send(50);
      const std::size_t winner = co_await me(braid::select(out));
      EXPECT_EQ(winner, 0u);
      EXPECT_EQ(dropped, 0);
      if (how == 0) {
        EXPECT_TRUE(out.result());
        EXPECT_EQ(dropped, 1);
      }
      if (how == 1) out.refill(51);
    });
    play.finish();
    EXPECT_EQ(dropped, 1);
  }
}

TEST_P(drop_law, a_value_on_its_way_to_the_hook_survives_the_ends_of_its_channel) {
  std::vector<int> dropped;
  std::optional<braid::channel<int>> ch(flavour.make<int>({.on_drop = [&](int&& v) { dropped.push_back(v); }}));
  fill(ch->tx, static_cast<int>(flavour.capacity));
  {
    auto out = ch->tx.send(50);
    EXPECT_EQ(braid::try_select(out), 0u);
    ch.reset();
    EXPECT_EQ(dropped.size(), flavour.capacity);
  }
  EXPECT_EQ(dropped.size(), flavour.capacity + 1);
}

TEST_P(drop_law, a_channel_that_overflows_allocates_nothing) {
  auto ch = flavour.make<int>({.on_drop = [](int&&) {}});
  std::size_t before = 0, after = 0;
  play.play(sender, [&](self me) -> script {
    for (int i = 0; i < 300; ++i) {
      if (i == 100) before = allocations();
      static_cast<void>(co_await me(ch.tx.send(i)));
    }
    after = allocations();
  });
  play.finish();
  EXPECT_EQ(after - before, 0u);
}

}  // namespace
