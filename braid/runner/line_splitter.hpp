// Splits a stream of bytes into inputs. Pure: bytes in, inputs out. Holds at most one input in memory, however long.
//
// Bytes are never changed unasked. A list that is nearly right (CR LF, a byte-order mark, no zero byte under -0) gives
// one hint that names the option to use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "braid/runner/job.hpp"

namespace braid::runner {

/// The longest input that can be passed on: one argument on Linux has 128 KiB, including its closing zero byte.
inline constexpr std::size_t longest_input = 128 * 1024 - 1;

/// How inputs are separated in a list.
struct list_form {
  char delimiter = '\n';
  bool crlf = false;  ///< a CR before each delimiter and a UTF-8 byte-order mark at the start are not part of an input
};

class line_splitter {
 public:
  /// `source` names the stream in messages: "stdin", "urls.txt".
  line_splitter(list_form form, std::string source) : form_(form), source_(std::move(source)) {}

  /// Appends every input that `bytes` completes. An input that is too long, or holds a zero byte, is appended empty and
  /// marked as unusable, naming its line and the limit.
  void feed(std::string_view bytes, std::vector<input>& to);
  /// Ends the stream: bytes without a closing delimiter are an input as well.
  void finish(std::vector<input>& to);

  /// Returns the hint about this list once, as a sentence; empty if there is none or it was given.
  [[nodiscard]] std::string take_hint();

  /// Returns the number of bytes held of an incomplete input.
  [[nodiscard]] std::size_t held() const { return partial_.size(); }

 private:
  void hold(std::string_view part);
  void emit(std::vector<input>& to);
  /// Strips a CR and a byte-order mark from the held input under --crlf; otherwise notes that they are there.
  void look_at_line_end();
  void hint(const std::string& sentence);

  const list_form form_;
  const std::string source_;
  std::string hint_;
  bool hinted_ = false;
  bool utf16_ = false;
  std::string partial_;
  std::uint64_t length_ = 0;  ///< of the input being read, even if it is not held
  std::uint64_t lines_ = 0;
};

}  // namespace braid::runner
