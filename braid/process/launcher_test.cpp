#include "braid/process/launcher.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <random>
#include <thread>

#include "braid/process/child_fixture_test.hpp"
#include "braid/process/feed.hpp"
#include "braid/process/proc_snapshot.hpp"

namespace braid::process {
namespace {

using fixture::output_of;
using fixture::test_child;
using testing::HasSubstr;

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// Puts a disposition back at the end of a test.
class disposition {
 public:
  disposition(int number, void (*handler)(int)) : number_(number), before_(::signal(number, handler)) {}
  ~disposition() { ::signal(number_, before_); }
  disposition(const disposition&) = delete;
  disposition& operator=(const disposition&) = delete;

 private:
  int number_;
  void (*before_)(int);
};

TEST(launcher, arguments_pass_unchanged_whatever_their_bytes) {
  std::string all_bytes;
  for (int byte = 1; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  const std::vector<std::string> words{"", " ", "it's", "$(id)", "*", "-n", "a\nb\t", all_bytes};
  std::string expected;
  command what = test_child({"arguments"});
  for (const std::string& word : words) {
    what.argv.push_back(word);
    expected += word + '\0';
  }
  launcher launch;
  EXPECT_EQ(output_of(launch, what), expected);
}

TEST(launcher, a_stop_by_the_terminal_is_told_until_it_was_taken_and_then_no_more) {
  launcher launch;
  std::atomic<int> told = 0;
  std::atomic<pid_t> whom = 0;
  launch.on_terminal_stop([&](pid_t stopped, int signal) {
    whom = signal == SIGTTIN ? stopped : -1;
    return ++told >= 2;
  });
  child waits = launch.start(test_child({"stay", "1"}));
  const auto tell_times = [&](int times) {
    ::kill(waits.pid(), SIGTTIN);
    for (int looks = 0; told < times && looks < 2'000; ++looks)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  tell_times(2);
  EXPECT_EQ(whom, waits.pid());
  EXPECT_EQ(told, 2);
  waits.signal_tree(SIGCONT);
  tell_times(3);
  EXPECT_EQ(told, 3) << "the stop that was taken was told again, or the next was not";
  waits.kill_tree();
}

TEST(launcher, a_thousand_random_arguments_pass_unchanged) {
  std::mt19937 random(20240607);
  std::string expected;
  command what = test_child({"arguments"});
  for (int i = 0; i < 1000; ++i) {
    std::string word(random() % 40, '\0');
    for (char& c : word) c = static_cast<char>(1 + random() % 255);
    expected += word + '\0';
    what.argv.push_back(std::move(word));
  }
  launcher launch;
  EXPECT_EQ(output_of(launch, what), expected);
}

TEST(launcher, input_is_empty_by_default) {
  launcher launch;
  EXPECT_EQ(output_of(launch, test_child({"cat"})), "");
}

TEST(launcher, output_and_error_can_share_one_spool) {
  launcher launch;
  const spool both;
  command what = test_child({"both"});
  what.output = what.error = both.file();
  launch.start(what).wait();
  EXPECT_EQ(fixture::text_of(both), "out\nerr\n");
}

TEST(launcher, output_and_error_can_change_places) {
  launcher launch;
  const spool out;
  const spool error;
  const descriptor own_output(::fcntl(1, F_DUPFD_CLOEXEC, 3));
  const descriptor own_error(::fcntl(2, F_DUPFD_CLOEXEC, 3));
  ::dup2(out.file(), 1);
  ::dup2(error.file(), 2);
  command what = test_child({"both"});
  what.output = 2;
  what.error = 1;
  launch.start(what).wait();
  ::dup2(own_output.get(), 1);
  ::dup2(own_error.get(), 2);
  EXPECT_EQ(fixture::text_of(out), "err\n");
  EXPECT_EQ(fixture::text_of(error), "out\n");
}

TEST(launcher, variables_are_set_on_top_of_ours_and_the_last_wins) {
  launcher launch;
  command what = test_child({"variable", "COLOUR"});
  what.environment = {{"COLOUR", "red"}, {"COLOUR", "blue"}};
  EXPECT_EQ(output_of(launch, what), "blue");
  EXPECT_NE(output_of(launch, test_child({"variable", "PATH"})), "unset");
}

TEST(launcher, each_child_has_its_own_mark) {
  launcher launch;
  const std::string first = output_of(launch, test_child({"variable", "BRAID_JOB"}));
  const std::string second = output_of(launch, test_child({"variable", "BRAID_JOB"}));
  EXPECT_NE(first, "unset");
  EXPECT_NE(first, second);
}

TEST(launcher, a_nested_launcher_keeps_the_mark_of_the_outer_one) {
  ::setenv("BRAID_JOB", "outer_1", 1);
  launcher launch;
  ::unsetenv("BRAID_JOB");
  EXPECT_THAT(output_of(launch, test_child({"variable", "BRAID_JOB"})), testing::StartsWith("outer_1:"));
}

TEST(launcher, a_child_runs_in_the_directory_of_its_command) {
  launcher launch;
  command what = test_child({"state"});
  what.directory = "/usr";
  EXPECT_THAT(output_of(launch, what), HasSubstr("directory:/usr\n"));
}

TEST(launcher, a_child_has_default_sigpipe_and_no_blocked_signal_whatever_ours_are) {
  const disposition pipe(SIGPIPE, SIG_IGN);
  const disposition interrupt(SIGINT, SIG_IGN);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  launcher launch;
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const std::string state = output_of(launch, test_child({"state"}));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(state, HasSubstr("blocked:\n"));
  EXPECT_THAT(state, HasSubstr("ignored:\n"));
}

TEST(launcher, an_ignored_hang_up_reaches_through_to_the_child) {
  const disposition hang_up(SIGHUP, SIG_IGN);
  launcher launch;
  EXPECT_THAT(output_of(launch, test_child({"state"})), HasSubstr("ignored: 1\n"));
}

TEST(launcher, a_child_leads_its_own_process_group) {
  launcher launch;
  EXPECT_THAT(output_of(launch, test_child({"state"})), HasSubstr("group:own\n"));
}

TEST(launcher, a_child_has_no_descriptor_of_ours_but_its_three) {
  std::string inheritable;
  for (int number = 0; number < 256; ++number) {
    const int flags = ::fcntl(number, F_GETFD);
    if (number <= 2 || (flags >= 0 && (flags & FD_CLOEXEC) == 0)) {
      inheritable += ' ';
      inheritable += std::to_string(number);
    }
  }
  launcher launch;
  const spool other;
  const descriptor input = feed("x");
  const child running = launch.start(test_child({"exit", "0"}));
  EXPECT_THAT(output_of(launch, test_child({"state"})), HasSubstr("open:" + inheritable + "\n"));
}

TEST(launcher, children_get_the_soft_limit_back_that_was_raised_for_us) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 100;
  ::setrlimit(RLIMIT_NOFILE, &low);
  launcher launch;
  EXPECT_TRUE(launch.reserve_descriptors(200));
  // The child asks for its limit only once we let it, long after its start.
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const spool out;
  command what;
  what.argv = {"/bin/sh", "-c", "read go; ulimit -Sn"};
  what.input = ends[0];
  what.output = out.file();
  child running = launch.start(what);
  ASSERT_EQ(::write(ends[1], "\n", 1), 1);
  running.wait();
  ::close(ends[0]);
  ::close(ends[1]);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(fixture::text_of(out), "100\n");
}

TEST(launcher, refuses_to_promise_more_descriptors_than_the_hard_limit) {
  launcher launch;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max > 1U << 30) GTEST_SKIP() << "the hard limit of descriptors is endless here";
  EXPECT_FALSE(launch.reserve_descriptors(static_cast<unsigned>(limit.rlim_max) + 1));
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(launcher, an_ignored_sigchld_does_not_lose_exit_codes) {
  const disposition child_signal(SIGCHLD, SIG_IGN);
  {
    launcher launch;
    EXPECT_EQ(launch.start(test_child({"exit", "9"})).wait().code, 9);
  }
  EXPECT_EQ(::signal(SIGCHLD, SIG_IGN), SIG_IGN);
}

TEST(launcher, five_hundred_children_leave_no_descriptor_and_no_zombie) {
  launcher launch;
  launch.start(test_child({"exit", "0"})).wait();
  const std::size_t files = open_files();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(launch.start(test_child({"exit", std::to_string(i % 7)})).wait().code, i % 7);
  EXPECT_EQ(open_files(), files);
  EXPECT_TRUE(detail::child_list().look().empty());
}

TEST(launcher, many_threads_start_and_wait_at_once) {
  launcher launch;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&launch, &right, t] {
      for (int i = 0; i < 25; ++i) {
        child running = launch.start(test_child({"exit", std::to_string(t)}));
        if (running.wait().code == t && running.leftovers().empty()) ++right;
      }
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(right, 200);
}

TEST(launcher, starts_while_orphans_are_found_and_reaped_lose_no_exit_code) {
  launcher launch;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&launch, &right, t] {
      for (int i = 0; i < 25; ++i) {
        child running =
            launch.start(t == 0 ? test_child({"brief_orphans", "3"}) : test_child({"exit", std::to_string(t)}));
        if (running.wait().code == t) ++right;
        running.leftovers();
      }
    });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(right, 100);
}

TEST(launcher_death, a_second_launcher_ends_the_program_with_a_sentence) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        launcher first;
        launcher second;
      },
      "use one per process");
}

