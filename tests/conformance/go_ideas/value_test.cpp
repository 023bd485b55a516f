// Ideas of Go's channel tests, told anew: what may be sent and what compiles, non-blocking use, close races.
#include <memory>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using go_value = each_setting;
BRAID_WHERE_ALL_IS_KEPT(go_value);

struct nothing {};
struct large {
  int number;
  std::array<char, 4096> rest{};
};

template<class T, class Make, class Check>
void pass_fifty(stage& play, const setting& s, Make make, Check check) {
  auto ch = s.flavour.make<T>();
  play.play(s.sender, [&](self me) -> script {
    for (int i = 0; i < 50; ++i) {
      T value = make(i);
      const bool sent = co_await me(ch.tx.send(std::move(value)));
      EXPECT_TRUE(sent);
    }
    ch.tx.close();
  });
  int got = 0;
  play.play(s.receiver, [&](self me) -> script {
    while (std::optional<T> v = co_await me(ch.rx.recv())) EXPECT_TRUE(check(*v, got++));
  });
  play.finish();
  EXPECT_EQ(got, 50);
}

TEST_P(go_value, values_without_content_are_counted_like_any_other) {
  pass_fifty<nothing>(
      play, GetParam(), [](int) { return nothing{}; }, [](nothing, int) { return true; });
}

TEST_P(go_value, values_that_can_only_be_moved_go_through) {
  pass_fifty<std::unique_ptr<int>>(
      play, GetParam(), [](int i) { return std::make_unique<int>(i); },
      [](const std::unique_ptr<int>& v, int i) { return *v == i; });
}

TEST_P(go_value, large_values_go_through_whole) {
  pass_fifty<large>(
      play, GetParam(),
      [](int i) {
        large v{i};
        v.rest.fill(static_cast<char>(i));
        return v;
      },
      [](const large& v, int i) { return v.number == i && v.rest.back() == static_cast<char>(i); });
}

TEST_P(go_value, strings_go_through) {
  pass_fifty<std::string>(
      play, GetParam(), [](int i) { return std::string(static_cast<std::size_t>(i) * 5, 'x'); },
      [](const std::string& v, int i) { return v.size() == static_cast<std::size_t>(i) * 5; });
}

TEST_P(go_value, ends_of_a_channel_are_values_of_another) {
  auto ends = flavour.make<braid::receiver<int>>();
  play.play(sender, [&](self me) -> script {
    auto inner = braid::channel<int>(braid::unbounded);
    EXPECT_TRUE(inner.tx.try_send(12));
    static_cast<void>(co_await me(ends.tx.send(inner.rx)));
  });
  play.play(receiver, [&](self me) -> script {
    const std::optional<braid::receiver<int>> inner = co_await me(ends.rx.recv());
    const std::optional<int> v = co_await me(inner->recv());
    EXPECT_EQ(v, 12);
    const std::optional<int> end = co_await me(inner->recv());
    EXPECT_EQ(end, std::nullopt) << "its only sender has gone";
  });
  play.finish();
}

// Ends have a direction: what the other end can do does not compile.
template<class End>
concept can_send = requires(const End& e) {
  e.send(1);
}
|| requires(const End& e) {
  e.try_send(1);
};
template<class End>
concept can_receive = requires(const End& e) {
  e.recv();
}
|| requires(const End& e) {
  e.try_recv();
}
|| requires(const End& e) {
  e.begin();
};
template<class End, class V>
concept takes = requires(const End& e, V v) {
  e.send(std::move(v));
};

TEST(go_value_types, each_end_compiles_for_its_own_direction_only) {
  static_assert(can_send<braid::sender<int>> && !can_receive<braid::sender<int>>);
  static_assert(can_receive<braid::receiver<int>> && !can_send<braid::receiver<int>>);
  static_assert(!std::convertible_to<braid::receiver<int>, braid::sender<int>>);
  static_assert(!std::convertible_to<braid::sender<int>, braid::receiver<int>>);
}

TEST(go_value_types, values_are_taken_as_the_channels_type_or_not_at_all) {
  static_assert(takes<braid::sender<std::string>, const char*>);
  static_assert(!takes<braid::sender<int>, std::string>);
  static_assert(!takes<braid::sender<std::unique_ptr<int>>, std::shared_ptr<int>>);
  static_assert(!std::constructible_from<braid::sender<long>, braid::sender<int>>);
}

TEST(go_value_types, ends_may_be_empty_until_a_channel_gives_them_one_as_a_nil_channel_variable) {
  static_assert(std::default_initializable<braid::sender<int>> && std::default_initializable<braid::receiver<int>>);
  EXPECT_FALSE(braid::sender<int>());
  EXPECT_FALSE(braid::receiver<int>());
  static_assert(std::copyable<braid::sender<int>> && std::copyable<braid::receiver<int>>);
}

TEST_P(go_value, two_parties_that_only_ever_try_pass_everything_in_the_end) {
  auto ch = flavour.make();
  play.play(player::thread, [&](self) -> script {
    for (int i = 0; i < 100;) {
      if (ch.tx.try_send(i)) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
    ch.tx.close();
    co_return;
  });
  int next = 0;
  if (flavour.capacity == 0) {  // two that never wait do not meet at a rendezvous
    while (const std::optional<int> v = ch.rx.recv().get()) EXPECT_EQ(*v, next++);
  } else {
    while (!ch.rx.closed()) {
      const std::optional<int> v = ch.rx.try_recv();
      if (v) {
        EXPECT_EQ(*v, next++);
      } else {
        std::this_thread::yield();
      }
    }
  }
  play.finish();
  EXPECT_EQ(next, 100);
}

TEST_P(go_value, a_close_that_races_with_senders_and_receivers_loses_nothing) {
  for (int round = 0; round < 30; ++round) {
    auto ch = flavour.make();
    std::atomic<int> accepted{0}, received{0};
    for (int s = 0; s < 2; ++s) {
      play.play(sender, [&](self me) -> script {
        for (int i = 0; i < 50; ++i) {
          const bool sent = co_await me(ch.tx.send(i));
          if (!sent) break;
          ++accepted;
        }
      });
      play.play(receiver, [&](self me) -> script {
        while (const std::optional<int> v = co_await me(ch.rx.recv())) ++received;
      });
    }
    play.play(player::thread, [&, round](self) -> script {
      while (received < round) std::this_thread::yield();
      ch.tx.close();
      co_return;
    });
    play.finish();
    EXPECT_EQ(accepted, received);
  }
}

}  // namespace
