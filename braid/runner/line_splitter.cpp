#include "braid/runner/line_splitter.hpp"

#include <utility>

namespace braid::runner {

void line_splitter::feed(std::string_view bytes, std::vector<input>& to) {
  while (!bytes.empty()) {
    const auto end = bytes.find(delimiter_);
    hold(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    emit(to);
    bytes.remove_prefix(end + 1);
  }
}

void line_splitter::finish(std::vector<input>& to) {
  if (length_ > 0) emit(to);
}

void line_splitter::hold(std::string_view part) {
  length_ += part.size();
  if (length_ <= longest_input) {
    partial_.append(part);
  } else {
    partial_ = std::string();
  }
}

void line_splitter::emit(std::vector<input>& to) {
  auto& made = to.emplace_back();
  made.number = ++lines_;
  const auto place = (delimiter_ == '\n' ? "line " : "item ") + std::to_string(lines_) + " of " + source_;
  if (length_ > longest_input) {
    made.unusable = place + " has " + std::to_string(length_) + " bytes; one argument holds at most " +
                    std::to_string(longest_input) + " (128 KiB with its closing zero byte)";
  } else if (partial_.find('\0') != std::string::npos) {
    made.unusable = place + " holds a zero byte, which no argument can; for zero-separated input give -0";
  } else {
    made.text = partial_;
  }
  partial_.clear();
  length_ = 0;
}

}  // namespace braid::runner
