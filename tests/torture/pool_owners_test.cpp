// The last owner of a pool goes at every point of the pool's life: with a job, what it gives or throws, a hook, a
// worker's own state, a context. Either that works, or the program ends with one sentence.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "braid/base/random.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

struct owner;
using owner_ptr = std::shared_ptr<owner>;

enum class place : std::uint8_t {
  middle,
  handler_end,
  job_value,
  result,
  exception,
  hook,
  worker_state,
  context_value
};
enum class way : std::uint8_t { submit, batch, stream, attach, caller_runs };

/// What the parties of one round share; it outlives the pool.
struct round_of {
  std::atomic<bool> open{false}, gone{false};
  std::atomic<int> begun{0}, ended{0};
  std::mutex mutex;  ///< Covers held.
  owner_ptr held;    ///< For the hook, and the state of a worker.

  owner_ptr take_held() {
    const std::lock_guard guard(mutex);
    return std::move(held);
  }
};

/// The hook of the last job may still run when the pool has gone inside that job: so rounds are kept.
round_of& lasting_round() {
  static auto* const all = new std::deque<round_of>;
  return all->emplace_back();
}

struct work {
  owner_ptr of;
  place where = place::middle;
};
using pool_type = braid::worker_pool<work, owner_ptr>;

struct owner {
  explicit owner(round_of& in) : round(in) {}
  ~owner() {
    pool.reset();
    round.gone = true;
  }
  round_of& round;
  std::unique_ptr<pool_type> pool;
};

struct carries_owner {
  owner_ptr of;
};

/// It is touched after the owner went: a handler must outlive its calls.
struct handler {
  round_of* round;
  std::vector<int> own = std::vector<int>(100, 1);

  owner_ptr operator()(work w) const { return handle(w); }
  owner_ptr handle(work& w) const {
    ++round->begun;
    while (!round->open) std::this_thread::yield();
    owner_ptr given;
    if (w.where == place::middle) w.of.reset();
    if (w.where == place::worker_state) round->take_held().reset();
    if (w.where == place::result) given = std::move(w.of);
    for (const int one : own) round->ended += one - 1;
    ++round->ended;
    if (w.where == place::exception) throw carries_owner{std::move(w.of)};
    return given;
  }
};
/// It leaves the job whole.
struct reading_handler : handler {
  owner_ptr operator()(const work& w) const {
    work other{nullptr, w.where};
    return handle(other);
  }
};
struct task_handler : handler {
  braid::task<owner_ptr> operator()(work w) const { return later(this, std::move(w)); }
  static braid::task<owner_ptr> later(const handler* self, work w) {
    owner_ptr given = self->handle(w);
    co_return given;
  }
};

constexpr braid::context_key<owner_ptr> value_key;

template<class Handler>
owner_ptr make(round_of& round, int width, Handler h, braid::pool_options options = {}) {
  auto made = std::make_shared<owner>(round);
  options.on_job_end = [&round](const std::exception_ptr&) { round.take_held().reset(); };
  const braid::context ctx = braid::with_value(braid::context(), braid::on_lost_failure, [](const auto&) {});
  made->pool = std::make_unique<pool_type>(ctx, width, std::move(h), std::move(options));
  return made;
}
owner_ptr make_as(round_of& round, place where, way how) {
  const handler plain{&round};
  if (where == place::job_value) return make(round, 2, reading_handler{plain});
  if (where == place::worker_state) return make(round, 2, braid::per_worker([plain] { return plain; }));
  if (how == way::caller_runs) return make(round, 1, plain, {.queue = 0, .when_full = braid::when_full::caller_runs});
  return make(round, 2, plain);
}

/// From here on the job, or the hook, has the one owner.
work last_work(round_of& round, owner_ptr from, place where) {
  if (where != place::hook && where != place::worker_state) return {std::move(from), where};
  const std::lock_guard guard(round.mutex);
  round.held = std::move(from);
  return {nullptr, where};
}

void wait_until_gone(const round_of& round) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!round.gone && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  ASSERT_TRUE(round.gone) << "the pool has not ended";
}

void submit(round_of& round, owner_ptr own, place where) {
  pool_type& pool = *own->pool;
  const braid::context ctx =
      where == place::context_value ? braid::with_value(pool.ctx(), value_key, own) : braid::context(pool.ctx());
  auto op = pool.submit(ctx, last_work(round, where == place::context_value ? nullptr : own, where));
  static_cast<void>(op.get());  // the future is dropped
  own.reset();
}
/// The jobs of a batch or a stream come back with their outcomes: these go on the consumer's thread.
void batch(round_of& round, owner_ptr own, place where, bool all_at_once) {
  pool_type& pool = *own->pool;
  std::vector<work> jobs;
  for (int n = 0; n < 3; ++n) jobs.push_back({nullptr, place::handler_end});
  jobs.push_back(last_work(round, std::move(own), where));
  round.open = true;
  try {
    if (all_at_once) {
      static_cast<void>(pool.run(std::move(jobs)));
    } else {
      for ([[maybe_unused]] const auto& one : pool.stream(std::move(jobs))) continue;
    }
  } catch (const std::exception&) {
  }
}
void attach(round_of& round, owner_ptr own, place where) {
  pool_type& pool = *own->pool;
  braid::channel<work> jobs(4);
  braid::channel<braid::job_result<work, owner_ptr>> results(1);
  static_cast<void>(pool.attach(std::move(jobs.rx), std::move(results.tx)));
  EXPECT_TRUE(jobs.tx.send(last_work(round, std::move(own), where)).get());
  round.open = true;
  while (results.rx.recv().get()) continue;  // a loop would keep the result, and the owner, while it waits for the next
}
void let_caller_run(round_of& round, owner_ptr own, place where) {
  pool_type& pool = *own->pool;
  const braid::context ctx = pool.ctx();
  auto busy = pool.submit(work{nullptr, place::handler_end}).get();
  while (round.begun < 1) std::this_thread::yield();
  auto op = pool.submit(last_work(round, std::move(own), where));
  round.open = true;
  static_cast<void>(op.get());
}

