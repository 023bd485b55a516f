#include "braid/runner/input_reader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "braid/runner/usage_error.hpp"

namespace braid::runner {
namespace {

constexpr std::size_t most_per_read = 64 * 1024;

std::size_t read_some(const stream_inputs& stream, char* to, std::size_t count) {
  while (true) {
    const ssize_t got = ::read(stream.file.get(), to, count);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      pollfd ready{stream.file.get(), POLLIN, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "cannot read further inputs from " + stream.name);
    }
  }
}

/// Throws usage_error if the open file `name` gives no inputs.
void check_readable(const descriptor& file, const std::string& name) {
  struct stat about {};
  if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode)) {
    const auto folder = name == "stdin" ? std::string("FOLDER") : name;
    throw usage_error(name + " is a directory; give a file of inputs, or its entries: find " + folder +
                      " -type f | braid map");
  }
  if ((::fcntl(file.get(), F_GETFL) & O_ACCMODE) == O_WRONLY) {
    throw usage_error(name + " is closed or open for writing only; give inputs after ::: or a file with -a");
  }
}

}  // namespace

stream_inputs open_inputs(const std::string& path, list_form form) {
  if (path == "-") {
    descriptor standard(::fcntl(0, F_DUPFD_CLOEXEC, 3));
    if (!standard && errno != EBADF) throw std::system_error(errno, std::generic_category(), "cannot open stdin");
    if (!standard) throw usage_error("stdin is closed; give inputs after ::: or a file with -a");
    check_readable(standard, "stdin");
    return {std::move(standard), form, "stdin"};
  }
  stream_inputs opened{descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), form, path};
  if (!opened.file) {
    throw usage_error("cannot open the input file " + path + ": " + std::strerror(errno) +
                      "; give a file that can be read");
  }
  check_readable(opened.file, path);
  return opened;
}

input_reader::input_reader(input_list inputs, remark hint)
    : inputs_(std::move(inputs)), hint_(std::move(hint)), stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!stopped_) throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

std::optional<std::uint64_t> input_reader::known_total() const {
  const auto* list = std::get_if<word_inputs>(&inputs_);
  return list == nullptr ? std::nullopt : std::optional<std::uint64_t>(list->words.size());
}

bool input_reader::read(const std::function<bool(input)>& give) {
  if (const auto* list = std::get_if<word_inputs>(&inputs_)) return read_words(*list, give);
  return read_stream(std::get<stream_inputs>(inputs_), give);
}

void input_reader::stop() {
  ahead_.stop();
  const std::uint64_t one = 1;
  // The counter of an eventfd that is never read is full only after 2^64 stops: no error to check.
  [[maybe_unused]] const ssize_t written = ::write(stopped_.get(), &one, sizeof one);
}

bool input_reader::read_words(const word_inputs& list, const std::function<bool(input)>& give) {
  std::uint64_t number = 0;
  bool hinted = false;
  for (auto word : list.words) {
    input in{.number = ++number, .text = {}, .unusable = {}};
    const bool cr = word.ends_with('\r');
    if (cr && list.crlf) word.remove_suffix(1);
    if (cr && !list.crlf && !hinted) {
      hint_("word " + std::to_string(number) + " ends in a CR, which is part of the input; --crlf strips it");
      hinted = true;
    }
    if (word.size() > longest_input) {
      in.unusable = "word " + std::to_string(number) + " has " + std::to_string(word.size()) +
                    " bytes; one argument holds at most " + std::to_string(longest_input);
    } else {
      in.text = word;
    }
    if (ahead_.room(0) == 0 || !hand_over(std::move(in), give)) return false;
  }
  return true;
}

bool input_reader::read_stream(const stream_inputs& stream, const std::function<bool(input)>& give) {
  line_splitter splitter(stream.form, stream.name);
  const auto buffer = std::make_unique<std::array<char, most_per_read>>();
  std::vector<input> ready;
  for (bool more = true; more;) {
    const auto room = ahead_.room(splitter.held());
    if (room == 0 || !wait_for(stream.file.get())) return false;
    const auto got = read_some(stream, buffer->data(), std::min(room, most_per_read));
    more = got > 0;
    splitter.feed({buffer->data(), got}, ready);
    if (!more) splitter.finish(ready);
    if (const auto hint = splitter.take_hint(); !hint.empty()) hint_(hint);
    for (auto& in : ready) {
      if (!hand_over(std::move(in), give)) return false;
    }
    ready.clear();
  }
  return true;
}

bool input_reader::hand_over(input in, const std::function<bool(input)>& give) {
  ahead_.add(in.text.size());
  return give(std::move(in));
}

bool input_reader::wait_for(int file) const {
  std::array<pollfd, 2> ends{pollfd{file, POLLIN, 0}, pollfd{stopped_.get(), POLLIN, 0}};
  while (::poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
  }
  return (ends[1].revents & POLLIN) == 0;
}

}  // namespace braid::runner
