#include "braid/runner/input_reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "braid/runner/usage_error.hpp"

using braid::descriptor;
using braid::runner::input;
using braid::runner::input_reader;
using braid::runner::open_inputs;
using braid::runner::read_ahead;
using braid::runner::stream_inputs;
using braid::runner::usage_error;
using braid::runner::word_inputs;

namespace {

struct open_pipe {
  open_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading = descriptor(ends[0]);
    writing = descriptor(ends[1]);
  }
  descriptor reading, writing;
};

void write_all(const descriptor& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(to.get(), bytes.data(), bytes.size());
    ASSERT_GT(put, 0);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace

TEST(input_reader, words_are_given_in_order_and_their_number_is_known) {
  input_reader reader(word_inputs{{"a", "b c", ""}});
  std::vector<std::string> got;
  EXPECT_EQ(reader.known_total(), 3U);
  EXPECT_TRUE(reader.read([&](input in) {
    got.push_back(in.text);
    return true;
  }));
  EXPECT_EQ(got, (std::vector<std::string>{"a", "b c", ""}));
}

TEST(input_reader, a_line_is_given_before_the_next_one_is_written) {
  open_pipe ends;
  input_reader reader(stream_inputs{std::move(ends.reading), {}, "stdin"});
  int lines = 0;
  write_all(ends.writing, "first\n");
  EXPECT_TRUE(reader.read([&](input in) {
    reader.taken(in);
    if (++lines < 3) {
      write_all(ends.writing, "next\n");
    } else {
      ends.writing.reset();
    }
    return true;
  }));
  EXPECT_EQ(lines, 3);
}

TEST(input_reader, never_reads_more_than_its_bound_ahead_of_the_slots) {
  open_pipe ends;
  input_reader reader(stream_inputs{std::move(ends.reading), {}, "stdin"});
  std::thread writer([&] {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += "\n";
    write_all(ends.writing, lines);
    ends.writing.reset();
  });
  std::vector<input> waiting;
  std::size_t most = 0;
  EXPECT_TRUE(reader.read([&](input in) {
    waiting.push_back(std::move(in));
    most = std::max(most, waiting.size());
    if (waiting.size() > read_ahead::most_lines - read_ahead::most_lines / 64) {
      for (const auto& taken : waiting) reader.taken(taken);
      waiting.clear();
    }
    return true;
  }));
  writer.join();
  EXPECT_LT(most, read_ahead::most_lines);
}

TEST(input_reader, stop_ends_a_read_that_waits_for_bytes) {
  open_pipe ends;
  input_reader reader(stream_inputs{std::move(ends.reading), {}, "stdin"});
  std::thread stopper([&] { reader.stop(); });
  EXPECT_FALSE(reader.read([](const input&) { return true; }));
  stopper.join();
}

TEST(input_reader, a_file_that_cannot_be_read_is_refused_with_its_name) {
  try {
    static_cast<void>(open_inputs("/nonexistent/list", {}));
    FAIL() << "opened";
  } catch (const usage_error& said) {
    EXPECT_NE(std::string(said.what()).find("/nonexistent/list: No such file"), std::string::npos);
  }
  EXPECT_THROW(static_cast<void>(open_inputs("/", {})), usage_error);
}

TEST(input_reader, a_word_that_ends_in_a_cr_is_hinted_at_once_and_stripped_by_crlf) {
  std::vector<std::string> hints, given;
  const auto take = [&](const input& in) {
    given.push_back(in.text);
    return true;
  };
  input_reader as_it_is(word_inputs{{"a\r", "b\r"}}, [&](const std::string& said) { hints.push_back(said); });
  EXPECT_TRUE(as_it_is.read(take));
  ASSERT_EQ(hints.size(), 1U);
  EXPECT_NE(hints[0].find("--crlf"), std::string::npos);
  input_reader stripped(word_inputs{{"a\r", "b"}, true}, [&](const std::string& said) { hints.push_back(said); });
  EXPECT_TRUE(stripped.read(take));
  EXPECT_EQ(hints.size(), 1U);
  EXPECT_EQ(given, (std::vector<std::string>{"a\r", "b\r", "a", "b"}));
}
