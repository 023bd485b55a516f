// Tests of concurrent code that take no real time and end in the same way each time: docs/testing.md explains them.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

void expect(bool holds, const char* what) {
  std::printf("%s: %s\n", holds ? "ok" : "FAILED", what);
  if (!holds) std::exit(1);
}

// [subject]
/// Asks until the answer is yes, once a second, `most` times at most. Gives how often it asked.
braid::task<int> poll(braid::receiver<bool> answers, int most) {
  for (int asked = 1; asked <= most; ++asked) {
    auto answer = co_await answers.recv();
    if (answer.value_or(false)) co_return asked;
    co_await braid::after(1s);
  }
  throw std::runtime_error("no yes");
}
// [subject]

// [steps]
void test_that_it_asks_again_after_a_second() {
  braid::manual_executor steps;  // runs tasks on this thread, when we say so
  braid::manual_clock clock;     // stands still until we move it
  const braid::context ctx(braid::environment{.executor = &steps, .clock = &clock});
  auto [answer, answers] = braid::channel<bool>(2);
  braid::task_group group(ctx);
  auto asked = group.async(poll, answers, 3);

  expect(answer.try_send(false) && answer.try_send(true), "two answers are ready");
  steps.run();  // until every task waits: it has had the first answer, and waits for the clock
  expect(!asked.has_value(), "a no is not the end");
  clock.advance(999ms);
  steps.run();
  expect(!asked.has_value(), "it waits a whole second");
  clock.advance(1ms);
  steps.run();
  group.join().get();  // every task has ended, so this waits for nothing
  expect(asked.result() == 2, "the second answer was yes");
}
// [steps]

// [cancel]
void test_that_a_deadline_ends_it() {
  braid::manual_executor steps;
  braid::manual_clock clock;
  const braid::context ctx(braid::environment{.executor = &steps, .clock = &clock});
  auto [answer, answers] = braid::channel<bool>(0);  // no answer comes
  braid::task_group group(braid::with_timeout(ctx, 5s));
  group.spawn(poll, answers, 3);
  steps.run();
  clock.advance(5s);  // the deadline is one of the clock's timers
  steps.run();        // the task ends: its wait throws timed_out
  bool late = false;
  try {
    group.join().get();
  } catch (const braid::timed_out&) {
    late = true;
  }
  expect(late, "the deadline ended it");
}
// [cancel]

// [limit]
template<class Operation>
decltype(auto) in_time(Operation&& op) {  // a test that hangs fails, and says where
  return braid::within(10s, std::forward<Operation>(op)).get();
}

void test_with_threads() {
  braid::task_group group;  // on the default executor, with real threads
  auto numbers = group.generate<int>(1, [](const braid::sender<int>& out) {
    for (int i = 1; i <= 2; ++i)
      if (!out.send(i).get()) return;
  });
  expect(in_time(numbers.recv()) == 1 && in_time(numbers.recv()) == 2, "both came, in order");
  in_time(group.join());
}
// [limit]

// [gate]
void test_that_a_full_pool_refuses() {
  auto [open, gate] = braid::channel<bool>(0);        // the job waits here, for as long as the test likes
  auto [begun, has_begun] = braid::channel<bool>(1);  // and says before that it runs
  const auto job = [&gate, &begun](int x) {
    if (!begun.send(true).get()) return 0;
    static_cast<void>(gate.recv().get());
    return x;
  };
  braid::worker_pool pool(1, job, {.queue = 1, .when_full = braid::when_full::fail});
  auto first = pool.async(1);
  static_cast<void>(in_time(has_begun.recv()));  // now, and not after a sleep, the worker is busy
  auto second = pool.async(2);                   // fills the queue
  bool refused = false;
  try {
    pool.post(3);
  } catch (const braid::queue_full&) {
    refused = true;
  }
  expect(refused, "a full queue refuses");
  open.close();
  expect(in_time(first) == 1 && in_time(second) == 2, "what was accepted is done");
  in_time(pool.drain());
}
// [gate]

int main() {
  test_that_it_asks_again_after_a_second();
  test_that_a_deadline_ends_it();
  test_with_threads();
  test_that_a_full_pool_refuses();
}
