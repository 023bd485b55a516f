// E2: misuse ends the program with a sentence that names the mistake.
#include <thread>

#include "conformance/flavours.hpp"

namespace {

using namespace braid::conformance;

class misuse_law : public testing::Test {
 protected:
  misuse_law() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }

  /// Runs f as the one task of an executor with one worker.
  template<class F>
  static void on_a_worker(F f) {
    braid::work_stealing_executor pool(1);
    braid::task_group group{braid::context(braid::environment{.executor = &pool})};
    group.spawn(std::move(f));
    group.join().get();
  }
};

TEST_F(misuse_law, a_send_performed_again_without_a_refill) {
  auto ch = braid::channel<int>(2);
  auto out = ch.tx.send(1);
  EXPECT_TRUE(out.get());
  EXPECT_DEATH(static_cast<void>(out.get()), "a send was performed again after it was sent; refill");
}

TEST_F(misuse_law, the_value_of_a_send_that_was_sent) {
  auto ch = braid::channel<int>(2);
  auto out = ch.tx.send(1);
  EXPECT_TRUE(out.get());
  EXPECT_DEATH(static_cast<void>(out.value()), "value\\(\\) of a send that has been sent");
}

TEST_F(misuse_law, a_receive_performed_again_before_its_result_was_taken) {
  auto ch = braid::channel<int>(2);
  EXPECT_TRUE(ch.tx.try_send(1));
  EXPECT_TRUE(ch.tx.try_send(2));
  auto in = ch.rx.recv();
  EXPECT_EQ(braid::select(in).get(), 0u);
  EXPECT_DEATH(static_cast<void>(braid::select(in).get()), "performed again before its result\\(\\) was taken");
}

TEST_F(misuse_law, the_result_of_a_receive_that_was_not_performed_or_was_taken) {
  auto ch = braid::channel<int>(2);
  auto in = ch.rx.recv();
  EXPECT_DEATH(static_cast<void>(in.result()), "a receive that was not performed, or whose result");
  EXPECT_TRUE(ch.tx.try_send(1));
  EXPECT_EQ(in.get(), 1);
  EXPECT_DEATH(static_cast<void>(in.result()), "a receive that was not performed, or whose result");
}

TEST_F(misuse_law, an_end_that_was_moved_from) {
  auto ch = braid::channel<int>(2);
  const auto tx = std::move(ch.tx);
  const auto rx = std::move(ch.rx);
  EXPECT_DEATH(static_cast<void>(ch.tx.send(1)), "a sender that was moved from");
  EXPECT_DEATH(static_cast<void>(ch.rx.recv()), "a receiver that was moved from");
}

TEST_F(misuse_law, a_task_that_is_awaited_twice) {
  const auto twice = [] {
    on_a_worker([]() -> braid::task<> {
      braid::task<> t = []() -> braid::task<> { co_return; }();
      co_await t;
      co_await t;
    });
  };
  EXPECT_DEATH(twice(), "moved from or awaited already");
}

TEST_F(misuse_law, a_group_that_would_lose_an_exception) {
  const auto lose = [] {
    braid::work_stealing_executor pool(1);
    braid::task_group group{braid::context(braid::environment{.executor = &pool})};
    group.spawn([] { throw std::runtime_error("lost"); });
    while (!group.ctx().is_cancelled()) std::this_thread::yield();  // what has not begun would be skipped
  };
  EXPECT_DEATH(lose(), "ended without a join");
}

}  // namespace