TEST(launcher_death, a_child_that_outlives_its_launcher_ends_the_program_with_a_sentence) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        auto launch = std::make_optional<launcher>();
        child running = launch->start(test_child({"exit", "0"}));
        running.wait();
        launch.reset();
      },
      "destroy every child first");
}

// A fork happens in place where the death test is "fast".
TEST(launcher_death, a_launcher_of_the_parent_ends_the_child_of_a_fork_with_a_sentence) {
  testing::FLAGS_gtest_death_test_style = "fast";
  launcher launch;
  child ended = launch.start(test_child({"exit", "0"}));
  ended.wait();
  EXPECT_EXIT(static_cast<void>(launch.start(test_child({"exit", "0"}))), testing::KilledBySignal(SIGABRT),
              "a launcher that was made before fork");
  EXPECT_EXIT(static_cast<void>(launch.kill_everything()), testing::KilledBySignal(SIGABRT), "before fork");
  EXPECT_EXIT(static_cast<void>(ended.kill_tree()), testing::KilledBySignal(SIGABRT), "before fork");
}

TEST(launcher_death, the_copies_of_a_launcher_and_its_child_go_in_the_child_of_a_fork_and_the_job_goes_on) {
  testing::FLAGS_gtest_death_test_style = "fast";
  std::optional<launcher> launch(std::in_place);
  std::optional<child> running = launch->start(test_child({"stay"}));
  EXPECT_EXIT(
      {
        ::alarm(60);
        running.reset();
        launch.reset();
        ::_exit(0);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_FALSE(running->status());
  EXPECT_EQ(::kill(running->pid(), 0), 0);
}

}  // namespace
}  // namespace braid::process
