// What braid does otherwise than Go, by design, and what a Go programmer would not expect: docs/from-go.md.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

// [sibling]
braid::task<std::string> what_a_sibling_sees() {
  auto wait = braid::after(1h);
  try {
    co_await wait;
  } catch (const braid::cancelled& cut_off) {
    co_return cut_off.what();  // that a task of the group failed; which one, and how, is in errors() after the join
  }
  co_return "nothing";
}

void a_failed_group() {
  braid::manual_executor steps;
  braid::task_group group(braid::context(braid::environment{.executor = &steps}));
  auto sibling = group.async(what_a_sibling_sees);
  group.spawn([] { throw std::runtime_error("the disk is full"); });
  steps.run();
  try {
    group.join().get();
  } catch (const std::runtime_error& first) {
    std::printf("join throws: %s\nits sibling saw: %s\n", first.what(), sibling.result().c_str());
  }
}
// [sibling]

// [after_join]
void a_group_that_succeeded() {
  braid::task_group group;
  int runs = 0;
  group.spawn([&runs] { ++runs; });
  group.join().get();
  const bool cancelled = group.ctx().is_cancelled();  // in Go the context of an errgroup is, after Wait
  group.spawn([&runs] { ++runs; });
  group.join().get();
  std::printf("after a join its context is %s, and it ran %d tasks\n", cancelled ? "cancelled" : "open", runs);
}
// [after_join]

// [late_end]
void a_task_that_ends_well_after_its_cancel() {
  braid::manual_executor steps;
  braid::task_group group(braid::context(braid::environment{.executor = &steps}));
  auto seven = group.async([&group] {
    group.cancel("enough");  // it goes on, as what only computes does, and ends with a value
    return 7;
  });
  steps.run();
  group.join().get();  // does not throw: no task failed
  std::printf("a value after the cancel: %d\n", seven.result());
}
// [late_end]

// [too_much]
void more_than_a_semaphore_has() {
  braid::semaphore slots(3);
  try {
    const braid::permit four = slots.acquire(4).get();  // in Go this waits for its context to end
  } catch (const braid::limit_exceeded&) {
    std::puts("4 of 3: refused at once");
  }
}
// [too_much]

// [receiver_closes]
void a_receiver_that_closes() {
  auto [tx, rx] = braid::channel<int>(8);
  const bool sent = tx.send(1).get() && tx.send(2).get();
  const std::vector<int> left = rx.close();  // nothing more is taken: what was buffered is handed back
  std::printf("%s, %zu handed back, then %s\n", sent ? "2 sent" : "closed", left.size(),
              tx.send(3).get() ? "sent" : "a send fails");
}
// [receiver_closes]

// [ticks]
void missed_ticks() {
  braid::manual_clock clock;
  const auto start = clock.now();
  braid::every tick(clock, 1s);
  const auto next = [&] { return static_cast<int>((tick.get() - start) / 1s); };
  clock.advance(3500ms);  // the ticks of 1 s, 2 s and 3 s are due, and not taken
  const int merged = next();
  clock.advance(500ms);
  std::printf("one tick for three, of second %d; then that of second %d\n", merged, next());
}
// [ticks]

// [stopped]
void what_runs_at_a_cancel() {
  auto [ctx, cancel] = braid::with_cancel();
  const auto here = std::this_thread::get_id();
  bool same = false;
  const std::stop_callback tell(ctx.stop_token(), [&] { same = std::this_thread::get_id() == here; });
  cancel("closing time");  // context.AfterFunc has a goroutine of its own
  std::printf("a stop_callback runs on the thread that %s\n", same ? "cancels" : "braid chooses");
}
// [stopped]

int main() {
  a_failed_group();
  a_group_that_succeeded();
  a_task_that_ends_well_after_its_cancel();
  more_than_a_semaphore_has();
  a_receiver_that_closes();
  missed_ticks();
  what_runs_at_a_cancel();
}
