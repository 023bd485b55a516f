// braid's channels. MODE 1, 2: coroutines on an executor with so many workers. MODE threads: plain threads that block.
// A coroutine owns the ends that it uses, so a stream ends when its last sender's coroutine does; no case closes by
// hand.
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/channel/shapes.hpp"
#include "bench/measurement/work.hpp"
#include "braid/runtime/select.hpp"
#include "braid/runtime/task.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/task_group.hpp"

namespace {

using bench::outcome;
using sender = braid::sender<std::uint64_t>;
using receiver = braid::receiver<std::uint64_t>;
using channel = braid::channel<std::uint64_t>;

// --- on threads: the shapes that the other thread peers run, and select ---

class blocking_channel {
 public:
  explicit blocking_channel(std::size_t capacity) : ends_(capacity) {}
  void send(std::uint64_t value) { static_cast<void>(ends_.tx.send(value).get()); }
  std::optional<std::uint64_t> recv() { return ends_.rx.recv().get(); }
  void close() { ends_.tx.close(); }

 private:
  channel ends_;
};

struct thread_peer {
  using channel = blocking_channel;
  using crew = bench::thread_crew;
};

outcome select_on_threads(std::uint64_t n, std::size_t capacity) {
  const bench::stopwatch watch;
  bench::thread_crew crew;
  std::vector<receiver> from;
  for (std::uint64_t p = 1; p <= 4; ++p) {
    auto [tx, rx] = channel(capacity);
    from.push_back(rx);
    crew.start([n, p, to = std::move(tx)] {
      for (std::uint64_t i = p; i <= n && to.send(i).get(); i += 4) {
      }
    });
  }
  auto a = from[0].recv();
  auto b = from[1].recv();
  auto c = from[2].recv();
  auto d = from[3].recv();
  std::uint64_t sum = 0;
  for (std::size_t ready = 0; ready != braid::none;) {
    ready = braid::select(a, b, c, d).get();
    if (ready == 0) sum += a.result().value_or(0);
    if (ready == 1) sum += b.result().value_or(0);
    if (ready == 2) sum += c.result().value_or(0);
    if (ready == 3) sum += d.result().value_or(0);
  }
  crew.join();
  return {n, watch.nanoseconds(), sum, bench::sum_to(n)};
}

// --- as coroutines ---

braid::task<> send_every(sender to, std::uint64_t first, std::uint64_t step, std::uint64_t last) {
  for (std::uint64_t i = first; i <= last; i += step) {
    if (!co_await to.send(i)) co_return;
  }
}

braid::task<> add_up(receiver from, std::atomic<std::uint64_t>* total) {
  std::uint64_t sum = 0;
  while (auto value = co_await from.recv()) sum += *value;
  *total += sum;
}

braid::task<> pass_on(receiver from, sender to) {
  while (auto value = co_await from.recv()) {
    if (!co_await to.send(*value)) co_return;
  }
}

template<class F>
braid::task<> pass_on_results(receiver from, sender to, F f) {
  while (auto value = co_await from.recv()) {
    if (!co_await to.send(f(*value))) co_return;
  }
}

braid::task<> pass_on_next(receiver from, sender to) {
  while (auto value = co_await from.recv()) {
    if (!co_await to.send(*value + 1)) co_return;
  }
}

braid::task<> send_and_await(sender to, receiver from, std::uint64_t first, std::uint64_t last, std::uint64_t* sum) {
  for (std::uint64_t i = first; i <= last; ++i) {
    if (!co_await to.send(i)) co_return;
    auto answer = co_await from.recv();
    *sum += answer.value_or(0);
  }
}

braid::task<> add_up_selected(receiver from_a, receiver from_b, receiver from_c, receiver from_d,
                              std::uint64_t* total) {
  auto a = from_a.recv();
  auto b = from_b.recv();
  auto c = from_c.recv();
  auto d = from_d.recv();
  std::uint64_t sum = 0;
  for (std::size_t ready = 0; ready != braid::none;) {
    ready = co_await braid::select(a, b, c, d);
    if (ready == 0) sum += a.result().value_or(0);
    if (ready == 1) sum += b.result().value_or(0);
    if (ready == 2) sum += c.result().value_or(0);
    if (ready == 3) sum += d.result().value_or(0);
  }
  *total = sum;
}

braid::task<> walk_timed(sender to, receiver from, std::uint64_t walks, outcome* result) {
  std::uint64_t first_walk = 0;
  co_await send_and_await(to, from, 0, 0, &first_walk);
  const bench::stopwatch watch;
  for (std::uint64_t walk = 1; walk <= walks; ++walk) {
    if (!co_await to.send(walk)) co_return;
    auto back = co_await from.recv();
    result->sum += back.value_or(0);
  }
  result->amount = watch.nanoseconds();
}

// Every case runs its tasks on the executor that this was made with.
class coroutine_shapes {
 public:
  explicit coroutine_shapes(braid::executor& workers) : ctx_(braid::environment{&workers, nullptr, nullptr}) {}

