#include "braid/inspect/stall_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "braid/runtime/perform.hpp"
#include "braid/runtime/select.hpp"
#include "braid/runtime/wait_registry.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/broadcast.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/task_group.hpp"
#include "braid/sync/ticker.hpp"

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Asks again until `is_so`, for a minute at most.
template<class Question>
bool becomes(Question is_so) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

/// The report as soon as it names all of `what`, or what it is after a minute.
std::string report_with(std::initializer_list<const char*> what) {
  std::string text;
  becomes([&] {
    text = braid::stalled_waits(0s);
    for (const char* const one : what)
      if (text.find(one) == std::string::npos) return false;
    return true;
  });
  return text;
}

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

class stall_report : public testing::Test {
 protected:
  stall_report() { braid::record_waits(); }
};

// The mistake: the thread that loops over the receiver holds a sender too.
TEST_F(stall_report, tells_of_a_loop_over_a_channel_whose_sender_was_kept) {
  braid::channel<int> ch(4, {.name = "work"});
  std::thread loop([rx = ch.rx] {
    for (int value : rx) static_cast<void>(value);
  });
  EXPECT_THAT(
      report_with({"recv on channel 'work'", "called at"}),
      AllOf(HasSubstr("thread '"), HasSubstr("1 sender and 2 receivers exist, 0 values buffered"),
            HasSubstr("called at: addr2line -Cfipe /"), HasSubstr("If the waiting side holds a sender itself")));
  ch.tx.close();
  loop.join();
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("channel 'work'")));
}

// The mistake: the receiving side has stopped to receive, and keeps its end.
TEST_F(stall_report, tells_of_a_send_whose_receiver_was_kept) {
  braid::channel<int> ch(1, {.name = "results"});
  std::thread sends([tx = ch.tx] {
    static_cast<void>(tx.send(1).get());
    static_cast<void>(tx.send(2).get());
  });
  EXPECT_THAT(
      report_with({"send on channel 'results'"}),
      AllOf(HasSubstr("2 senders and 1 receiver exist, 1 value buffered"),
            HasSubstr("the one receiver receives or goes"), HasSubstr("If the waiting side holds a receiver itself")));
  static_cast<void>(ch.rx.close());
  sends.join();
}

TEST_F(stall_report, tells_of_two_threads_that_wait_for_each_other) {
  braid::channel<int> a(0, {.name = "a"}), b(0, {.name = "b"});
  std::thread first([&] { static_cast<void>(a.rx.recv().get()); });
  std::thread second([&] { static_cast<void>(b.tx.send(1).get()); });
  EXPECT_THAT(
      report_with({"recv on channel 'a'", "send on channel 'b'"}),
      AllOf(HasSubstr("braid: 2 waits have lasted for 0 ms or longer"), HasSubstr(" ms in recv on channel 'a'")));
  a.tx.close();
  static_cast<void>(b.rx.close());
  first.join();
  second.join();
}

// The mistake: the joiner holds the permit that its task wants.
TEST_F(stall_report, names_the_task_that_waits_and_the_join_that_waits_for_it) {
  braid::semaphore permits(1, "seats");
  braid::task_group group;
  braid::permit held = permits.acquire().get();
  group.spawn(
      braid::named("guest"),
      [](braid::semaphore* from) -> braid::task<> {
        auto one = from->acquire();
        const auto permit = co_await one;
      },
      &permits);
  std::thread joiner([&] { group.join().get(); });
  EXPECT_THAT(report_with({"task 'guest'", "join() of a task group"}),
              AllOf(HasSubstr("task 'guest' ("), HasSubstr("stall_report_test.cpp:"),
                    HasSubstr("in the coroutine: addr2line -Cfipe /"),
                    HasSubstr("1 of 1 permits are held, and this wants 1"), HasSubstr("1 of its tasks has not ended")));
  held.release();
  joiner.join();
}

