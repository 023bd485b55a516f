#include "braid/process/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <system_error>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

std::string numbered(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

TEST(record, below_64_kib_makes_no_file) {
  record kept("/no/such/directory");
  kept.append(numbered(60'000));
  EXPECT_EQ(kept.in_file(), nullptr);
  EXPECT_EQ(kept.failure(), "");
  EXPECT_EQ(fixture::text_of(kept), numbered(60'000));
}

TEST(record, of_any_size_is_read_back_whole_and_holds_64_kib_in_memory) {
  for (const std::size_t size : {0UL, 1UL, 61'440UL, 61'441UL, 65'536UL, 65'537UL, 300'000UL, 3'000'000UL}) {
    record kept;
    kept.append(numbered(size));
    EXPECT_EQ(kept.size(), size);
    EXPECT_LE(kept.in_memory().size(), record::most_in_memory);
    EXPECT_EQ(fixture::text_of(kept), numbered(size)) << size;
  }
}

TEST(record, can_be_read_across_the_border_of_file_and_memory) {
  record kept;
  const std::string text = numbered(200'000);
  kept.append(text);
  ASSERT_GT(kept.bytes_in_file(), 0U);
  ASSERT_FALSE(kept.in_memory().empty());
  std::string piece(1000, '\0');
  const std::uint64_t start = kept.bytes_in_file() - 500;
  EXPECT_EQ(kept.read(start, piece), 1000U);
  EXPECT_EQ(piece, text.substr(start, 1000));
  EXPECT_EQ(kept.read(text.size() - 10, piece), 10U);
  EXPECT_EQ(kept.read(text.size(), piece), 0U);
  EXPECT_EQ(kept.read(text.size() + 5, piece), 0U);
}

TEST(record, is_empty_after_clear_and_takes_the_next_output) {
  record kept;
  kept.append(numbered(200'000));
  kept.clear();
  EXPECT_EQ(kept.size(), 0U);
  EXPECT_EQ(kept.in_file(), nullptr);
  kept.append("two");
  EXPECT_EQ(fixture::text_of(kept), "two");
}

TEST(record, always_has_room_for_a_packet_of_a_pipe) {
  record kept;
  for (std::size_t size = 0; size < 200'000; size += 1000) {
    EXPECT_GE(kept.room().size(), 4096U);
    kept.filled(1000);
  }
}

TEST(record, whose_file_was_cut_is_not_read_as_if_it_were_shorter) {
  record kept;
  kept.append(numbered(200'000));
  ASSERT_NE(kept.in_file(), nullptr);
  ASSERT_EQ(::ftruncate(kept.in_file()->file(), 1000), 0);
  std::string piece(1000, '\0');
  EXPECT_EQ(kept.read(0, piece), 1000U);
  EXPECT_THROW(kept.read(500, piece), std::system_error);
}

TEST(record, a_directory_without_room_is_named_and_what_is_lost_is_counted) {
  record kept("/no/such/directory");
  kept.append(numbered(200'000));
  EXPECT_THAT(kept.failure(), testing::HasSubstr("/no/such/directory"));
  EXPECT_EQ(kept.size() + kept.lost(), 200'000U);
  kept.append("more");
  EXPECT_EQ(kept.size() + kept.lost(), 200'004U);
  kept.clear();
  EXPECT_EQ(kept.failure(), "");
  EXPECT_EQ(kept.lost(), 0U);
}

TEST(record, a_file_that_may_not_grow_is_a_failure_and_its_bytes_are_readable_up_to_there) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = 100'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  record kept;
  const std::string text = numbered(400'000);
  kept.append(text);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, SIG_DFL);
  EXPECT_THAT(kept.failure(), testing::HasSubstr("File too large"));
  EXPECT_EQ(kept.size() + kept.lost(), text.size());
  EXPECT_EQ(kept.size(), 100'000U);
  EXPECT_EQ(fixture::text_of(kept), text.substr(0, kept.size()));
}

}  // namespace
}  // namespace braid::process
