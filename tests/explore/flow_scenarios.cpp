// A map with two workers, the consumer and one helper that a timer calls, under every schedule with few preemptions:
// no item is lost or done twice, what waits for another worker gets it, and whoever leaves leaves nothing behind.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <vector>

#include "braid/flow/map.hpp"
#include "braid/flow/merge.hpp"
#include "braid/flow/sinks.hpp"
#include "braid/flow/sources.hpp"
#include "explore/background.hpp"
#include "explore/explore.hpp"
#include "explore/stage_hands.hpp"

namespace {

using explore::check;
using explore::world;
using std::views::iota;

struct map_world : explore::stage_hands {
  std::array<int, 4> runs{};

  int run(int item) {
    check(++runs[item] == 1, "an item was done twice");
    return item;
  }
};

/// `consumer` on a thread, with the helper's and the clock's.
template<class World, class Consumer>
void explore_map(const char* name, Consumer consumer) {
  const explore::options how{.name = name, .preemptions = explore::long_form() ? 3 : 2, .timeouts = 2};
  const auto r = explore::run(how, [&](world& w) {
    auto s = std::make_shared<World>();
    w.thread([s, consumer] {
      consumer(*s);
      s->finish();
    });
    w.thread([s] { s->worker.serve(); });
    w.thread([s] { s->clock.serve(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(flow_explored, a_map_of_two_workers_gives_every_item_once) {
  explore_map<map_world>("a map with a helper", [](map_world& s) {
    const int sum = braid::from(iota(0, 3)) |
                    braid::map(
                        2, [&s](int n) { return 1 << s.run(n); }, braid::slack(0)) |
                    braid::reduce(0, std::plus{});
    check(sum == 7, "an item was lost, or came twice");
  });
}

TEST(flow_explored, an_ordered_map_keeps_the_order) {
  explore_map<map_world>("an ordered map with a helper", [](map_world& s) {
    const std::vector<int> all = braid::from(iota(0, 3)) |
                                 braid::map(
                                     2, [&s](int n) { return s.run(n); }, braid::ordered) |
                                 braid::collect();
    check(all == std::vector{0, 1, 2}, "the order is another one");
  });
}

struct waiting_world : map_world {
  braid::detail::parker told;
};

TEST(flow_explored, an_item_that_waits_for_the_next_one_gets_a_second_worker) {
  explore_map<waiting_world>("an item of a map waits for the next one", [](waiting_world& s) {
    const auto f = [&s](int n) {
      if (n == 0) s.told.park();
      if (n == 1) s.told.unpark();
      return s.run(n);
    };
    check((braid::from(iota(0, 3)) | braid::map(2, f) | braid::count()) == 3, "an item was lost");
  });
}

TEST(flow_explored, a_map_that_is_left_early_leaves_nothing_behind) {
  explore_map<map_world>("a map with a helper is left early", [](map_world& s) {
    const auto some = braid::from(iota(0, 4)) |
                      braid::map(
                          2, [&s](int n) { return s.run(n); }, braid::ordered) |
                      braid::first(1);
    check(some == std::vector{0}, "the first item is another one");
  });
}

TEST(flow_explored, what_came_before_a_failure_comes_out) {
  explore_map<map_world>("an item of a map fails", [](map_world& s) {
    std::vector<int> before;
    bool failed = false;
    try {
      const auto f = [&s](int n) { return n == 1 ? throw std::runtime_error("one") : s.run(n); };
      braid::from(iota(0, 3)) | braid::map(2, f, braid::ordered) | braid::collect_into(before);
    } catch (const std::runtime_error&) {
      failed = true;
    }
    check(failed && before == std::vector{0}, "not exactly the prefix");
  });
}

TEST(flow_explored, a_branch_of_a_merge_that_runs_plain_functions_gives_every_item_once) {
  explore_map<map_world>("a merge with a branch that runs plain functions", [](map_world& s) {
    auto branch = braid::from(iota(0, 2)) | braid::map([&s](int n) { return 1 << s.run(n); });
    const int sum = braid::merge(std::move(branch), braid::from(iota(4, 5))) | braid::reduce(0, std::plus{});
    check(sum == 3 + 4, "an item was lost, or came twice");
  });
}

TEST(flow_explored, a_merge_that_is_left_early_leaves_no_branch_behind) {
  explore_map<map_world>("a merge with a branch that runs plain functions is left early", [](map_world& s) {
    auto branch = braid::from(iota(0, 3)) | braid::map([&s](int n) { return s.run(n); });
    const auto some = braid::merge(braid::from(iota(7, 9)), std::move(branch)) | braid::first(2);
    check(some.size() == 2 && some[0] == 7, "the first items are others");
  });
}

struct channel_world : map_world {
  braid::channel<int> input{0}, results{3};
  braid::detail::parker told;
};

/// A map of what `sender` sends, which takes the results from another channel.
template<class F, class Sender>
void explore_map_of_a_channel(const char* name, int timeouts, F f, Sender sender) {
  const int preemptions = explore::long_form() ? 2 : 0;
  const explore::options how{.name = name, .preemptions = preemptions, .timeouts = timeouts};
  const auto r = explore::run(how, [&](world& w) {
    auto s = std::make_shared<channel_world>();
    w.thread([s, f] {
      auto rx = std::move(s->input.rx);
      auto tx = std::move(s->results.tx);
      braid::from(std::move(rx)) | braid::map(2, [&s, f](int n) { return f(*s, n); }) | braid::to(std::move(tx));
      s->finish();
    });
    w.thread([s] { s->worker.serve(); });
    w.thread([s] { s->clock.serve(); });
    w.thread([s, sender] {
      auto tx = std::move(s->input.tx);
      auto rx = std::move(s->results.rx);
      sender(tx, rx);
    });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(flow_explored, a_result_does_not_wait_for_the_next_item_to_come) {
  explore_map_of_a_channel(
      "a map whose next item comes when the result of the last one is there", 1,
      [](channel_world& s, int n) { return s.run(n); },
      [](braid::sender<int>& tx, braid::receiver<int>& rx) {
        for (int n = 0; n < 2; ++n) {
          check(tx.send(n).get(), "a send failed");
          check(rx.recv().get() == n, "a result was lost");
        }
      });
}

TEST(flow_explored, an_item_of_a_channel_that_waits_for_the_next_one_gets_a_second_worker) {
  explore_map_of_a_channel(
      "an item of a channel waits for the next one", 2,
      [](channel_world& s, int n) {
        if (n == 1) s.told.park();
        if (n == 2) s.told.unpark();
        return s.run(n);
      },
      [](braid::sender<int>& tx, braid::receiver<int>& rx) {
        for (int n = 0; n < 3; ++n) check(tx.send(n).get(), "a send failed");
        for (int n = 0; n < 3; ++n) check(rx.recv().get().has_value(), "a result was lost");
      });
}

}  // namespace
