// Pipelines that are made up (plan.hpp), run, and compared with a plain loop over their items.
//
//   BRAID_SEED=n             replays the choice of pipelines; the schedule is the machine's
//   BRAID_PROVE_SECONDS=n    goes on for n seconds (`make prove`)
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <random>
#include <sstream>

#include "braid/base/sanitized.hpp"
#include "braid/flow/sinks.hpp"
#include "flow/assembly.hpp"
#include "flow/bystander.hpp"
#include "watchdog.hpp"

namespace {

using namespace pipelines;

/// How a run went.
struct result {
  enum ended { complete, left, failed, cancelled } how = complete;
  std::vector<key> got;
  std::optional<failure> why;
};

class run {
 public:
  explicit run(const plan& p) : plan_(p) {}

  result go() {
    {
      auto s = parts_.make(plan_.root);
      std::optional<bystander> beside;
      if (plan_.has_pools || plan_.cancelled_at > 0) beside.emplace(parts_, plan_.cancelled_at);
      try {
        drive(s);
      } catch (const pipelines::failed& f) {
        end_.how = result::failed;
        end_.why = f.what_failed;
      } catch (const braid::cancelled&) {
        end_.how = result::cancelled;
      }
    }
    parts_.take_back();
    return std::move(end_);
  }
  const assembly& parts() const noexcept { return parts_; }

 private:
  void drive(braid::stream<item>& s) {
    const auto take = [this](const item& x) { return is_enough(x); };
    if (plan_.driven == driver::coroutine) return in_coroutine(&s, take, &parts_.ctx()).get();
    if (plan_.driven == driver::thread_sink) return static_cast<void>(s | braid::any_of(parts_.ctx(), take));
    for (const item& x : s)
      if (is_enough(x)) return;
  }
  template<class F>
  static braid::task<> in_coroutine(braid::stream<item>* s, F take, const braid::context* ctx) {
    auto running = s->into(braid::any_of(*ctx, take));
    static_cast<void>(co_await running);
  }
  bool is_enough(const item& x) {
    x.will_be(fate::delivered);
    end_.got.push_back(x.id);
    if (end_.got.size() == plan_.cancels_after) parts_.cancel();
    if (end_.got.size() != plan_.leaves_after) return false;
    end_.how = result::left;
    return true;
  }

