// Runs the torture list: once; BRAID_TORTURE_ROUNDS times in a row; or, in make prove, for BRAID_PROVE_SECONDS.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "torture/torture.hpp"

namespace torture {

std::size_t threads_now() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}

namespace {

long number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  return text ? std::atol(text) : 0;
}

/// Counts the rounds; ends the program when its time is over.
class rounds final : public testing::EmptyTestEventListener {
 public:
  explicit rounds(long seconds)
      : until_(std::chrono::steady_clock::now() + std::chrono::seconds(seconds)), timed_(seconds > 0) {}

 private:
  void OnTestIterationEnd(const testing::UnitTest& all, int) override {
    if (!all.Passed()) std::exit(1);
    ++count_;
    if (!timed_ || std::chrono::steady_clock::now() < until_) return;
    report();
    std::exit(0);
  }
  void OnTestProgramEnd(const testing::UnitTest&) override { report(); }
  void report() const { std::printf("count: rounds of the torture list %ld\n", count_); }

  const std::chrono::steady_clock::time_point until_;
  const bool timed_;
  long count_ = 0;
};

}  // namespace
}  // namespace torture

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const long seconds = torture::number_in("BRAID_PROVE_SECONDS");
  const long wanted = torture::number_in("BRAID_TORTURE_ROUNDS");
  if (seconds > 0) {
    GTEST_FLAG_SET(repeat, -1);
  } else if (wanted > 0) {
    GTEST_FLAG_SET(repeat, static_cast<int>(wanted));
  }
  testing::UnitTest::GetInstance()->listeners().Append(new torture::rounds(seconds));
  return RUN_ALL_TESTS();
}