TEST_F(stall_report, tells_of_the_destructor_of_a_group_that_was_not_joined) {
  std::promise<void> began, may_end;
  std::thread owner([&began, gate = may_end.get_future().share()] {
    braid::task_group group;
    group.spawn(braid::blocking([&began, gate] {
      began.set_value();
      gate.wait();
    }));
    began.get_future().wait();
  });
  EXPECT_THAT(report_with({"a task group that was not joined"}), HasSubstr("1 of its tasks has not ended"));
  may_end.set_value();
  owner.join();
}

TEST_F(stall_report, tells_of_both_ends_of_a_broadcast) {
  auto [tx, idle] = braid::broadcast<int>(1, {.name = "news"});
  std::thread reads([listens = tx.subscribe()] {
    while (listens.recv().get().has_value()) {
    }
  });
  EXPECT_THAT(report_with({"recv on broadcast 'news'"}),
              HasSubstr("1 sender and 2 receivers exist: it ends when a sender"));
  std::thread sends([&out = tx] {
    for (int i = 0; i < 2; ++i) static_cast<void>(out.send(i).get());
  });
  EXPECT_THAT(report_with({"send on broadcast 'news'"}), HasSubstr("the slowest receiver receives or goes"));
  tx.close();
  reads.join();
  sends.join();
}

TEST_F(stall_report, names_every_case_of_a_select_and_what_could_end_each) {
  braid::channel<int> in(0, {.name = "in"}), out(0, {.name = "out"}), off(0, {.name = "off"});
  auto [ctx, cancel] = braid::with_cancel();
  std::thread waits([&, stop = ctx] {
    auto receives = in.rx.recv();
    auto sends = out.tx.send(1);
    auto disabled = off.rx.recv();
    disabled.disable();
    auto done = stop.done();
    braid::select(receives, sends, disabled, done).get();
  });
  const std::string text = report_with({"recv on channel 'in'"});
  EXPECT_THAT(text, AllOf(HasSubstr("in recv on channel 'in', or send on channel 'out', or done() of a context\n"),
                          HasSubstr("the one sender sends"), HasSubstr("the one receiver receives"),
                          Not(HasSubstr("channel 'off'"))));
  EXPECT_EQ(count_of("has waited", text), 1u);
  cancel();
  waits.join();
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("channel 'in'")));
}

TEST_F(stall_report, names_the_thread_on_which_a_coroutine_without_a_name_ran) {
  braid::channel<int> ch(0, {.name = "inner"});
  std::thread waits([rx = ch.rx] {
    const auto receive = [](const braid::receiver<int>* from) -> braid::task<> {
      auto in = from->recv();
      const auto value = co_await in;
      static_cast<void>(value);
    };
    receive(&rx).get();
  });
  EXPECT_THAT(report_with({"recv on channel 'inner'"}),
              AllOf(HasSubstr("a coroutine, last on thread '"), HasSubstr("in the coroutine: addr2line")));
  ch.tx.close();
  waits.join();
}

TEST_F(stall_report, leaves_timers_out_and_a_select_with_a_timer) {
  braid::channel<int> ch(0, {.name = "beside a timer"});
  std::thread waits([&] {
    auto in = ch.rx.recv();
    braid::after late(1h);
    braid::select(in, late).get();
  });
  EXPECT_TRUE(becomes([] {
    for (const auto& wait : braid::detail::wait_registry::look())
      if (wait.may_be_long && wait.what.find("beside a timer") != std::string::npos) return true;
    return false;
  }));
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("beside a timer")));
  ch.tx.close();
  waits.join();
}

TEST_F(stall_report, of_a_limit_that_no_wait_has_reached_is_empty) {
  braid::channel<int> ch(0, {.name = "short"});
  std::thread waits([&] { static_cast<void>(ch.rx.recv().get()); });
  report_with({"channel 'short'"});
  EXPECT_THAT(braid::stalled_waits(24h), IsEmpty());
  ch.tx.close();
  waits.join();
}

