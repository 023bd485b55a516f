// Randomised cancel, timeout, close and select races with exact accounting of every value.
//
//   BRAID_SEED=n             replays the choice of operations; the schedule is the machine's
//   BRAID_PROVE_SECONDS=n    runs for n seconds on fresh seeds (`make prove`); BRAID_SECONDS means the same
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "episode.hpp"
#include "watchdog.hpp"

namespace {

using namespace accounting;

#if defined(__SANITIZE_THREAD__)
constexpr std::uint64_t wanted_operations = 100'000;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr std::uint64_t wanted_operations = 100'000;
#else
constexpr std::uint64_t wanted_operations = 1'000'000;
#endif
#else
constexpr std::uint64_t wanted_operations = 1'000'000;
#endif

/// The number in an environment variable; 0 if it is not set. Ends the program if it is no number.
std::uint64_t number_in(const char* name) {
  const char* const text = std::getenv(name);
  if (!text || !*text) return 0;
  char* end = nullptr;
  const std::uint64_t value = std::strtoull(text, &end, 10);
  if (*end == 0) return value;
  std::fprintf(stderr, "%s=%s is no number: give one, for example %s=60\n", name, text, name);
  std::exit(2);
}

/// Adds a line to the log of all timed runs, and gives their sum.
std::uint64_t add_to_log(std::uint64_t seed, std::uint64_t operations) {
  const char* const path = BRAID_ACCOUNTING_LOG;
  std::ofstream(path, std::ios::app) << operations << " operations, seed " << seed << '\n';
  std::ifstream log(path);
  std::uint64_t total = 0;
  std::uint64_t n = 0;
  for (std::string rest; log >> n && std::getline(log, rest);) total += n;
  return total;
}

/// Runs episodes until `enough(operations)`; the first fault, or nothing.
template<class Enough>
std::string play(stage& on, std::uint64_t seed, Enough enough) {
  std::mutex mutex;  // covers `now_playing`
  std::unique_ptr<episode> now_playing;
  std::atomic<unsigned long> episodes{0};
  const watchdog guard(
      std::chrono::seconds(30), [&] { return episodes.load(); },
      [&] {
        std::lock_guard lock(mutex);
        return "BRAID_SEED=" + std::to_string(seed) + ", episode " + std::to_string(episodes) + ": " +
               (now_playing ? now_playing->describe() : "between two episodes");
      });
  braid::random_engine seeds(seed);
  while (!enough(on.counts.operations())) {
    {
      std::lock_guard lock(mutex);
      now_playing = std::make_unique<episode>(on, seeds());
    }
    std::string fault = now_playing->run();
    if (!fault.empty()) return "episode " + std::to_string(episodes) + ": " + fault + "\n" + now_playing->describe();
    ++episodes;
  }
  return {};
}

}  // namespace

TEST(accounting, every_value_is_accounted_for_exactly_once) {
  const std::uint64_t given = number_in("BRAID_SEED");
  const std::uint64_t seconds = std::max(number_in("BRAID_PROVE_SECONDS"), number_in("BRAID_SECONDS"));
  const std::uint64_t seed = given ? given : std::random_device()();
  std::printf("BRAID_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);

  stage on;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const std::string fault = play(on, seed, [&](std::uint64_t operations) {
    return operations >= wanted_operations && std::chrono::steady_clock::now() >= end;
  });
  std::fputs(on.counts.report().c_str(), stdout);
  std::printf("values: %llu received, %llu kept, %llu returned, %llu dropped to the hook, %llu dropped and counted\n",
              static_cast<unsigned long long>(on.fates_seen[0]), static_cast<unsigned long long>(on.fates_seen[1]),
              static_cast<unsigned long long>(on.fates_seen[2]), static_cast<unsigned long long>(on.fates_seen[3]),
              static_cast<unsigned long long>(on.fates_seen[4]));
  ASSERT_EQ(fault, "") << "BRAID_SEED=" << seed;
  EXPECT_EQ(on.counts.missing_share(), "");
  if (seconds == 0) return;
  const std::uint64_t operations = on.counts.operations();
  std::printf("count: accounted operations %llu\n", static_cast<unsigned long long>(operations));
  std::printf("%llu operations over all timed runs\n", static_cast<unsigned long long>(add_to_log(seed, operations)));
}