void play(round_of& round, owner_ptr own, place where, way how) {
  switch (how) {
    case way::submit:
      return submit(round, std::move(own), where);
    case way::batch:
    case way::stream:
      return batch(round, std::move(own), where, how == way::batch);
    case way::attach:
      return attach(round, std::move(own), where);
    case way::caller_runs:
      return let_caller_run(round, std::move(own), where);
  }
}

const std::map<std::string, place> places{{"middle", place::middle},
                                          {"handler_end", place::handler_end},
                                          {"job_value", place::job_value},
                                          {"result", place::result},
                                          {"exception", place::exception},
                                          {"hook", place::hook},
                                          {"worker_state", place::worker_state},
                                          {"context_value", place::context_value}};
const std::map<std::string, way> ways{{"submit", way::submit},
                                      {"batch", way::batch},
                                      {"stream", way::stream},
                                      {"attach", way::attach},
                                      {"caller_runs", way::caller_runs}};

class pool_owners : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

auto names_in(const auto& map) {
  std::vector<std::string> names;
  for (const auto& [name, what] : map) names.push_back(name);
  return testing::ValuesIn(names);
}
INSTANTIATE_TEST_SUITE_P(all, pool_owners, testing::Combine(names_in(places), names_in(ways)),
                         [](const auto& of) { return std::get<0>(of.param) + "_" + std::get<1>(of.param); });

TEST_P(pool_owners, the_last_owner_of_a_pool_may_go_inside_its_work) {
  const place where = places.at(std::get<0>(GetParam()));
  const way how = ways.at(std::get<1>(GetParam()));
  const bool fits = how == way::submit || (where != place::context_value && where != place::job_value);
  if (!fits || (how == way::caller_runs && where == place::worker_state)) return;  // no such thing
  for (int n = 0; n < 20; ++n) {
    round_of& round = lasting_round();
    play(round, make_as(round, where, how), where, how);
    round.open = true;
    wait_until_gone(round);
    while (round.ended < round.begun) std::this_thread::yield();
  }
}

TEST(pool_owners, the_state_of_a_worker_that_leaves_may_be_the_last_owner) {
  for (int n = 0; n < 20; ++n) {
    round_of& round = lasting_round();
    round.open = true;
    struct state {
      std::shared_ptr<owner_ptr> of;
      owner_ptr operator()(const work&) const { return nullptr; }
    };
    const auto shared = std::make_shared<owner_ptr>();
    owner_ptr own = make(round, 2, braid::per_worker([&shared] { return state{shared}; }));
    static_cast<void>(own->pool->run(std::vector<work>(8)));
    static_cast<void>(own->pool->drain());  // the workers leave, and their states with them
    own.reset();
    wait_until_gone(round);
  }
}

// --- pools of coroutines, and the task that attach() is ---

void end_in_a_coroutine(place where) {
  auto* const round = new round_of;  // the process ends
  owner_ptr own = make(*round, 2, task_handler{handler{round}});
  submit(*round, std::move(own), where);  // and lets the future go, which could be the last to hold the result
  round->open = true;
  wait_until_gone(*round);
}
void end_in_attach() {
  auto* const round = new round_of;
  owner_ptr own = make(*round, 2, handler{round});
  braid::channel<work> jobs(4);
  {
    braid::channel<braid::job_result<work, owner_ptr>> results(0);
    static_cast<void>(own->pool->attach(std::move(jobs.rx), std::move(results.tx)));
  }
  EXPECT_TRUE(jobs.tx.send(work{std::move(own), place::result}).get());
  round->open = true;
  wait_until_gone(*round);
}

TEST(pool_owners, a_pool_that_ends_in_its_own_task_ends_the_program_with_a_sentence) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const place where : {place::middle, place::handler_end, place::result, place::exception, place::hook})
    EXPECT_DEATH(end_in_a_coroutine(where), "a worker pool ended inside one of its own tasks");
  EXPECT_DEATH(end_in_attach(), "a worker pool ended inside one of its own tasks");
}

// --- at any moment ---

TEST(pool_owners, random_owners_go_at_random_moments_and_every_handler_ends_once) {
  braid::random_engine random(20261);
  constexpr place any[]{place::middle, place::handler_end, place::result, place::exception};
  for (int n = 0; n < 300; ++n) {
    round_of& round = lasting_round();
    std::vector<braid::future<owner_ptr>> kept;
    {
      owner_ptr own = make(round, 1 + static_cast<int>(random.below(3)), handler{&round}, {.queue = 20});
      const std::uint32_t count = 1 + random.below(8);
      for (std::uint32_t i = 0; i < count; ++i) {
        auto op = own->pool->submit(work{random.below(4) ? own : nullptr, any[random.below(4)]});
        auto given = op.get();
        if (random.below(2) == 0) kept.push_back(std::move(given));
        if (random.below(count) == 0) round.open = true;
      }
      round.open = true;  // this may be the last owner, and its end waits for the jobs
    }
    for (std::uint32_t i = random.below(50); i > 0; --i) std::this_thread::yield();
    kept.clear();
    wait_until_gone(round);
    while (round.ended < round.begun) std::this_thread::yield();
  }
}

}  // namespace
