#include "braid/runner/engine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <set>

#include "braid/base/sanitized.hpp"
#include "braid/runner/outcome_fixture_test.hpp"

using namespace std::chrono_literals;
using namespace braid::runner;
using namespace braid::runner::fixture;

namespace {

/// Remembers every end.
class listener final : public run_observer {
 public:
  void starting(const job& what, std::size_t slot) override {
    const std::lock_guard lock(mutex);
    ++starts;
    slots.insert(slot);
    if (on_start) on_start(what);
  }
  void retrying(const outcome&, std::chrono::nanoseconds wait) override {
    const std::lock_guard lock(mutex);
    waits.push_back(wait);
  }
  void ended(const outcome& last) override {
    const std::lock_guard lock(mutex);
    ends.push_back(last.input.number);
    states.push_back(last.state);
  }
  void total_known(std::uint64_t n) override { total = n; }
  void postponed(const job&) override { ++postponements; }
  void short_of_resources(const std::string&, std::size_t) override { ++said_short; }

  std::mutex mutex;
  std::function<void(const job&)> on_start;
  int starts = 0;
  std::set<std::size_t> slots;
  std::uint64_t total = 0;
  std::atomic<int> postponements = 0, said_short = 0;
  std::vector<std::uint64_t> ends;
  std::vector<job_state> states;
  std::vector<std::chrono::nanoseconds> waits;
};

/// One run, its output in files.
struct engine_run {
  explicit engine_run(const std::vector<std::string_view>& words, run_options chosen = {})
      : command(words), options(chosen) {}

  run_report run(std::vector<std::string_view> inputs) {
    input_reader reader(word_inputs{std::move(inputs)});
    return machine.run(reader);
  }

