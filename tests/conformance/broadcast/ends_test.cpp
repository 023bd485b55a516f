// How broadcasts end: closing, the last publisher, the last subscriber; and how values are copied and let go.
#include <memory>

#include "conformance/broadcast/setting.hpp"

namespace {

using namespace braid::conformance;
using broadcast_end_law = each_broadcast;
BRAID_FOR_BROADCASTS(broadcast_end_law);

TEST_P(broadcast_end_law, a_closed_broadcast_is_seen_to_its_end_by_every_subscriber) {
  braid::broadcast<int> bc(3);
  const auto other = bc.rx;
  const int sent = fill(bc.tx);
  bc.tx.close();
  bc.tx.close(std::make_exception_ptr(std::logic_error("too late")));
  EXPECT_FALSE(bc.tx.try_send(9));
  const auto late = bc.tx.subscribe();
  EXPECT_TRUE(late.closed());
  play.play(receiver, [&](self me) -> script {
    for (const auto* rx : {&std::as_const(bc.rx), &other}) {
      for (int i = 0; i < sent; ++i) {
        EXPECT_FALSE(rx->closed());
        const std::optional<int> v = co_await me(rx->recv());
        EXPECT_EQ(v, i);
      }
      EXPECT_TRUE(rx->closed());
      const std::optional<int> nothing = co_await me(rx->recv());
      EXPECT_EQ(nothing, std::nullopt);
    }
  });
  play.finish();
}

TEST_P(broadcast_end_law, every_subscriber_throws_the_close_error_each_time) {
  braid::broadcast<int> bc(3);
  const auto other = bc.rx;
  EXPECT_TRUE(bc.tx.try_send(1));
  bc.tx.close(std::make_exception_ptr(std::runtime_error("disk full")));
  int thrown = 0;
  play.play(receiver, [&](self me) -> script {
    for (const auto* rx : {&std::as_const(bc.rx), &other}) {
      const std::optional<int> v = co_await me(rx->recv());
      EXPECT_EQ(v, 1);
      for (int i = 0; i < 2; ++i) {
        try {
          static_cast<void>(co_await me(rx->recv()));
        } catch (const std::runtime_error&) {
          ++thrown;
        }
      }
    }
  });
  play.finish();
  EXPECT_EQ(thrown, 4);
}

TEST_P(broadcast_end_law, a_close_wakes_receivers_that_wait_and_senders_that_wait_keep_their_value) {
  braid::broadcast<int> bc(3);
  const auto fast = bc.rx;
  const int sent = fill(bc.tx);
  for (int i = 0; i < sent; ++i) EXPECT_EQ(fast.try_recv(), i);
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(fast.recv());
              EXPECT_EQ(v, std::nullopt);
            })
      .wait_until_parked();
  play.play(sender,
            [&](self me) -> script {
              auto out = bc.tx.send(50);
              const bool accepted = co_await me(out);
              EXPECT_FALSE(accepted);
              EXPECT_EQ(out.value(), 50);
            })
      .wait_until_parked();
  bc.tx.close();
  play.finish();
  EXPECT_EQ(bc.rx.size(), static_cast<std::size_t>(sent));
}

TEST_P(broadcast_end_law, the_last_publisher_to_go_closes_and_wakes) {
  braid::broadcast<int> bc(3);
  std::optional<braid::publisher<int>> last(bc.tx);
  bc.tx.drop();
  EXPECT_FALSE(bc.rx.closed());
  play.play(receiver,
            [&](self me) -> script {
              const std::optional<int> v = co_await me(bc.rx.recv());
              EXPECT_EQ(v, std::nullopt);
            })
      .wait_until_parked();
  last.reset();
  play.finish();
}

TEST_P(broadcast_end_law, a_send_fails_and_keeps_its_value_while_nobody_subscribes) {
  braid::broadcast<std::shared_ptr<int>> bc(3);
  bc.rx.drop();
  play.play(sender, [&](self me) -> script {
    auto out = bc.tx.send(std::make_shared<int>(4));
    for (int i = 0; i < 2; ++i) {
      const bool accepted = co_await me(out);
      EXPECT_FALSE(accepted);
      EXPECT_TRUE(out.value() && *out.value() == 4);
      EXPECT_TRUE(out.enabled()) << "somebody may subscribe yet";
    }
    EXPECT_FALSE(bc.tx.closed());
    const auto rx = bc.tx.subscribe();
    const bool accepted = co_await me(out);
    EXPECT_TRUE(accepted);
    EXPECT_EQ(**rx.try_recv(), 4);
  });
  play.finish();
}

TEST_P(broadcast_end_law, a_sender_that_waits_fails_when_the_last_subscriber_goes) {
  braid::broadcast<int> bc(3);
  const int sent = fill(bc.tx);
  play.play(sender,
            [&](self me) -> script {
              auto out = bc.tx.send(50);
              const bool accepted = co_await me(out);
              EXPECT_FALSE(accepted);
              EXPECT_EQ(out.value(), 50);
            })
      .wait_until_parked();
  bc.rx.drop();
  play.finish();
  EXPECT_EQ(bc.tx.dropped(), static_cast<std::size_t>(sent));
}