  outcome ping_pong(std::uint64_t n) const {
    const bench::stopwatch watch;
    std::uint64_t sum = 0;
    braid::task_group group(ctx_);
    {
      auto [ping_tx, ping_rx] = channel(0);
      auto [pong_tx, pong_rx] = channel(0);
      group.spawn(pass_on_next, std::move(ping_rx), std::move(pong_tx));
      group.spawn(send_and_await, std::move(ping_tx), std::move(pong_rx), std::uint64_t{1}, n, &sum);
    }
    group.join().get();
    return {n, watch.nanoseconds(), sum, bench::sum_to(n) + n};
  }

  outcome share_one_channel(std::uint64_t n, std::size_t capacity, std::uint64_t producers,
                            std::uint64_t consumers) const {
    const bench::stopwatch watch;
    std::atomic<std::uint64_t> total = 0;
    braid::task_group group(ctx_);
    {
      auto [tx, rx] = channel(capacity);
      for (std::uint64_t c = 0; c < consumers; ++c) group.spawn(add_up, rx, &total);
      for (std::uint64_t p = 1; p <= producers; ++p) group.spawn(send_every, tx, p, producers, n);
    }
    group.join().get();
    return {n, watch.nanoseconds(), total, bench::sum_to(n)};
  }

  outcome select_four(std::uint64_t n, std::size_t capacity) const {
    const bench::stopwatch watch;
    std::uint64_t sum = 0;
    braid::task_group group(ctx_);
    {
      std::vector<receiver> from;
      for (std::uint64_t p = 1; p <= 4; ++p) {
        auto [tx, rx] = channel(capacity);
        group.spawn(send_every, std::move(tx), p, std::uint64_t{4}, n);
        from.push_back(std::move(rx));
      }
      group.spawn(add_up_selected, from[0], from[1], from[2], from[3], &sum);
    }
    group.join().get();
    return {n, watch.nanoseconds(), sum, bench::sum_to(n)};
  }

  template<class F>
  outcome fan_with_own_outputs(std::uint64_t n, std::size_t capacity, F f, std::uint64_t expected) const {
    const bench::stopwatch watch;
    std::atomic<std::uint64_t> total = 0;
    braid::task_group group(ctx_);
    {
      auto [source_tx, source_rx] = channel(capacity);
      auto [merged_tx, merged_rx] = channel(capacity);
      group.spawn(send_every, std::move(source_tx), std::uint64_t{1}, std::uint64_t{1}, n);
      for (std::uint64_t w = 0; w < bench::fan_width; ++w) {
        auto [tx, rx] = channel(capacity);
        group.spawn(pass_on_results<F>, source_rx, std::move(tx), f);
        group.spawn(pass_on, std::move(rx), merged_tx);
      }
      group.spawn(add_up, std::move(merged_rx), &total);
    }
    group.join().get();
    return {n, watch.nanoseconds(), total, expected};
  }

  outcome fan_of_squares(std::uint64_t n, std::size_t capacity) const {
    return fan_with_own_outputs(n, capacity, bench::square{}, bench::squares_to(n));
  }

  outcome fan_with_work(std::uint64_t n, std::uint64_t steps) const {
    return fan_with_own_outputs(n, 0, bench::worked{steps}, bench::sum_to(n));
  }

  outcome fan_with_shared_output(std::uint64_t n) const {
    const bench::stopwatch watch;
    std::atomic<std::uint64_t> total = 0;
    braid::task_group group(ctx_);
    {
      auto [source_tx, source_rx] = channel(bench::deep);
      auto [merged_tx, merged_rx] = channel(bench::deep);
      group.spawn(send_every, std::move(source_tx), std::uint64_t{1}, std::uint64_t{1}, n);
      for (std::uint64_t w = 0; w < bench::fan_width; ++w)
        group.spawn(pass_on_results<bench::square>, source_rx, merged_tx, bench::square{});
      group.spawn(add_up, std::move(merged_rx), &total);
    }
    group.join().get();
    return {n, watch.nanoseconds(), total, bench::squares_to(n)};
  }