  const plan& plan_;
  assembly parts_;
  result end_;
};

template<class T>
bool is_prefix(const std::vector<T>& some, const std::vector<T>& all) {
  return some.size() <= all.size() && std::ranges::equal(some, std::span(all).first(some.size()));
}
std::vector<key> of_source(std::vector<key> all, int source) {
  std::erase_if(all, [source](const key& k) { return k.source != source; });
  return all;
}

/// Each item has ended once, in a way that the run explains.
void check_conservation(const plan& p, const result& r, const ledger& items) {
  RC_ASSERT(items.begun() == items.ended());
  RC_ASSERT(items.ended(fate::delivered) == static_cast<long>(r.got.size()));
  const bool is_complete = r.how == result::complete;
  if (is_complete && !may_lose_items(p.root)) RC_ASSERT(items.ended(fate::cut) == 0);
  if (holds_nothing(p.root)) RC_ASSERT(items.ended(fate::cut) == 0);
  if (is_complete && !may_lose_failures(p.root)) RC_ASSERT(items.ended(fate::failed) == 0);
}

std::atomic<unsigned long> accounts{0}, counted{0};

/// Each item of a channel that was not delivered was handed back, or is counted: never simply lost.
void check_account(const plan& p, const assembly& parts) {
  if (!keeps_account(p.root)) return;
  long lost = 0;
  for (int source = 0; source < p.sources; ++source) lost += parts.items().lost(source);
  RC_ASSERT(parts.counted_lost() == lost);
  ++accounts;
  counted += static_cast<unsigned long>(lost);
}

/// Nothing comes out that should not, nothing twice; what has an order comes in it, without gaps.
void check_items(const plan& p, const result& r) {
  std::vector<failure> failures;
  std::vector<key> all = all_of(p.root, std::nullopt, &failures), got = r.got;
  std::ranges::sort(all);
  std::ranges::sort(got);
  RC_ASSERT(std::ranges::adjacent_find(got) == got.end());
  RC_ASSERT(std::ranges::includes(all, got));
  for (int source = 0; source < p.sources; ++source)
    if (keeps_order_of(p.root, source)) RC_ASSERT(is_prefix(of_source(r.got, source), all_of(p.root, source, nullptr)));
  if (r.how == result::complete) {
    RC_ASSERT(got == all);
    RC_ASSERT(failures.empty());
  }
  if (r.how == result::failed) RC_ASSERT(std::ranges::find(failures, *r.why) != failures.end());
}

/// The way it ended is one that the plan has.
void check_end(const plan& p, const result& r) {
  if (r.how == result::cancelled) RC_ASSERT(p.may_cancel);
  if (r.how == result::left) RC_ASSERT(r.got.size() == p.leaves_after);
  if (p.cancels_after > 0) {
    RC_ASSERT(r.got.size() <= p.cancels_after);
    if (r.got.size() == p.cancels_after) RC_ASSERT(r.how == result::cancelled);
  }
}

/// Law F2 to the letter, where the plan says what comes out, and nothing but its end depends on the schedule.
void check_prefix(const plan& p, const result& r) {
  if (!is_determined(p.root)) return;
  const outcome expected = in_order(p.root);
  RC_ASSERT(is_prefix(r.got, expected.items));
  if (r.how == result::failed) RC_ASSERT(r.got == expected.items && expected.fails);
  if (r.how == result::complete) RC_ASSERT(r.got == expected.items && !expected.fails);
}

std::atomic<unsigned long> full_stages{0};

/// Law F1, to the item (gauge.hpp).
void check_bounds(const std::deque<gauge>& gauges) {
  for (const gauge& each : gauges) {
    RC_ASSERT(each.most_running() <= each.of->workers);
    if (!each.of->is_parallel()) continue;
    const int most = each.of->workers + each.of->slack;
    RC_ASSERT(each.most_at_rest() <= most);
    // A pool's stage is fed by who pulls it alone, so nothing takes a place before its result has come out.
    RC_ASSERT(each.most_when_asked() <= most + (each.of->what == kind::pool ? 0 : 1));
    if (each.most_at_rest() == most) ++full_stages;
  }
}

/// A stream that gives an item has won, and no other gives one. The pipeline as it was: without the losers.
plan check_races(const plan& p, const std::deque<podium>& races) {
  for (const podium& each : races) RC_ASSERT(!each.is_shared());
  plan left = p;
  left.root = without_losers(p.root, [&races](int id) {
    const auto at = std::ranges::find(races, id, [](const podium& each) { return each.of->id; });
    return at == races.end() ? -1 : at->winner();
  });
  return left;
}

std::mutex mutex;  // covers `now_running`
std::string now_running;
std::atomic<unsigned long> runs{0};

void run_and_compare(const std::vector<unsigned>& numbers) {
  const plan p(numbers);
  RC_LOG() << p.describe();
  {
    const std::lock_guard guard(mutex);
    now_running = p.describe();
  }
  run one(p);
  const result r = one.go();
  check_conservation(p, r, one.parts().items());
  check_account(p, one.parts());
  RC_ASSERT(one.parts().pools_are_settled());
  const plan left = check_races(p, one.parts().races());
  check_items(left, r);
  check_end(p, r);
  check_prefix(left, r);
  check_bounds(one.parts().gauges());
  ++runs;
}

/// A hundred pipelines; the smallest of those that go wrong, or nothing.
std::string hundred_pipelines(std::uint64_t seed) {
  rc::detail::TestParams params;
  params.seed = seed;
  const auto result = rc::detail::checkTestable(
      [] {
        run_and_compare(
            *rc::gen::container<std::vector<unsigned>>(60, rc::gen::resize(100, rc::gen::inRange(0u, 1u << 16))));
      },
      rc::detail::TestMetadata(), params);
  if (result.is<rc::detail::SuccessResult>()) return {};
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  return "BRAID_SEED=" + std::to_string(seed) + "\n" + text.str();
}

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

constexpr int rounds = BRAID_SANITIZED ? 15 : 30;

TEST(pipeline, gives_what_a_loop_over_its_items_gives) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(number_in("BRAID_PROVE_SECONDS", 0));
  std::uint64_t seed = number_in("BRAID_SEED", std::random_device()());
  const accounting::watchdog guard(
      std::chrono::seconds(60), [] { return runs.load(); },
      [] {
        const std::lock_guard lock(mutex);
        return now_running;
      });
  for (int round = 0; round < rounds || std::chrono::steady_clock::now() < until; ++round)
    ASSERT_EQ(hundred_pipelines(seed++), "");
  std::printf("count: pipelines compared with a loop %lu\n", runs.load());
  std::printf("%lu parallel stages were as full as they may be\n", full_stages.load());
  EXPECT_GT(full_stages, 0u);
  std::printf("count: accounts of channels that were exact %lu\n", accounts.load());
  std::printf("%lu items of theirs were counted as lost\n", counted.load());
  EXPECT_GT(counted, 0u);
}

}  // namespace
