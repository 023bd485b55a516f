#include "braid/sync/semaphore.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "braid/runtime/inline_executor_test.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/within.hpp"

using braid::fixture::inline_executor;

namespace {

/// Tasks that acquire one after the other. Made after the semaphore: when it goes nobody waits or holds any more.
class permit_queue {
 public:
  explicit permit_queue(braid::semaphore& from) : from_(from) {}
  ~permit_queue() {
    group_.cancel();
    group_.join().get();
  }
  /// One more task: it notes its number once it has `weight`, and keeps the permit.
  void join(std::size_t weight, int number) {
    group_.spawn(
        [](permit_queue* q, std::size_t w, int n) -> braid::task<> {
          try {
            auto mine = co_await q->from_.acquire(w);
            q->served_.push_back(n);
            q->kept_.push_back(std::move(mine));
          } catch (const braid::limit_exceeded&) {
            q->refused_.push_back(n);
          }
        },
        this, weight, number);
  }
  const std::vector<int>& served() const { return served_; }
  const std::vector<int>& refused() const { return refused_; }

 private:
  braid::semaphore& from_;
  inline_executor here_;
  braid::task_group group_{braid::context(braid::environment{.executor = &here_})};
  std::vector<int> served_, refused_;
  std::vector<braid::permit> kept_;
};

class semaphore_death : public testing::Test {
 protected:
  semaphore_death() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

}  // namespace

TEST(semaphore, gives_permits_up_to_its_capacity_and_takes_them_back_as_they_go) {
  braid::semaphore sem(3);
  {
    const braid::permit one = sem.acquire().get();
    const braid::permit two = sem.acquire(2).get();
    EXPECT_EQ(two.weight(), 2u);
    EXPECT_EQ(sem.held(), 3u);
    EXPECT_FALSE(sem.try_acquire());
  }
  EXPECT_EQ(sem.held(), 0u);
  EXPECT_TRUE(sem.try_acquire(3));
}

TEST(semaphore, a_permit_is_given_back_once_however_often_it_is_released) {
  braid::semaphore sem(3);
  braid::permit one = sem.acquire().get();
  const braid::permit two = sem.acquire(2).get();
  one.release();
  one.release();
  EXPECT_EQ(one.weight(), 0u);
  EXPECT_EQ(sem.held(), 2u);
}

TEST(semaphore, a_permit_that_is_moved_from_holds_nothing) {
  braid::semaphore sem(3);
  braid::permit first = sem.acquire(2).get();
  braid::permit second = std::move(first);
  first.release();
  EXPECT_EQ(sem.held(), 2u);
  EXPECT_EQ(second.weight(), 2u);
}

TEST(semaphore, a_permit_that_is_assigned_over_goes_back) {
  braid::semaphore sem(3);
  braid::permit mine = sem.acquire(2).get();
  mine = sem.acquire(1).get();
  EXPECT_EQ(sem.held(), 1u);
  mine = {};
  EXPECT_EQ(sem.held(), 0u);
}

TEST(semaphore, a_permit_is_split_and_each_part_goes_back_alone) {
  braid::semaphore sem(8);
  braid::permit whole = sem.acquire(8).get();
  {
    const braid::permit part = whole.split(3);
    EXPECT_EQ(part.weight(), 3u);
    EXPECT_EQ(whole.weight(), 5u);
    EXPECT_EQ(sem.held(), 8u);
  }
  EXPECT_EQ(sem.held(), 5u);
  EXPECT_EQ(whole.split(0).weight(), 0u);
  const braid::permit rest = whole.split(5);
  EXPECT_EQ(whole.weight(), 0u);
  EXPECT_EQ(sem.held(), 5u);
}

TEST(semaphore, a_permit_that_nobody_took_goes_back_with_its_operation) {
  braid::semaphore sem(1);
  {
    auto op = sem.acquire();
    EXPECT_EQ(braid::select(op).get(), 0u);
    EXPECT_EQ(sem.held(), 1u);
  }
  EXPECT_EQ(sem.held(), 0u);
}

TEST(semaphore, a_case_of_select_that_loses_takes_nothing_and_can_be_performed_again) {
  braid::semaphore a(1), b(1);
  auto from_a = a.acquire();
  auto from_b = b.acquire();
  EXPECT_EQ(braid::select(braid::biased, from_a, from_b).get(), 0u);
  const braid::permit first = from_a.result();
  EXPECT_EQ(b.held(), 0u);
  EXPECT_EQ(braid::select(braid::biased, from_a, from_b).get(), 1u);
  const braid::permit second = from_b.result();
  EXPECT_EQ(a.held() + b.held(), 2u);
}

TEST(semaphore, an_acquire_that_times_out_takes_nothing) {
  braid::semaphore sem(1);
  braid::permit mine = sem.acquire().get();
  EXPECT_THROW(static_cast<void>(braid::within(std::chrono::milliseconds(1), sem.acquire()).get()), braid::timed_out);
  mine.release();
  EXPECT_EQ(sem.held(), 0u);
}

TEST(semaphore, serves_in_order_and_holds_up_the_small_behind_the_large) {
  braid::semaphore sem(4);
  braid::permit held = sem.acquire(3).get();
  permit_queue others(sem);
  others.join(2, 1);
  others.join(1, 2);
  EXPECT_TRUE(others.served().empty()) << "1 would fit, but the 2 before it does not";
  EXPECT_FALSE(sem.try_acquire()) << "nor does a try overtake";
  held.release();
  EXPECT_EQ(others.served(), (std::vector{1, 2}));
}

TEST(semaphore, a_part_that_comes_back_serves_those_it_suffices_for) {
  braid::semaphore sem(4);
  braid::permit held = sem.acquire(4).get();
  permit_queue others(sem);
  others.join(1, 1);
  others.join(1, 2);
  others.join(1, 3);
  static_cast<void>(held.split(2));
  EXPECT_EQ(others.served(), (std::vector{1, 2}));
}

TEST(semaphore, grows_while_it_is_held_and_wakes_in_order) {
  braid::semaphore sem(1);
  const braid::permit held = sem.acquire().get();
  permit_queue others(sem);
  others.join(1, 1);
  others.join(1, 2);
  others.join(1, 3);
  sem.resize(3);
  EXPECT_EQ(others.served(), (std::vector{1, 2}));
  EXPECT_EQ(sem.held(), 3u);
}

TEST(semaphore, a_permit_that_travels_in_a_value_is_one_budget_of_bytes_for_several_channels) {
  struct parcel {
    std::string text;
    braid::permit room;
  };
  braid::semaphore budget(10);
  braid::channel<parcel> letters(braid::unbounded), cards(braid::unbounded);
  const auto fits = [&](braid::channel<parcel>& into, const std::string& text) {
    auto room = budget.try_acquire(text.size());
    return room && into.tx.send(parcel{text, std::move(*room)}).get();
  };
  EXPECT_TRUE(fits(letters, "six by"));
  EXPECT_TRUE(fits(cards, "four"));
  EXPECT_FALSE(fits(cards, "1"));
  EXPECT_EQ(letters.rx.recv().get()->text, "six by");  // whose room is free once it has gone
  EXPECT_TRUE(fits(cards, "6 more"));
  budget.resize(13);
  EXPECT_FALSE(fits(letters, "four"));
  EXPECT_TRUE(fits(letters, "3 b"));
}

TEST(semaphore, shrinks_below_what_is_held_and_gives_nothing_until_that_has_come_back) {
  braid::semaphore sem(5);
  braid::permit five = sem.acquire(5).get();
  permit_queue others(sem);
  sem.resize(2);
  EXPECT_EQ(sem.capacity(), 2u);
  EXPECT_EQ(sem.held(), 5u);
  others.join(1, 1);
  static_cast<void>(five.split(2));
  static_cast<void>(five.split(1));
  EXPECT_TRUE(others.served().empty()) << "2 are held, and 2 is the capacity";
  static_cast<void>(five.split(1));
  EXPECT_EQ(others.served(), (std::vector{1}));
}

TEST(semaphore, refuses_at_once_what_its_capacity_can_never_hold) {
  braid::semaphore sem(8, "connections");
  try {
    static_cast<void>(sem.acquire(9).get());
    FAIL();
  } catch (const braid::limit_exceeded& e) {
    EXPECT_STREQ(e.what(),
                 "acquire(9) of semaphore 'connections' can never be: the capacity is 8. Ask for less at a time, or "
                 "resize the semaphore first");
  }
  EXPECT_THROW(static_cast<void>(sem.try_acquire(9)), braid::limit_exceeded);
  EXPECT_EQ(sem.held(), 0u);
}

TEST(semaphore, an_acquire_that_was_refused_is_performed_after_a_resize) {
  braid::semaphore sem(1);
  auto op = sem.acquire(2);
  EXPECT_THROW(static_cast<void>(op.get()), braid::limit_exceeded);
  sem.resize(2);
  EXPECT_EQ(op.get().weight(), 2u);
}

TEST(semaphore, a_resize_refuses_those_who_wait_for_more_and_serves_those_behind) {
  braid::semaphore sem(4);
  const braid::permit held = sem.acquire(2).get();
  permit_queue others(sem);
  others.join(4, 2);
  others.join(1, 1);
  sem.resize(3);
  EXPECT_EQ(others.refused(), std::vector{2});
  EXPECT_EQ(others.served(), (std::vector{1}));
}

TEST(semaphore, a_capacity_of_0_refuses_everybody) {
  braid::semaphore sem(1);
  braid::permit held = sem.acquire().get();
  sem.resize(0);
  EXPECT_THROW(static_cast<void>(sem.acquire().get()), braid::limit_exceeded);
  held.release();
  EXPECT_THROW(static_cast<void>(sem.try_acquire()), braid::limit_exceeded);
  sem.resize(1);
  EXPECT_TRUE(sem.try_acquire());
}

TEST(semaphore, takes_any_weight_without_overflow) {
  constexpr std::size_t most = static_cast<std::size_t>(-1);
  braid::semaphore sem(most);
  const braid::permit all_but_one = sem.acquire(most - 1).get();
  EXPECT_FALSE(sem.try_acquire(most));
  EXPECT_FALSE(sem.try_acquire(2));
  EXPECT_TRUE(sem.try_acquire(1));
}

TEST(semaphore, lets_threads_in_up_to_its_capacity) {
  constexpr int most = 3;
  braid::semaphore sem(most);
  std::atomic<int> inside{0}, too_many{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const braid::permit mine = sem.acquire().get();
        if (++inside > most) ++too_many;
        --inside;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(too_many, 0);
  EXPECT_EQ(sem.held(), 0u);
}

TEST_F(semaphore_death, destroying_it_while_a_permit_is_held_ends_the_program) {
  const auto outlive = [] {
    braid::permit mine;
    braid::semaphore sem(1);
    mine = sem.acquire().get();
  };
  EXPECT_DEATH(outlive(), "destroyed while permits of it are held");
}

TEST_F(semaphore_death, destroying_it_while_somebody_waits_ends_the_program) {
  const auto outlive = [] {
    auto sem = std::make_unique<braid::semaphore>(1);
    permit_queue others(*sem);
    const braid::permit mine = sem->acquire().get();
    others.join(1, 1);
    sem.reset();
  };
  EXPECT_DEATH(outlive(), "a semaphore was destroyed while an operation waits");
}

TEST_F(semaphore_death, misuse_ends_the_program_with_a_sentence) {
  braid::semaphore sem(2);
  auto op = sem.acquire();
  EXPECT_DEATH(static_cast<void>(op.result()), "result\\(\\) of an acquire that was not performed");
  EXPECT_EQ(braid::select(op).get(), 0u);
  EXPECT_DEATH(static_cast<void>(braid::select(op).get()), "performed again before its result\\(\\) was taken");
  const braid::permit mine = op.result();
  EXPECT_DEATH(static_cast<void>(op.result()), "whose result\\(\\) was taken already");
}
