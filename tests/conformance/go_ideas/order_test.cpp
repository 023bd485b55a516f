// Ideas of Go's channel tests, told anew: fifo, a prime sieve, merging two streams, a chain of many stages.
#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using go_order = each_setting;
BRAID_WHERE_ALL_IS_KEPT(go_order);

TEST_P(go_order, a_line_of_senders_each_started_by_the_one_before_delivers_in_that_order) {
  constexpr std::size_t length = 8;
  std::vector<braid::channel<int>> gates;
  for (std::size_t i = 0; i <= length; ++i) gates.push_back(flavour.make());
  auto ch = flavour.make();
  for (std::size_t i = 0; i < length; ++i) {
    play.play(sender, [&, i](self me) -> script {
      static_cast<void>(co_await me(gates[i].rx.recv()));
      static_cast<void>(co_await me(ch.tx.send(static_cast<int>(i))));
      static_cast<void>(co_await me(gates[i + 1].tx.send(1)));
    });
  }
  play.play(receiver, [&](self me) -> script {
    static_cast<void>(co_await me(gates[0].tx.send(1)));
    for (int i = 0; i < static_cast<int>(length); ++i) {
      const std::optional<int> v = co_await me(ch.rx.recv());
      EXPECT_EQ(v, i);
    }
    static_cast<void>(co_await me(gates[length].rx.recv()));
  });
  play.finish();
  EXPECT_EQ(ch.rx.try_recv(), std::nullopt);
}

TEST_P(go_order, a_sieve_of_stages_finds_the_primes) {
  constexpr int wanted = 20;
  static const int primes[wanted] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71};
  auto first = flavour.make();
  auto in = first.rx;
  play.play(sender, [tx = std::move(first.tx)](self me) -> script {
    for (int n = 2; n <= primes[wanted - 1]; ++n) static_cast<void>(co_await me(tx.send(n)));
  });
  { const auto gone = std::move(first.rx); }
  for (int i = 0; i < wanted; ++i) {
    const std::optional<int> prime = in.recv().get();
    ASSERT_EQ(prime, primes[i]);
    auto filtered = flavour.make();
    play.play(receiver, [rx = in, tx = std::move(filtered.tx), by = *prime](self me) -> script {
      while (const std::optional<int> n = co_await me(rx.recv()))
        if (*n % by != 0) static_cast<void>(co_await me(tx.send(*n)));
    });
    in = filtered.rx;
  }
  EXPECT_EQ(in.recv().get(), std::nullopt) << "the close went through every stage";
  play.finish();
}

TEST_P(go_order, two_streams_are_merged_in_order_by_looking_at_both_heads) {
  auto odd = flavour.make();
  auto even = flavour.make();
  const auto count_from = [](braid::sender<int> end, int start) {
    return [tx = std::move(end), start](self me) -> script {
      for (int n = start; n < 200; n += 2) static_cast<void>(co_await me(tx.send(n)));
    };
  };
  play.play(sender, count_from(std::move(odd.tx), 1));
  play.play(sender, count_from(std::move(even.tx), 0));
  int next = 0;
  play.play(receiver, [&](self me) -> script {
    std::optional<int> a = co_await me(odd.rx.recv());
    std::optional<int> b = co_await me(even.rx.recv());
    while (a || b) {
      const bool take_a = a && (!b || *a < *b);
      EXPECT_EQ(take_a ? *a : *b, next++);
      if (take_a) {
        a = co_await me(odd.rx.recv());
      } else {
        b = co_await me(even.rx.recv());
      }
    }
  });
  play.finish();
  EXPECT_EQ(next, 200);
}

TEST(go_order_of_tasks, a_value_goes_through_a_chain_of_ten_thousand_stages) {
  constexpr int stages = 10'000;
  for (const flavour& f : {rendezvous, bounded, unbounded_flavour}) {
    stage play;
    auto first = f.make();
    braid::receiver<int> rx = std::move(first.rx);
    for (int i = 0; i < stages; ++i) {
      auto next = f.make();
      play.play(player::task_of_two_workers, [in = std::move(rx), out = std::move(next.tx)](self me) -> script {
        while (const std::optional<int> v = co_await me(in.recv())) static_cast<void>(co_await me(out.send(*v + 1)));
      });
      rx = std::move(next.rx);
    }
    EXPECT_TRUE(first.tx.send(0).get());
    EXPECT_EQ(rx.recv().get(), stages);
    first.tx.close();
    EXPECT_EQ(rx.recv().get(), std::nullopt);
    play.finish();
  }
}

}  // namespace
