#include "braid/runner/line_splitter.hpp"

#include <utility>

namespace braid::runner {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_removed = byte_order_mark.size() + 1;

bool begins_as_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

}  // namespace

void line_splitter::feed(std::string_view bytes, std::vector<input>& to) {
  while (!bytes.empty()) {
    const auto end = bytes.find(form_.delimiter);
    hold(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    emit(to);
    bytes.remove_prefix(end + 1);
  }
}

void line_splitter::finish(std::vector<input>& to) {
  if (length_ == 0) return;
  if (form_.delimiter == '\0' && lines_ == 0 && partial_.find('\n') != std::string::npos) {
    hint(source_ + " holds no zero byte, so all of it is one input; without -0 each of its lines is one");
  }
  emit(to);
}

std::string line_splitter::take_hint() {
  return std::exchange(hint_, {});
}

void line_splitter::hint(const std::string& sentence) {
  if (!hinted_) hint_ = sentence;
  hinted_ = true;
}

void line_splitter::hold(std::string_view part) {
  length_ += part.size();
  if (length_ <= longest_input + most_removed) {
    partial_.append(part);
  } else {
    partial_ = std::string();
  }
}

void line_splitter::look_at_line_end() {
  if (form_.delimiter == '\0') return;
  const bool marked = lines_ == 0 && partial_.starts_with(byte_order_mark);
  const bool cr = partial_.ends_with('\r');
  utf16_ = utf16_ || (lines_ == 0 && begins_as_utf16(partial_));
  if (form_.crlf) {
    if (cr) partial_.pop_back();
    if (marked) partial_.erase(0, byte_order_mark.size());
    length_ -= (cr ? 1 : 0) + (marked ? byte_order_mark.size() : 0);
  } else if (cr && !utf16_) {
    hint("line " + std::to_string(lines_ + 1) + " of " + source_ +
         " ends in CR LF, as Windows writes lines, and the CR is part of the input; --crlf strips it" +
         (marked ? ", and the byte-order mark before the first input" : ""));
  } else if (marked) {
    hint(source_ + " begins with a byte-order mark, which is part of the first input; --crlf strips it");
  }
}

void line_splitter::emit(std::vector<input>& to) {
  look_at_line_end();
  auto& made = to.emplace_back();
  made.number = ++lines_;
  const auto place = (form_.delimiter == '\n' ? "line " : "item ") + std::to_string(lines_) + " of " + source_;
  if (length_ > longest_input) {
    made.unusable = place + " has " + std::to_string(length_) + " bytes; one argument holds at most " +
                    std::to_string(longest_input) + " (128 KiB with its closing zero byte)";
  } else if (utf16_) {
    made.unusable = place + " is UTF-16 text; make UTF-8 of the list first: iconv -f UTF-16 -t UTF-8";
  } else if (partial_.find('\0') != std::string::npos) {
    made.unusable = place + " holds a zero byte, which no argument can; for zero-separated input give -0";
  } else {
    made.text = partial_;
  }
  partial_.clear();
  length_ = 0;
}

}  // namespace braid::runner
