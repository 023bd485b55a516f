// Random submits, streams and batches, time-outs, cancels, resizes, pauses and ends of worker pools, with exact
// accounting of every job.
//
//   BRAID_SEED=n             replays the choice of operations; the schedule is the machine's
//   BRAID_PROVE_SECONDS=n    runs for n seconds on fresh seeds (`make prove`)
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "pool_episode.hpp"
#include "watchdog.hpp"

namespace {

using namespace pool_accounting;

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t wanted_jobs = 10'000;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr std::uint64_t wanted_jobs = 10'000;
#else
constexpr std::uint64_t wanted_jobs = 100'000;
#endif
#else
constexpr std::uint64_t wanted_jobs = 100'000;
#endif

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Runs episodes until `enough(jobs)`; the first fault, or nothing.
template<class Enough>
std::string play(hall& in, std::uint64_t seed, Enough enough) {
  std::mutex mutex;  // covers `now_playing`
  std::unique_ptr<episode> now_playing;
  std::atomic<unsigned long> episodes{0};
  const auto where = [&] { return "BRAID_SEED=" + std::to_string(seed) + ", episode " + std::to_string(episodes); };
  const accounting::watchdog guard(
      std::chrono::seconds(30), [&] { return episodes.load(); },
      [&] {
        std::lock_guard lock(mutex);
        return where() + ": " + (now_playing ? now_playing->describe() : "between two episodes") + "\n" +
               in.one_worker.describe_tasks() + in.two_workers.describe_tasks();
      });
  braid::random_engine seeds(seed);
  while (!enough(in.counted())) {
    auto next = std::make_unique<episode>(in, seeds());
    {
      std::lock_guard lock(mutex);
      std::swap(now_playing, next);
    }
    next.reset();
    const std::string fault = now_playing->run();
    if (!fault.empty()) return where() + ": " + fault + "\n" + now_playing->describe();
    ++episodes;
  }
  std::printf("%lu pools\n", episodes.load());
  return {};
}

/// Each way in, and each outcome, has come up often enough to mean something.
void expect_all_shares(const tally& jobs) {
  for (std::size_t w = 0; w < ways; ++w) {
    std::uint64_t all = 0;
    for (const std::uint64_t n : jobs[w]) all += n;
    EXPECT_GT(all, 20u) << "jobs came by way " << w;
  }
  for (std::size_t f = 0; f < fates; ++f) {
    std::uint64_t all = 0;
    for (const auto& row : jobs) all += row[f];
    EXPECT_GT(all, 100u) << "jobs had fate " << f;
  }
}

}  // namespace

TEST(pool_accounting, every_job_is_accounted_for_exactly_once) {
  const std::uint64_t seed = number_in("BRAID_SEED", std::random_device()());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(number_in("BRAID_PROVE_SECONDS", 0));
  std::printf("BRAID_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);

  hall in;
  const std::string fault = play(
      in, seed, [&](std::uint64_t jobs) { return jobs >= wanted_jobs && std::chrono::steady_clock::now() >= end; });
  std::fputs(report(in.jobs).c_str(), stdout);
  const auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf("%llu resizes, %llu pauses, %llu cancels, %llu sums; %llu drains, %llu stops, %llu aborts\n",
              n(in.resizes), n(in.pauses), n(in.cancels), n(in.sums), n(in.drained), n(in.stopped), n(in.aborted));
  std::printf("count: accounted jobs of pools %llu\n", n(in.counted()));
  ASSERT_EQ(fault, "");
  expect_all_shares(in.jobs);
}
