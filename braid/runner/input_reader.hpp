// Reads the inputs of a run, in order and never far ahead of the slots.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "braid/base/descriptor.hpp"
#include "braid/runner/job.hpp"
#include "braid/runner/line_splitter.hpp"
#include "braid/runner/read_ahead.hpp"

namespace braid::runner {

/// Words of the command line; borrowed.
struct word_inputs {
  std::vector<std::string_view> words;
  bool crlf = false;
};

/// A stream that is read as it arrives.
struct stream_inputs {
  descriptor file;
  list_form form;
  std::string name;  ///< as messages name it
};

using input_list = std::variant<word_inputs, stream_inputs>;

/// Opens a file of inputs; "-" is stdin. Throws usage_error if it cannot be read. Waits for the writer of a fifo.
[[nodiscard]] stream_inputs open_inputs(const std::string& path, list_form form);

class input_reader {
 public:
  /// Receives the hint about a list that is nearly right (line_splitter.hpp), at most one, on the thread of read().
  using remark = std::function<void(const std::string&)>;

  explicit input_reader(
      input_list inputs, remark hint = [](const std::string&) {});

  /// Returns the number of inputs, if it is known before they are read.
  [[nodiscard]] std::optional<std::uint64_t> known_total() const;

  /// Reads on the calling thread and hands over one input after another until the end, a stop, or until `give` returns
  /// false. Returns true if everything was read. Throws std::system_error, naming the source, if reading fails.
  bool read(const std::function<bool(input)>& give);

  /// Notes that a slot has taken an input that was handed over. Any thread.
  void taken(const input& in) { ahead_.take(in.text.size()); }

  /// Ends read() soon, even while it waits for bytes that do not arrive. Any thread, any number of times.
  void stop();

 private:
  bool read_words(const word_inputs& list, const std::function<bool(input)>& give);
  bool read_stream(const stream_inputs& stream, const std::function<bool(input)>& give);
  bool hand_over(input in, const std::function<bool(input)>& give);
  /// Waits until the stream has bytes or has ended. Returns false if stopped.
  [[nodiscard]] bool wait_for(int file) const;

  const input_list inputs_;
  const remark hint_;
  read_ahead ahead_;
  descriptor stopped_;  ///< an eventfd, readable once stopped
};

}  // namespace braid::runner
