// Parked tasks against delivery, cancel, join and the end of their group, under every schedule. The executor's worker
// is an explored thread.
#include <gtest/gtest.h>

#include <optional>

#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"
#include "explore/background.hpp"
#include "explore/explored_executor.hpp"
#include "explore/ledger.hpp"

namespace {

using explore::explored_executor;
using explore::ledger;
using explore::world;

struct task_world {
  explored_executor executor;
  braid::channel<int> ch{0};
  ledger values;
  std::optional<braid::task_group> group;

  task_world() { group.emplace(braid::context(braid::environment{.executor = &executor})); }
};

braid::task<> receive_one(task_world* s) {
  auto recv = s->ch.rx.recv();
  try {
    const std::optional<int> got = co_await recv;
    s->values.take(got);
  } catch (const braid::cancelled&) {  // had the receive a value, the ledger would miss it
  }
}

TEST(task_explored, a_delivery_to_a_parked_task_and_its_cancel_exclude_each_other) {
  // With the join inside it has 1.6 million schedules: in the long form. Else the group is joined after the threads.
  const bool join = explore::long_form();
  const std::string name = std::string("parked task against try_send and cancel") + (join ? " and join" : "");
  const auto r = explore::run({.name = name}, [join](world& w) {
    auto s = std::make_shared<task_world>();
    s->group->spawn(receive_one, s.get());
    w.thread([s] { s->executor.serve(); });
    w.thread([s, join] {
      s->ch.tx.try_send(0) ? s->values.sent(0) : s->values.kept(0);
      s->group->cancel();
      if (join) s->group->join().get();
      s->executor.stop();
    });
    w.at_end([s] { s->values.check_exact(); });
  });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(task_explored, a_sender_and_a_cancel_race_for_a_parked_task) {
  const auto r = explore::run(
      {.name = "parked task against a sender against cancel and join", .preemptions = explore::bound_of_three()},
      [](world& w) {
        auto s = std::make_shared<task_world>();
        s->group->spawn(receive_one, s.get());
        w.thread([s] { s->executor.serve(); });
        w.thread([s] {
          auto send = s->ch.tx.send(0);
          static_cast<void>(send.get());
          s->values.settle(send, 0);
        });
        w.thread([s] {
          s->group->cancel();
          s->group->join().get();
          s->executor.stop();
          (void)s->ch.rx.close();
        });
        w.at_end([s] { s->values.check_exact(); });
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

TEST(task_explored, the_last_child_may_end_while_its_group_is_joined_and_destroyed) {
  const auto r =
      explore::run({.name = "end of the last child against join and destruction of its group"}, [](world& w) {
        auto s = std::make_shared<task_world>();
        s->group->spawn([] {});
        w.thread([s] { s->executor.serve(); });
        w.thread([s] {
          s->group->join().get();
          s->group.reset();
          s->executor.stop();
        });
        w.at_end([s] {});
      });
  EXPECT_TRUE(r.ok()) << r.text();
}

}  // namespace