TEST_P(broadcast_end_law, what_nobody_has_received_goes_to_on_drop_oldest_first_when_the_last_subscriber_goes) {
  std::vector<int> dropped;
  const braid::publisher<int>* end = nullptr;
  braid::broadcast<int> bc(3, {.on_drop = [&](int&& v) {
                             EXPECT_EQ(end->dropped(), 0u) << "no lock is held";
                             dropped.push_back(v);
                           }});
  end = &bc.tx;
  auto other = bc.rx;
  const int sent = fill(bc.tx);
  EXPECT_EQ(other.try_recv(), 0);
  other.drop();
  EXPECT_TRUE(dropped.empty()) << "one is left that will receive them";
  bc.rx.drop();
  EXPECT_EQ(sent, 3);
  EXPECT_EQ(dropped, (std::vector{1, 2})) << "somebody has received 0";
}

/// Its copies and destructors use the broadcast that it goes through; its copies throw while told so.
class copied_meddler {
 public:
  static inline const braid::subscriber<copied_meddler>* uses = nullptr;
  static inline bool throws = false;
  static inline int copies = 0;

  explicit copied_meddler(int n) noexcept : number(n) {}
  copied_meddler(copied_meddler&& other) noexcept : number(std::exchange(other.number, -1)) {}
  copied_meddler(const copied_meddler& other) : number(other.number) {
    if (throws) throw std::bad_alloc();
    ++copies;
    use();
  }
  copied_meddler& operator=(copied_meddler&&) = delete;
  ~copied_meddler() {
    if (number >= 0) use();
  }
  int number;

 private:
  static void use() {
    if (uses) static_cast<void>(uses->size());
  }
};

TEST_P(broadcast_end_law, values_are_copied_and_destroyed_with_no_lock_held_and_moved_for_the_last) {
  braid::broadcast<copied_meddler> bc(3);
  const auto other = bc.rx;
  auto gone = bc.rx;
  copied_meddler::uses = &other;
  copied_meddler::copies = 0;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bc.tx.try_send(copied_meddler(i)));
  play.play(receiver, [&](self me) -> script {
    for (const auto* rx : {&std::as_const(bc.rx), &other}) {
      for (int i = 0; i < 2; ++i) {
        const std::optional<copied_meddler> v = co_await me(rx->recv());
        EXPECT_EQ(v->number, i);
      }
    }
  });
  play.finish();
  EXPECT_EQ(copied_meddler::copies, 4);
  gone.drop();
  EXPECT_EQ(bc.rx.try_recv()->number, 2);
  EXPECT_EQ(copied_meddler::copies, 5);
  EXPECT_EQ(other.try_recv()->number, 2);
  EXPECT_EQ(copied_meddler::copies, 5) << "the last one has it moved";
  copied_meddler::uses = nullptr;
}

TEST_P(broadcast_end_law, a_copy_that_throws_leaves_the_value_for_another_try) {
  braid::broadcast<copied_meddler> bc(1);
  const auto other = bc.rx;
  EXPECT_TRUE(bc.tx.try_send(copied_meddler(5)));
  auto in = bc.rx.recv();
  copied_meddler::throws = true;
  EXPECT_THROW(static_cast<void>(in.get()), std::bad_alloc);
  copied_meddler::throws = false;
  EXPECT_EQ(in.result()->number, 5);
  EXPECT_EQ(other.try_recv()->number, 5);
  EXPECT_TRUE(bc.tx.try_send(copied_meddler(6)));
}

TEST_P(broadcast_end_law, a_received_value_whose_result_was_not_taken_survives_the_ends_and_holds_up_its_slot_only) {
  auto bc = std::make_unique<braid::broadcast<std::shared_ptr<int>>>(2u);
  auto value = std::make_shared<int>(1);
  {
    const auto other = bc->rx;
    EXPECT_TRUE(bc->tx.try_send(value));
    auto in = bc->rx.recv();
    EXPECT_EQ(braid::try_select(in), 0u);
    EXPECT_TRUE(other.try_recv());
    EXPECT_TRUE(bc->tx.try_send(value));
    EXPECT_FALSE(bc->tx.try_send(value)) << "the first one is still to be copied";
    bc.reset();
  }
  EXPECT_EQ(value.use_count(), 1);
}

template<class End>
concept receives_singly = requires(End&& rx) {
  std::forward<End>(rx).recv();
};
template<class End>
concept sends_singly = requires(End&& tx) {
  std::forward<End>(tx).send(1);
};

TEST(broadcast_misuse_law, operations_are_made_of_named_ends_only_and_stay_where_they_are) {
  static_assert(receives_singly<braid::subscriber<int>&> && !receives_singly<braid::subscriber<int>>);
  static_assert(sends_singly<braid::publisher<int>&> && !sends_singly<braid::publisher<int>>);
  using in = decltype(std::declval<braid::subscriber<int>&>().recv());
  using out = decltype(std::declval<braid::publisher<int>&>().send(1));
  static_assert(!std::move_constructible<in> && !std::move_constructible<out>);
}

TEST(broadcast_misuse_law, ends_with_a_sentence) {
  braid::broadcast<int> bc(1);
  const auto rx = std::move(bc.rx);
  const auto tx = std::move(bc.tx);
  EXPECT_DEATH(static_cast<void>(bc.rx.recv()), "a subscriber that was moved from");
  EXPECT_DEATH(static_cast<void>(bc.tx.send(1)), "a publisher that was moved from");
  EXPECT_TRUE(tx.try_send(1));
  auto in = rx.recv();
  EXPECT_EQ(braid::try_select(in), 0u);
  EXPECT_DEATH(static_cast<void>(braid::try_select(in)), "before its result\\(\\) was taken");
}

}  // namespace