TEST_F(stall_report, no_longer_names_a_wait_that_a_cancel_ended) {
  braid::channel<int> ch(0, {.name = "cancelled"});
  auto [ctx, cancel] = braid::with_cancel();
  braid::task_group group(ctx);
  group.spawn(
      [](braid::receiver<int> rx) -> braid::task<> {
        auto in = rx.recv();
        static_cast<void>(co_await in);
      },
      ch.rx);
  EXPECT_THAT(report_with({"channel 'cancelled'"}), HasSubstr("task 0 of its group has waited"));
  cancel();
  EXPECT_THROW(group.join().get(), braid::cancelled);
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("channel 'cancelled'")));
}

TEST_F(stall_report, no_longer_names_a_wait_whose_operation_was_destroyed) {
  braid::channel<int> ch(0, {.name = "given up"});
  braid::detail::performer& me = braid::detail::performer::current();
  {
    auto in = ch.rx.recv();
    braid::operation* const list[] = {&in};
    const auto attempt = braid::detail::begin({list, braid::detail::choice::single}, me, braid::detail::shield::no, {});
    ASSERT_EQ(attempt.state, braid::detail::attempt::parked);
    EXPECT_THAT(braid::stalled_waits(0s), HasSubstr("channel 'given up'"));
  }
  EXPECT_THAT(braid::stalled_waits(0s), Not(HasSubstr("channel 'given up'")));
  me.close();
}

/// While it lives, another thread makes reports without a pause.
class reports_without_pause {
 public:
  reports_without_pause()
      : thread_([this] {
          while (!over_) made_ += braid::stalled_waits(0s).empty() ? 1 : 2;
        }) {}
  ~reports_without_pause() {
    over_ = true;
    thread_.join();
  }
  bool has_begun() const {
    return becomes([this] { return made_ > 0; });
  }

 private:
  std::atomic<bool> over_{false};
  std::atomic<unsigned> made_{0};
  std::thread thread_;
};

// A report walks over waits that begin, end, are cancelled and withdrawn meanwhile.
TEST_F(stall_report, is_made_while_threads_and_tasks_wait_and_wake) {
  const reports_without_pause reports;
  ASSERT_TRUE(reports.has_begun());
  braid::work_stealing_executor workers(2);
  const auto receive_all = [](braid::receiver<int> rx) -> braid::task<> {
    auto in = rx.recv();
    for (;;) {
      const auto value = co_await in;
      if (!value) break;
    }
  };
  for (int round = 0; round < 20; ++round) {
    braid::channel<int> each(0);
    braid::task_group group(braid::context(braid::environment{.executor = &workers}));
    for (int i = 0; i < 4; ++i) group.spawn(receive_all, each.rx);
    for (int i = 0; i < 200; ++i) static_cast<void>(each.tx.send(i).get());
    if (round % 2 == 0) each.tx.close();
    if (round % 2 == 1) group.cancel();
    try {
      group.join().get();
    } catch (const braid::cancelled&) {
    }
  }
}

// Each select takes the locks of three sources, in a random order, and parks with a case on each.
TEST_F(stall_report, is_made_while_selects_of_several_cases_are_won_and_lost) {
  const reports_without_pause reports;
  ASSERT_TRUE(reports.has_begun());
  braid::channel<int> a(0), b(0), c(0);
  const auto receive_both = [&] {
    int got = 0;
    auto one = a.rx.recv(), two = b.rx.recv(), three = c.rx.recv();
    for (;;) switch (braid::select(one, two, three).get()) {
        case 0:
          got += one.result().value();
          break;
        case 1:
          got += two.result().value();
          break;
        default:
          return got;
      }
  };
  auto first = std::async(std::launch::async, receive_both), second = std::async(std::launch::async, receive_both);
  std::thread sends_a([tx = a.tx] {
    for (int i = 0; i < 1000; ++i) static_cast<void>(tx.send(1).get());
  });
  std::thread sends_b([tx = b.tx] {
    for (int i = 0; i < 1000; ++i) static_cast<void>(tx.send(1).get());
  });
  sends_a.join();
  sends_b.join();
  c.tx.close();
  EXPECT_EQ(first.get() + second.get(), 2000);
}

}  // namespace
