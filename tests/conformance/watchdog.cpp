// A test that hangs names itself: a minute after its start the program says which one it was, and aborts.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace {

char running[256];

void name_and_abort(int) {
  const char text[] = "watchdog: this test has hung for 60 s: ";
  const char hint[] = "run it alone with BRAID_STALL_REPORT=5s: that names the waits that do not end\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0 || write(STDERR_FILENO, running, strlen(running)) < 0 ||
      write(STDERR_FILENO, hint, sizeof hint - 1) < 0)
    _exit(1);
  abort();
}

class watchdog final : public testing::EmptyTestEventListener {
  void OnTestProgramStart(const testing::UnitTest&) override { signal(SIGALRM, name_and_abort); }
  void OnTestStart(const testing::TestInfo& test) override {
    snprintf(running, sizeof running, "%s.%s\n", test.test_suite_name(), test.name());
    alarm(60);
  }
  void OnTestEnd(const testing::TestInfo&) override { alarm(0); }
};

const bool armed = (testing::UnitTest::GetInstance()->listeners().Append(new watchdog), true);

}  // namespace
