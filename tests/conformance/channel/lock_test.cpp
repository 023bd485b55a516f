// O5: nothing is resumed while a lock is held. O10: no user code under a lock but T's nothrow move.
#include "conformance/channel/meddler.hpp"
#include "conformance/flavours.hpp"
#include "conformance/puppet.hpp"

namespace {

using namespace braid::conformance;
using lock_law = each_setting;
using lock_law_where_all_is_kept = each_setting;
BRAID_FOR_EACH_FLAVOUR(lock_law);
BRAID_WHERE_ALL_IS_KEPT(lock_law_where_all_is_kept);

TEST_P(lock_law, a_task_is_resumed_with_no_lock_held_by_send_close_and_the_last_sender) {
  inline_executor here;  // resumes within the call that wakes
  for (const int how : {0, 1, 2}) {
    auto ch = flavour.make();
    int resumed = 0;
    braid::task_group group{braid::context(braid::environment{.executor = &here})};
    group.spawn(
        [](auto* c, int* count) -> braid::task<> {
          auto in = c->rx.recv();
          static_cast<void>(co_await in);
          ++*count;  // on the waker's stack: each of these takes the channel's lock
          static_cast<void>(c->rx.size());
          static_cast<void>(c->rx.try_recv());
          static_cast<void>(c->rx.close());
        },
        &ch, &resumed);
    EXPECT_EQ(resumed, 0);
    if (how == 0) {
      EXPECT_TRUE(ch.tx.try_send(1));
    } else if (how == 1) {
      ch.tx.close();
    } else {
      const auto gone = std::move(ch.tx);
    }
    EXPECT_EQ(resumed, 1);
    group.join().get();
  }
}

TEST_P(lock_law, a_select_is_resumed_with_none_of_its_locks_held) {
  inline_executor here;
  auto a = flavour.make();
  auto b = flavour.make();
  bool resumed = false;
  braid::task_group group{braid::context(braid::environment{.executor = &here})};
  group.spawn(
      [](auto* one, auto* two, bool* done) -> braid::task<> {
        auto from_one = one->rx.recv();
        auto from_two = two->rx.recv();
        static_cast<void>(co_await braid::select(from_one, from_two));
        *done = one->rx.size() + two->rx.size() == 0;
      },
      &a, &b, &resumed);
  EXPECT_TRUE(b.tx.try_send(1));
  EXPECT_TRUE(resumed);
  group.join().get();
}

TEST_P(lock_law, a_cancelled_task_is_resumed_with_no_lock_held) {
  inline_executor here;
  auto ch = flavour.make();
  braid::task_group group{braid::context(braid::environment{.executor = &here})};
  bool cancelled = false;
  group.spawn(
      [](auto* c, bool* out) -> braid::task<> {
        try {
          static_cast<void>(co_await c->rx.recv());
        } catch (const braid::cancelled&) {
          *out = c->rx.size() == 0 && braid::current_context().is_cancelled();
        }
      },
      &ch, &cancelled);
  group.cancel();
  EXPECT_TRUE(cancelled);
  group.join().get();
}

TEST_P(lock_law_where_all_is_kept, destructors_of_values_run_with_no_lock_held) {
  int destroyed = 0;
  auto ch = flavour.make<meddler>();
  const braid::receiver<meddler> watch = ch.rx;
  int sent = 0;
  while (sent < 4 && ch.tx.try_send(meddler(&watch, &destroyed))) ++sent;
  const int refused = flavour.room_for(4) < 4 ? 1 : 0;
  EXPECT_EQ(destroyed, refused);
  if (sent > 0) static_cast<void>(ch.rx.try_recv());
  static_cast<void>(ch.rx.close());
  EXPECT_EQ(destroyed, sent + refused);
  play.play(sender, [&](self me) -> script {
    auto out = ch.tx.emplace(&watch, &destroyed);
    const bool accepted = co_await me(out);
    EXPECT_FALSE(accepted);
    out.refill(meddler(&watch, &destroyed));
  });
  play.finish();
  EXPECT_EQ(destroyed, sent + refused + 2);
}

TEST_P(lock_law_where_all_is_kept, on_drop_may_use_the_channel) {
  const braid::sender<int>* end = nullptr;
  int calls = 0;
  auto ch = flavour.make<int>({.on_drop = [&](int&&) {
    EXPECT_FALSE(end->try_send(1));
    end->close();
    ++calls;
  }});
  end = &ch.tx;
  const int sent = fill(ch.tx, 3);
  { const auto gone = std::move(ch.rx); }
  EXPECT_EQ(calls, sent);
}

}  // namespace
