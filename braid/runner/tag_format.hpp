// Writes each line of a job's output behind its tag and a tab.
#pragma once

#include <string_view>

#include "braid/runner/result_format.hpp"
#include "braid/runner/text_template.hpp"

namespace braid::runner {

class tag_format final : public result_format {
 public:
  explicit tag_format(text_template tag) : tag_(std::move(tag)) {}

  /// Adds a newline to a last line without one: the next job's tag must not stick to it. Newlines inside a tag are
  /// written as blanks, so that a line of output stays one line.
  void render(const outcome& result, byte_sink& out, byte_sink& err) const override;

 private:
  text_template tag_;
};

/// Copies `from`, line by line behind `tag`. Price: one pass over the bytes, 256 KB of memory.
void copy_tagged(const process::record& from, std::string_view tag, byte_sink& to);

}  // namespace braid::runner