  // The two ends of a row of tasks that each add one.
  auto chain_in(braid::task_group& group) const {
    auto ends = channel(0);
    for (std::size_t i = 0; i < bench::daisy_stages; ++i) {
      auto [tx, rx] = channel(0);
      group.spawn(pass_on_next, std::move(ends.rx), std::move(tx));
      ends.rx = std::move(rx);
    }
    return ends;
  }

  outcome daisy_chain(std::uint64_t n) const {
    constexpr std::uint64_t hops = bench::daisy_stages + 1;
    const std::uint64_t walks = (n + hops - 1) / hops;
    outcome result{walks * hops, 0, 0, bench::sum_to(walks) + walks * bench::daisy_stages};
    braid::task_group group(ctx_);
    {
      auto [first, last] = chain_in(group);
      group.spawn(walk_timed, std::move(first), std::move(last), walks, &result);
    }
    group.join().get();
    return result;
  }

  // The same chain with a value at every stage; building it is not timed.
  outcome full_chain(std::uint64_t n) const {
    const std::uint64_t items = (n + bench::daisy_stages - 1) / bench::daisy_stages;
    std::atomic<std::uint64_t> total = 0;
    bench::stopwatch watch;
    braid::task_group group(ctx_);
    {
      auto [first, last] = chain_in(group);
      watch = bench::stopwatch();
      group.spawn(send_every, std::move(first), std::uint64_t{1}, std::uint64_t{1}, items);
      group.spawn(add_up, std::move(last), &total);
    }
    group.join().get();
    return {items * bench::daisy_stages, watch.nanoseconds(), total,
            bench::sum_to(items) + items * bench::daisy_stages};
  }

 private:
  braid::context ctx_;
};

std::vector<bench::timed_case> thread_cases() {
  std::vector<bench::timed_case> cases = bench::channel_cases<thread_peer>();
  cases.push_back({"sel4", [](std::uint64_t n) { return select_on_threads(n, bench::deep); }});
  cases.push_back({"sel4u", [](std::uint64_t n) { return select_on_threads(n, 0); }});
  return cases;
}

std::vector<bench::timed_case> coroutine_cases(const coroutine_shapes& on) {
  using bench::deep;
  using bench::shallow;
  return {{"pp", [&](std::uint64_t n) { return on.ping_pong(n); }},
          {"spsc", [&](std::uint64_t n) { return on.share_one_channel(n, deep, 1, 1); }},
          {"spsc0", [&](std::uint64_t n) { return on.share_one_channel(n, 0, 1, 1); }},
          {"mpsc4", [&](std::uint64_t n) { return on.share_one_channel(n, deep, 4, 1); }},
          {"mpmc4", [&](std::uint64_t n) { return on.share_one_channel(n, deep, 4, 4); }},
          {"sel4", [&](std::uint64_t n) { return on.select_four(n, deep); }},
          {"sel4u", [&](std::uint64_t n) { return on.select_four(n, 0); }},
          {"fan8", [&](std::uint64_t n) { return on.fan_of_squares(n, 0); }},
          {"fan8b", [&](std::uint64_t n) { return on.fan_of_squares(n, shallow); }},
          {"fanw300", [&](std::uint64_t n) { return on.fan_with_work(n, 300); }},
          {"fanw1200", [&](std::uint64_t n) { return on.fan_with_work(n, 1200); }},
          {"fanw6000", [&](std::uint64_t n) { return on.fan_with_work(n, 6000); }},
          {"fan8s", [&](std::uint64_t n) { return on.fan_with_shared_output(n); }},
          {"daisy", [&](std::uint64_t n) { return on.daisy_chain(n); }},
          {"chain1000", [&](std::uint64_t n) { return on.full_chain(n); }}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "1";
  if (mode == "threads") return bench::answer(argc, argv, "braid " BRAID_VERSION, thread_cases());
  braid::work_stealing_executor workers(mode == "2" ? 2 : 1);
  const coroutine_shapes shapes(workers);
  return bench::answer(argc, argv, "braid " BRAID_VERSION, coroutine_cases(shapes));
}
