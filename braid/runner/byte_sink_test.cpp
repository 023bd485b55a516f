#include "braid/runner/byte_sink.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "braid/base/descriptor.hpp"
#include "braid/runner/outcome_fixture_test.hpp"

using braid::process::spool;
using braid::runner::byte_sink;
using braid::runner::output_error;
using namespace braid::runner::fixture;

TEST(byte_sink, pieces_of_any_size_come_out_in_the_order_they_went_in) {
  const spool to;
  byte_sink sink(to.file(), "stdout");
  std::mt19937_64 random(5);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string piece(random() % 3 == 0 ? random() % 300'000 : random() % 100, static_cast<char>('a' + i % 26));
    expected += piece;
    if (i % 7 == 0) {
      sink.copy(*spool_of(piece));
    } else {
      sink.write(piece);
    }
  }
  sink.flush();
  EXPECT_EQ(sink.taken(), expected.size());
  EXPECT_EQ(text_of(to), expected);
}

TEST(byte_sink, a_part_of_a_spool_comes_out_as_that_part) {
  std::string whole;
  for (int i = 0; i < 5'000; ++i) whole += std::to_string(i);
  const auto from = spool_of(whole);
  for (const std::size_t length : {0, 1, 4095, 4096, 4097, 9000}) {
    const spool to;
    byte_sink sink(to.file(), "stdout");
    sink.write("before ");
    sink.copy(*from, 100, length);
    sink.write(" after");
    sink.flush();
    EXPECT_EQ(text_of(to), "before " + whole.substr(100, length) + " after") << length;
  }
}

TEST(byte_sink, what_another_has_gathered_for_the_same_file_comes_first) {
  for (const std::size_t length : {10, 10'000, 200'000}) {
    const spool to;
    byte_sink out(to.file(), "stdout"), err(to.file(), "stderr", &out);
    out.write("first ");
    err.copy(*spool_of(std::string(length, 'e')));
    out.write(" last");
    err.flush();
    out.flush();
    const std::string text = text_of(to);
    EXPECT_EQ(text.find("first "), 0u) << length;
    EXPECT_EQ(text.size(), length + 11) << length;
  }
}

TEST(byte_sink, a_record_whose_file_was_cut_is_an_error_at_whatever_length) {
  for (const off_t left : {0, 1000, 4096, 50'000}) {
    braid::process::record record;
    record.append(std::string(200'000, 'x'));
    ASSERT_NE(record.in_file(), nullptr);
    ASSERT_EQ(::ftruncate(record.in_file()->file(), left), 0);
    const braid::process::spool to;
    byte_sink sink(to.file(), "stdout");
    EXPECT_THROW(sink.copy(record), output_error) << left;
  }
}

TEST(byte_sink, a_full_disk_is_an_error_that_names_the_stream) {
  const braid::descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  byte_sink sink(full.get(), "stdout");
  sink.write("x");
  try {
    sink.flush();
    FAIL() << "written";
  } catch (const output_error& said) {
    EXPECT_NE(std::string(said.what()).find("cannot write to stdout: No space left"), std::string::npos);
  }
}

TEST(byte_sink, a_target_that_is_full_for_now_is_waited_for) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const braid::descriptor reading(ends[0]);
  braid::descriptor writing(ends[1]);
  ::fcntl(reading.get(), F_SETFL, 0);
  const std::string bytes(1'000'000, 'x');
  std::size_t got = 0;
  std::thread reader([&] {
    std::string chunk(4096, '\0');
    for (ssize_t n = 0; (n = ::read(reading.get(), chunk.data(), chunk.size())) > 0;)
      got += static_cast<std::size_t>(n);
  });
  byte_sink sink(writing.get(), "stdout");
  sink.write(bytes);
  sink.flush();
  writing.reset();
  reader.join();
  EXPECT_EQ(got, bytes.size());
}
