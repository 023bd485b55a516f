// O6: select over a span of operations known at run time, with the same source in several cases.
#include <list>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;
using span_law = each_setting;
using span_law_where_all_is_kept = each_setting;
BRAID_FOR_EACH_FLAVOUR(span_law);
BRAID_WHERE_ALL_IS_KEPT(span_law_where_all_is_kept);

using recv_op = decltype(std::declval<braid::receiver<int>&>().recv());

/// Receives on the given channels, case i on channels[i % channels.size()], as cases of one select.
class many_cases {
 public:
  many_cases(const std::vector<braid::channel<int>>& channels, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) pointers_.push_back(&add(channels[i % channels.size()].rx));
  }
  std::span<braid::operation* const> span() const { return pointers_; }
  std::optional<int> result(std::size_t i) {
    return std::next(ops_.begin(), static_cast<std::ptrdiff_t>(i))->op.result();
  }

 private:
  struct node {
    explicit node(const braid::receiver<int>& rx) : op(rx.recv()) {}
    recv_op op;
  };
  braid::operation& add(const braid::receiver<int>& rx) { return ops_.emplace_back(rx).op; }
  std::list<node> ops_;
  std::vector<braid::operation*> pointers_;
};

std::vector<braid::channel<int>> channels_of(const flavour& f, std::size_t count) {
  std::vector<braid::channel<int>> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(f.make());
  return all;
}

TEST_P(span_law, a_waiting_select_over_1_to_100_cases_is_completed_at_the_right_one) {
  for (std::size_t count = 1; count <= 100; count += 1 + count / 4) {
    const auto channels = channels_of(flavour, count);
    const std::size_t chosen = count * 2 / 3;
    play.play(receiver,
              [&](self me) -> script {
                many_cases cases(channels, count);
                const std::size_t winner = co_await me(braid::select(cases.span()));
                EXPECT_EQ(winner, chosen);
                EXPECT_EQ(cases.result(chosen), 7);
              })
        .wait_until_parked();
    EXPECT_TRUE(channels[chosen].tx.try_send(7));
    play.finish();
  }
}

TEST_P(span_law_where_all_is_kept, the_same_source_in_several_cases_gives_each_value_to_one_of_them) {
  for (const std::size_t count : {2u, 3u, 10u, 100u}) {
    const auto channels = channels_of(flavour, (count + 2) / 3);
    play.play(sender, [&](self me) -> script {
      for (int i = 0; i < 60; ++i)
        static_cast<void>(co_await me(channels[static_cast<std::size_t>(i) % channels.size()].tx.send(i)));
    });
    play.play(receiver, [&](self me) -> script {
      many_cases cases(channels, count);
      std::vector<int> last(channels.size(), -1);
      for (int i = 0; i < 60; ++i) {
        const std::size_t winner = co_await me(braid::select(cases.span()));
        const std::optional<int> v = cases.result(winner);
        EXPECT_TRUE(v);
        int& before = last[winner % channels.size()];
        EXPECT_LT(std::exchange(before, v.value_or(-1)), v.value_or(-1));
      }
    });
    play.finish();
  }
}

TEST_P(span_law, a_biased_select_over_a_span_takes_the_first_ready_case) {
  const auto channels = channels_of(flavour, 10);
  for (const std::size_t ready : {8u, 5u}) channels[ready].tx.close();
  play.play(receiver, [&](self me) -> script {
    many_cases cases(channels, 10);
    const std::size_t winner = co_await me(braid::select(braid::biased, cases.span()));
    EXPECT_EQ(winner, 5u);
  });
  play.finish();
}

TEST_P(span_law, try_select_over_a_span_takes_what_is_ready_or_none) {
  const auto channels = channels_of(flavour, 10);
  many_cases cases(channels, 30);
  EXPECT_EQ(braid::try_select(cases.span()), braid::none);
  channels[4].tx.close();
  EXPECT_EQ(braid::try_select(cases.span()) % 10, 4u);
}

}  // namespace
