#include "braid/process/late_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

using fixture::eventually;

struct pipe_pair {
  pipe_pair() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) ::abort();
    read_end = descriptor(ends[0]);
    write_end = descriptor(ends[1]);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  bool write(std::size_t bytes) const {
    const std::string text(bytes, 'x');
    return ::write(write_end.get(), text.data(), bytes) == static_cast<ssize_t>(bytes);
  }
  descriptor read_end, write_end;
};

TEST(late_output, counts_what_comes_until_the_pipe_ends) {
  detail::late_output late;
  pipe_pair pipe;
  std::optional<late_bytes> told;
  late.take(std::move(pipe.read_end), [&](const late_bytes& seen) { told = seen; });
  ASSERT_TRUE(pipe.write(300));
  late.drain();
  EXPECT_FALSE(told);
  ASSERT_TRUE(pipe.write(7));
  pipe.write_end.reset();
  EXPECT_TRUE(eventually([&] {
    late.drain();
    return told.has_value();
  }));
  EXPECT_EQ(told->dropped, 307U);
  EXPECT_FALSE(told->still_open);
}

TEST(late_output, a_writer_of_more_than_a_pipe_holds_is_not_blocked) {
  launcher launch;
  pipe_pair pipe;
  std::atomic<std::uint64_t> dropped{0};
  launch.drain_late(std::move(pipe.read_end), [&](const late_bytes& seen) { dropped = seen.dropped; });
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pipe.write(10'000));
  pipe.write_end.reset();
  EXPECT_TRUE(eventually([&] { return dropped == 1'000'000; }));
}

TEST(late_output, the_end_gives_up_what_is_still_held_and_says_so) {
  launcher launch;
  pipe_pair pipe;
  std::vector<late_bytes> told;
  launch.drain_late(std::move(pipe.read_end), [&](const late_bytes& seen) { told.push_back(seen); });
  ASSERT_TRUE(pipe.write(5));
  launch.end_late();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].dropped, 5U);
  EXPECT_TRUE(told[0].still_open && told[0].at_end);
  launch.end_late();
  EXPECT_EQ(told.size(), 1U);
}

TEST(late_output, one_pipe_too_many_gives_up_the_oldest) {
  detail::late_output late;
  late.hold_at_most(2);
  std::vector<pipe_pair> pipes(3);
  std::vector<int> told;
  for (int i = 0; i < 3; ++i)
    late.take(std::move(pipes[static_cast<std::size_t>(i)].read_end), [&told, i](const late_bytes& seen) {
      told.push_back(i);
      EXPECT_TRUE(seen.still_open);
      EXPECT_EQ(seen.at_end, i != 0);
    });
  EXPECT_EQ(told, std::vector<int>{0});
  ::signal(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(pipes[0].write(1));
  EXPECT_TRUE(pipes[1].write(1));
  EXPECT_TRUE(pipes[2].write(1));
  ::signal(SIGPIPE, SIG_DFL);
  late.end();
  EXPECT_EQ(told, (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace braid::process
