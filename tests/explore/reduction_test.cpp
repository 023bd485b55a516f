// The reductions against the full enumeration, on random small programs: the same final states, the same deadlocks.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "explore/arena.hpp"
#include "explore/atomic.hpp"
#include "explore/explore.hpp"

namespace {

using explore::reduction;
using explore::world;
using word = braid::detail::atomic<std::uint32_t>;

constexpr int words = 3;

struct instruction {
  enum kind { store, add, copy, swap_if, lock, unlock, wait, wake, wait_timed, pick, kinds } what;
  int where, other;
  std::uint32_t value;
};
using program = std::vector<std::vector<instruction>>;

program random_program(unsigned seed, int threads, int length) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  program out(threads);
  for (auto& thread : out)
    for (int i = 0; i < length; ++i)
      thread.push_back({static_cast<instruction::kind>(below(instruction::kinds)), below(words), below(words),
                        static_cast<std::uint32_t>(below(3))});
  return out;
}

// As shown when a reduction fails on it.
std::string text_of(const program& p) {
  constexpr const char* names[] = {"store",  "add",  "copy", "swap_if",    "lock",
                                   "unlock", "wait", "wake", "wait_timed", "pick"};
  std::string out;
  for (const auto& thread : p) {
    out += "\n ";
    for (const auto& i : thread)
      out += std::string(" ") + names[i.what] + "(" + std::to_string(i.where) + "," + std::to_string(i.other) + "," +
             std::to_string(i.value) + ")";
  }
  return out;
}

struct memory {
  word at[words]{};
  word locks[words]{};
  std::vector<std::string> seen;
};

void perform(memory& m, const instruction& i, std::string& seen) {
  const auto saw = [&](std::uint32_t v) { seen += static_cast<char>('0' + v % 64); };
  switch (i.what) {
    case instruction::store:
      m.at[i.where].store(i.value);
      break;
    case instruction::add:
      saw(m.at[i.where].fetch_add(i.value + 1));
      break;
    case instruction::copy:
      m.at[i.other].store(m.at[i.where].load());
      break;
    case instruction::swap_if: {
      std::uint32_t expected = i.value;
      saw(m.at[i.where].compare_exchange_strong(expected, i.value + 1));
      break;
    }
    case instruction::lock:
      for (int tries = 0; tries < 3 && m.locks[i.where].exchange(1) == 1; ++tries) spin_wait(m.locks[i.where], 1u);
      break;
    case instruction::unlock:
      m.locks[i.where].store(0);
      break;
    case instruction::wait:
      futex_wait(m.at[i.where], i.value);
      break;
    case instruction::wake:
      futex_wake_one(m.at[i.where]);
      break;
    case instruction::wait_timed:
      saw(futex_wait_until(m.at[i.where], i.value, {}));
      break;
    default:
      saw(static_cast<std::uint32_t>(explore::choose(2)));
  }
}

std::string state_of(const memory& m) {
  std::string out;
  for (const auto& w : m.at) out += std::to_string(w.load()) + ",";
  for (const auto& w : m.locks) out += std::to_string(w.load()) + ",";
  for (const auto& s : m.seen) out += "/" + s;
  return out;
}

struct outcome {
  std::set<std::string> finals;
  bool deadlock = false;
  std::uint64_t schedules = 0;
};

outcome explore_all(const program& p, reduction kind, int preemptions) {
  outcome out;
  const auto r = explore::run({.preemptions = preemptions, .kind = kind, .timeouts = explore::unlimited, .spurious = 1},
                              [&](world& w) {
                                auto m = std::make_shared<memory>();
                                m->seen.resize(p.size());
                                for (std::size_t t = 0; t < p.size(); ++t)
                                  w.thread([m, t, &p] {
                                    for (const auto& i : p[t]) perform(*m, i, m->seen[t]);
                                  });
                                w.at_end([m, &out] {
                                  const std::string state = state_of(*m);
                                  const explore::arena::closed_here own;
                                  out.finals.insert(std::string(state.c_str()));
                                });
                              });
  out.deadlock = !r.ok();
  EXPECT_TRUE(r.ok() || r.failure.find("deadlock") != std::string::npos) << r.text();
  out.schedules = r.schedules;
  return out;
}

struct shape {
  const char* name;
  reduction kind;
  int threads, length, preemptions, programs;
};

class reductions : public testing::TestWithParam<shape> {};

TEST_P(reductions, reach_every_final_state_and_deadlock_of_the_full_enumeration) {
  const shape s = GetParam();
  std::uint64_t full = 0, reduced = 0;
  int compared = 0, deadlocks = 0;
  const int programs = explore::long_form() ? s.programs * 60 : s.programs;
  for (unsigned seed = 1; seed <= static_cast<unsigned>(programs); ++seed) {
    const program p = random_program(seed, s.threads, s.length);
    const outcome a = explore_all(p, reduction::none, s.preemptions);
    const outcome b = explore_all(p, s.kind, s.preemptions);
    ASSERT_EQ(a.deadlock, b.deadlock) << "program " << seed << text_of(p);
    if (a.deadlock) {
      ++deadlocks;
      continue;
    }
    ASSERT_EQ(a.finals, b.finals) << "program " << seed << text_of(p);
    ASSERT_LE(b.schedules, a.schedules) << "program " << seed << text_of(p);
    full += a.schedules, reduced += b.schedules, ++compared;
  }
  std::printf("explore: %s: %d programs, %llu schedules in full, %llu reduced; %d more deadlock in both\n", s.name,
              compared, static_cast<unsigned long long>(full), static_cast<unsigned long long>(reduced), deadlocks);
  EXPECT_GT(compared, 0);
  EXPECT_GT(deadlocks, 0);
}

INSTANTIATE_TEST_SUITE_P(
    all, reductions,
    testing::Values(shape{"sleep_sets_of_two_threads", reduction::sleep, 2, 4, explore::unlimited, 100},
                    shape{"dynamic_of_two_threads", reduction::dynamic, 2, 5, explore::unlimited, 100},
                    shape{"dynamic_of_three_threads", reduction::dynamic, 3, 3, explore::unlimited, 10},
                    shape{"dynamic_of_three_threads_one_preemption", reduction::dynamic, 3, 4, 1, 100},
                    shape{"dynamic_of_three_threads_two_preemptions", reduction::dynamic, 3, 4, 2, 30},
                    shape{"dynamic_of_two_threads_three_preemptions", reduction::dynamic, 2, 6, 3, 50}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
