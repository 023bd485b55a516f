#include "braid/process/spool.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

using place = spool::place;

std::string pattern_of(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

void append(const spool& to, const std::string& text) {
  ASSERT_EQ(::write(to.file(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

class spool_in : public testing::TestWithParam<place> {};
INSTANTIATE_TEST_SUITE_P(both, spool_in, testing::Values(place::disk, place::memory));

TEST_P(spool_in, gives_back_what_was_written) {
  const spool out(GetParam());
  append(out, "hello");
  EXPECT_EQ(out.size(), 5U);
  EXPECT_EQ(fixture::text_of(out), "hello");
}

TEST_P(spool_in, can_be_read_while_it_is_written_to) {
  const spool out(GetParam());
  append(out, "one");
  EXPECT_EQ(fixture::text_of(out), "one");
  append(out, "two");
  char rest[8];
  EXPECT_EQ(out.read(3, rest), 3U);
  EXPECT_EQ(std::string(rest, 3), "two");
  EXPECT_EQ(out.read(6, rest), 0U);
}

TEST_P(spool_in, is_empty_and_writable_again_after_clear) {
  spool out(GetParam());
  append(out, "one");
  out.clear();
  EXPECT_EQ(out.size(), 0U);
  append(out, "two");
  EXPECT_EQ(fixture::text_of(out), "two");
}

TEST_P(spool_in, copies_a_part_to_another_file) {
  const spool from(GetParam());
  const std::string text = pattern_of(300000);
  append(from, text);
  std::string name = testing::TempDir() + "braid-copy-XXXXXX";
  const descriptor to(::mkstemp(name.data()));
  const copy_outcome outcome = from.copy_to(to.get(), 1000, 200000);
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.bytes, 200000U);
  std::ifstream file(name);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text.substr(1000, 200000));
  ::unlink(name.c_str());
}

TEST_P(spool_in, copies_to_a_file_opened_to_append) {
  const spool from(GetParam());
  const std::string text = pattern_of(100000);
  append(from, text);
  const spool to;  // its file is in append mode
  EXPECT_EQ(from.copy_to(to.file()).bytes, text.size());
  EXPECT_EQ(from.copy_to(to.file()).bytes, text.size());
  EXPECT_EQ(fixture::text_of(to), text + text);
}

TEST_P(spool_in, copies_to_a_full_nonblocking_pipe_in_its_readers_pace) {
  const spool from(GetParam());
  const std::string text = pattern_of(500000);
  append(from, text);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const descriptor read_end(ends[0]);
  descriptor write_end(ends[1]);
  std::string got;
  std::thread reader([&] {
    char buffer[4096];
    for (;;) {
      pollfd entry{read_end.get(), POLLIN, 0};
      ::poll(&entry, 1, -1);
      const ssize_t n = ::read(read_end.get(), buffer, sizeof buffer);
      if (n == 0) return;
      if (n > 0) got.append(buffer, static_cast<std::size_t>(n));
    }
  });
  const copy_outcome outcome = from.copy_to(write_end.get());
  write_end.reset();
  reader.join();
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(got, text);
}

TEST_P(spool_in, a_closed_pipe_is_an_error_and_no_signal) {
  const spool from(GetParam());
  append(from, "text");
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  const descriptor write_end(ends[1]);
  ::signal(SIGPIPE, SIG_DFL);
  const copy_outcome outcome = from.copy_to(write_end.get());
  EXPECT_EQ(outcome.write_error, EPIPE);
  EXPECT_EQ(outcome.bytes, 0U);
}

TEST_P(spool_in, a_full_disk_is_reported_with_what_is_out) {
  const spool from(GetParam());
  append(from, "text");
  const descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  const copy_outcome outcome = from.copy_to(full.get());
  EXPECT_EQ(outcome.write_error, ENOSPC);
  EXPECT_EQ(outcome.read_error, 0);
  EXPECT_EQ(outcome.bytes, 0U);
}

TEST_P(spool_in, a_target_that_cannot_be_written_is_reported) {
  const spool from(GetParam());
  append(from, "text");
  const descriptor read_only(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(from.copy_to(read_only.get()).write_error, EBADF);
}

TEST_P(spool_in, copies_nothing_beyond_the_end) {
  const spool from(GetParam());
  append(from, "text");
  const spool to;
  EXPECT_EQ(from.copy_to(to.file(), 100).bytes, 0U);
  EXPECT_EQ(from.copy_to(to.file(), 2).bytes, 2U);
}

TEST(spool, has_no_name_in_its_directory) {
  std::string pattern = testing::TempDir() + "braid-spool-XXXXXX";
  const std::string directory = ::mkdtemp(pattern.data());
  const spool out(place::disk, directory);
  EXPECT_TRUE(std::filesystem::is_empty(directory));
  std::filesystem::remove(directory);
}

TEST(spool, a_directory_that_cannot_be_used_is_named_with_the_mend) {
  try {
    const spool out(place::disk, "/no/such/directory");
    FAIL() << "a spool was made";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_THAT(error.what(), testing::HasSubstr("in /no/such/directory; set TMPDIR"));
  }
}

TEST(spool, follows_tmpdir) {
  ::setenv("TMPDIR", "/no/such/directory", 1);
  EXPECT_THROW(spool(), std::system_error);
  ::unsetenv("TMPDIR");
  EXPECT_NO_THROW(spool());
}

}  // namespace
}  // namespace braid::process