  command_template command;
  run_options options;
  braid::process::launcher launcher;
  braid::process::spool out, err;
  plain_format format;
  listener heard;
  result_output output{result_order::input, format, heard, {out.file(), err.file()}};
  engine machine{command, options, launcher, output, heard};
};

/// Leaves this process `more` descriptors beyond those that are open.
class few_descriptors {
 public:
  explicit few_descriptors(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const braid::descriptor lowest_free(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit now{static_cast<rlim_t>(lowest_free.get()) + more, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  few_descriptors(const few_descriptors&) = delete;
  few_descriptors& operator=(const few_descriptors&) = delete;

 private:
  rlimit before_{};
};

/// From now on this process has no clone3, as on older kernels: children are started by posix_spawn.
void forbid_clone3() {
  sock_filter rules[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                         {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_clone3},
                         {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
                         {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog program{std::size(rules), rules};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(7);
}

/// How often the command of each of twelve jobs ran, where `more` descriptors are left, told by lines of a file.
bool each_ran_as_often_as_it_is_counted(rlim_t more) {
  char name[] = "/tmp/braid-engine-test-XXXXXX";
  const braid::descriptor made(::mkstemp(name));
  run_report report;
  {
    const std::string script = std::string("echo {} >> ") + name;
    engine_run s({"sh", "-c", script}, {.slots = 6, .shortage_patience = std::chrono::milliseconds(200)});
    input_reader reader(word_inputs{{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}});
    const few_descriptors limit(more);
    report = s.machine.run(reader);
  }
  std::ifstream file(name);
  const std::vector<std::string> lines{std::istream_iterator<std::string>(file), {}};
  ::unlink(name);
  const std::set<std::string> different(lines.begin(), lines.end());
  return different.size() == lines.size() && lines.size() == report.ok && report.failed == 0;
}

}  // namespace

TEST(engine, every_input_ends_in_one_outcome) {
  engine_run s({"echo", "{}"}, {.slots = 3});
  std::vector<std::string> texts;
  for (int i = 1; i <= 100; ++i) texts.push_back(std::to_string(i));
  const auto report = s.run({texts.begin(), texts.end()});
  EXPECT_EQ(report.ok, 100U);
  EXPECT_TRUE(report.all_started);
  std::ranges::sort(s.heard.ends);
  for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_EQ(s.heard.ends[i - 1], i);
  EXPECT_EQ(s.heard.total, 100U);
}

TEST(engine, children_that_end_leave_no_signal_pending_to_wake_others) {
  sigset_t child_signal, before, pending;
  sigemptyset(&child_signal);
  sigaddset(&child_signal, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child_signal, &before);
  engine_run s({"true"}, {.slots = 2});
  static_cast<void>(s.run({"a", "b", "c", "d"}));
  sigpending(&pending);
  EXPECT_FALSE(sigismember(&pending, SIGCHLD));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(engine, no_inputs_is_a_run_that_ends) {
  engine_run s({"false"});
  const auto report = s.run({});
  EXPECT_EQ(report.ended(), 0U);
  EXPECT_TRUE(report.all_started);
}

TEST(engine, a_failing_job_is_tried_again_and_counted_once) {
  engine_run s({"false"}, {.slots = 2, .retry = {.retries = 3, .first = 1ms, .longest = 2ms}});
  const auto report = s.run({"a", "b"});
  EXPECT_EQ(report.failed, 2U);
  EXPECT_EQ(report.retries, 6U);
  EXPECT_EQ(s.heard.starts, 8);
  EXPECT_EQ(s.heard.ends.size(), 2U);
}

TEST(engine, equal_seeds_wait_equally_before_retries) {
  std::vector<std::vector<std::chrono::nanoseconds>> waits;
  for (int i = 0; i < 2; ++i) {
    engine_run s({"false"}, {.slots = 1, .retry = {.retries = 3, .first = 1ms, .longest = 9ms}, .seed = 77});
    static_cast<void>(s.run({"a"}));
    waits.push_back(s.heard.waits);
  }
  EXPECT_EQ(waits[0], waits[1]);
}

TEST(engine, a_command_that_does_not_exist_ends_the_run_at_its_first_start) {
  engine_run s({"no-such-command-here"}, {.slots = 1});
  const auto report = s.run({"a", "b", "c", "d"});
  EXPECT_EQ(report.failure, run_failure::not_found);
  EXPECT_EQ(s.heard.starts, 1);
  EXPECT_FALSE(report.all_started);
}

TEST(engine, draining_lets_the_running_job_end_and_starts_no_other) {
  engine_run s({"true"}, {.slots = 1});
  std::thread drainer;
  s.heard.on_start = [&](const job&) {
    if (!drainer.joinable()) drainer = std::thread([&] { s.machine.drain(); });
  };
  std::vector<std::string_view> inputs(3000, "x");
  const auto report = s.run(inputs);
  drainer.join();
  EXPECT_LT(report.ok, 3000U);
  EXPECT_GE(report.ok, 1U);
  EXPECT_EQ(report.cancelled, 0U);
  EXPECT_FALSE(report.all_started);
}

TEST(engine, terminating_cancels_what_runs) {
  engine_run s({"sleep"}, {.slots = 2});
  std::thread stopper;
  s.heard.on_start = [&](const job&) {
    if (!stopper.joinable()) stopper = std::thread([&] { s.machine.terminate(); });
  };
  const auto report = s.run({"1000", "1000", "1000"});
  stopper.join();
  EXPECT_EQ(report.ok + report.failed, 0U);
  EXPECT_GE(report.cancelled, 1U);
}

TEST(engine, a_run_that_is_stopped_before_it_begins_starts_nothing) {
  engine_run s({"true"});
  s.machine.terminate();
  const auto report = s.run({"a"});
  EXPECT_EQ(s.heard.starts, 0);
  EXPECT_FALSE(report.all_started);
}

TEST(engine, a_job_that_waits_for_its_retry_is_cancelled_by_a_drain) {
  engine_run s({"false"}, {.slots = 1, .retry = {.retries = 1, .first = 1h, .longest = 1h}, .seed = 3});
  std::thread drainer([&] {
    for (;;) {
      {
        const std::lock_guard lock(s.heard.mutex);
        if (!s.heard.waits.empty()) break;
      }
      std::this_thread::yield();
    }
    s.machine.drain();
  });
  const auto report = s.run({"a"});
  drainer.join();
  EXPECT_EQ(report.cancelled + report.failed, 1U);
}

TEST(engine, a_job_whose_retry_is_due_when_the_run_is_stopped_ends_all_the_same) {
  engine_run s({"sh", "-c", "test {} = 1 && exit 1; exec sleep 1000"},
               {.slots = 1, .retry = {.retries = 1000, .first = 1ns, .longest = 1ns}});
  std::thread stopper;
  s.heard.on_start = [&](const job& what) {
    if (what.input.number == 2) stopper = std::thread([&] { s.machine.terminate(); });
  };
  const auto report = s.run({"1", "2"});
  stopper.join();
  EXPECT_EQ(report.cancelled + report.failed, 2U);
  EXPECT_EQ(report.ended(), s.heard.ends.size());
  EXPECT_FALSE(report.all_started);
}

TEST(engine, slots_that_are_added_while_it_runs_have_numbers_of_their_own) {
  engine_run s({"sleep"}, {.slots = 1});
  std::vector<std::jthread> helpers;
  s.heard.on_start = [&](const job& what) {
    helpers.emplace_back([&, last = what.input.number == 3] { last ? s.machine.terminate() : s.machine.add_slot(); });
  };
  static_cast<void>(s.run({"1000", "1000", "1000"}));
  EXPECT_EQ(s.heard.slots, (std::set<std::size_t>{1, 2, 3}));
}

TEST(engine, a_job_over_its_time_is_timed_out) {
  engine_run s({"sleep"}, {.slots = 1, .timeout = 50ms});
  const auto report = s.run({"1000"});
  EXPECT_EQ(report.failed, 1U);
  EXPECT_EQ(s.heard.states, std::vector{job_state::timed_out});
}

TEST(engine, whatever_descriptors_are_left_every_input_runs_once_or_the_run_says_that_none_can) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "without a descriptor UBSan takes a good vptr for a bad one";
  int postponements = 0;
  bool all_ran = false, none_ran = false;
  for (rlim_t more = 0; more < 40; more += 3) {
    engine_run s({"true"}, {.slots = 6});
    input_reader reader(word_inputs{{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}});
    run_report report;
    {
      const few_descriptors limit(more);
      report = s.machine.run(reader);
    }
    postponements += s.heard.postponements;
    EXPECT_LE(s.heard.said_short, 1);
    EXPECT_EQ(s.heard.said_short == 0, s.heard.postponements == 0);
    EXPECT_EQ(report.failed, 0U) << more;
    if (report.failure == run_failure::none) {
      EXPECT_EQ(report.ok, 12U) << more;
      EXPECT_TRUE(report.all_started);
      all_ran = true;
    } else {
      EXPECT_EQ(report.failure, run_failure::no_resources) << report.sentence;
      EXPECT_FALSE(report.all_started);
      none_ran = true;
    }
  }
  EXPECT_GT(postponements, 0);
  EXPECT_TRUE(all_ran && none_ran);
}

TEST(engine, a_command_runs_once_however_few_descriptors_are_left_also_without_clone3) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "without a descriptor UBSan takes a good vptr for a bad one";
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        forbid_clone3();
        for (rlim_t more = 0; more < 30; ++more)
          if (!each_ran_as_often_as_it_is_counted(more)) ::_exit(1);
        ::_exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(engine, a_job_that_waits_for_resources_ends_with_the_run) {
  if (BRAID_SANITIZED) GTEST_SKIP() << "without a descriptor UBSan takes a good vptr for a bad one";
  engine_run s({"true"}, {.slots = 2});
  input_reader reader(word_inputs{{"a", "b", "c"}});
  const few_descriptors limit(0);
  std::jthread stopper([&] {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (s.heard.postponements == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    s.machine.terminate();
  });
  const auto report = s.machine.run(reader);
  EXPECT_GT(s.heard.postponements, 0);
  EXPECT_EQ(report.ok + report.failed, 0U);
  EXPECT_FALSE(report.all_started);
}
