// Many threads that acquire, select, time out, are cancelled, split, release and resize at random: never more permits
// are out than the capacity allows, and at rest none is missing. Prints its seed; BRAID_PERMIT_SEED=n runs another.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/within.hpp"

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most = 8;  ///< The largest capacity that a resize sets.

/// A semaphore, and what its users say that they hold of it.
struct counted_semaphore {
  braid::semaphore sem{most};
  std::atomic<std::size_t> out{0};
  std::atomic<std::uint64_t> given{0};

  void enter(const braid::permit& mine) {
    ++given;
    if (out.fetch_add(mine.weight()) + mine.weight() > most) ADD_FAILURE() << "more permits are out than the capacity";
  }
  void leave(braid::permit mine) {
    out -= mine.weight();
    mine.release();
  }
};

class party {
 public:
  party(std::uint64_t seed, std::array<counted_semaphore, 2>& sems, const braid::context& ctx)
      : random_(seed), sems_(sems), ctx_(ctx) {}

  void take_a_turn() {
    counted_semaphore& s = sems_[below(2)];
    switch (below(8)) {
      case 0:
        return s.sem.resize(below(most + 1));
      case 1:
        if (auto mine = s.sem.try_acquire(weight())) use(s, std::move(*mine));
        return;
      case 2: {
        auto op = s.sem.acquire(weight());
        static_cast<void>(braid::try_select(op));  // won or not, its result is not taken
        return;
      }
      case 3:
        return use(s, braid::within(std::chrono::microseconds(below(50)), s.sem.acquire(weight())).get());
      case 4:
        return use(s, braid::within(ctx_, s.sem.acquire(weight())).get());
      case 5:
        return use(s, braid::within(1ms, s.sem.acquire(weight())).get());
      default:
        return select();
    }
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::size_t weight() { return 1 + below(4); }

  void select() {
    auto first = sems_[0].sem.acquire(weight());
    auto second = sems_[1].sem.acquire(weight());
    braid::after late(std::chrono::microseconds(below(200)));
    switch (braid::select(first, second, late).get()) {
      case 0:
        return use(sems_[0], first.result());
      case 1:
        return use(sems_[1], second.result());
      default:
        return;
    }
  }
  void use(counted_semaphore& s, braid::permit mine) {
    s.enter(mine);
    if (below(3) == 0) s.leave(mine.split(below(mine.weight() + 1)));
    if (below(4) == 0) std::this_thread::yield();
    s.leave(std::move(mine));
  }

  std::mt19937_64 random_;
  std::array<counted_semaphore, 2>& sems_;
  const braid::context ctx_;
};

TEST(permit_accounting, no_permit_is_lost_or_given_twice_in_random_races) {
  const char* const wanted = std::getenv("BRAID_PERMIT_SEED");
  const std::uint64_t seed = wanted ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937_64 seeds(seed);
  std::uint64_t turns = 0, given = 0, refused = 0, gave_up = 0;
  for (int episode = 0; episode < 40; ++episode) {
    std::array<counted_semaphore, 2> sems;
    auto [ctx, cancel] = braid::with_cancel(braid::context());
    std::atomic<std::uint64_t> refusals{0}, ends{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, &under = ctx, &end = cancel, t, own = seeds()] {
        party p(own, sems, under);
        for (int i = 0; i < 250; ++i) {
          if (t == 0 && i == 125) end();  // whoever waits under the context gives up
          try {
            p.take_a_turn();
          } catch (const braid::limit_exceeded&) {
            ++refusals;
          } catch (const braid::cancelled&) {
            ++ends;
          }
        }
      });
    for (std::thread& t : threads) t.join();
    for (counted_semaphore& s : sems) {
      s.sem.resize(most);
      ASSERT_EQ(s.out, 0u);
      ASSERT_EQ(s.sem.held(), 0u) << "a permit was lost, or came back twice";
      ASSERT_TRUE(s.sem.try_acquire(most)) << "somebody still waits";
      given += s.given;
    }
    turns += 1000, refused += refusals, gave_up += ends;
  }
  std::cout << "count: turns " << turns << ", permits " << given << ", refused " << refused << ", gave up " << gave_up
            << '\n';
  EXPECT_GT(given, turns / 10);
}

}  // namespace
