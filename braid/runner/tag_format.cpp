#include "braid/runner/tag_format.hpp"

#include <algorithm>
#include <vector>

namespace braid::runner {

void copy_tagged(const process::record& from, std::string_view tag, byte_sink& to) {
  constexpr std::size_t read_bytes = 256 * 1024;
  std::vector<char> chunk(static_cast<std::size_t>(std::min<std::uint64_t>(read_bytes, from.size())));
  bool at_line_start = true;
  std::uint64_t offset = 0;
  while (const auto got = chunk.empty() ? 0 : from.read(offset, chunk)) {
    offset += got;
    for (std::string_view rest(chunk.data(), got); !rest.empty();) {
      if (at_line_start) to.write(tag);
      const auto newline = rest.find('\n');
      at_line_start = newline != std::string_view::npos;
      const auto line = rest.substr(0, at_line_start ? newline + 1 : rest.size());
      to.write(line);
      rest.remove_prefix(line.size());
    }
  }
  if (!at_line_start) to.write("\n");
}

void tag_format::render(const outcome& result, byte_sink& out, byte_sink& err) const {
  auto tag = tag_.render({.input = result.input.text, .number = result.input.number, .slot = result.slot});
  std::ranges::replace(tag, '\n', ' ');
  tag += '\t';
  if (result.out != nullptr) copy_tagged(*result.out, tag, out);
  if (result.err != nullptr) copy_tagged(*result.err, tag, err);
}

}  // namespace braid::runner
