#include "braid/flow/sources.hpp"

#include <cerrno>
#include <iostream>
#include <system_error>

namespace braid::detail {
namespace {

[[noreturn]] void fail_on(const std::string& path, const char* what) {
  throw std::system_error(errno, std::generic_category(), "lines(\"" + path + "\"): cannot " + what);
}

}  // namespace

line_reader::line_reader(const std::string& p) : path(p) {
  if (path == "-") return;
  file = std::make_unique<std::ifstream>(path);
  if (!*file) fail_on(path, "open it");
}

std::optional<std::string> line_reader::operator()() {
  std::istream& in = file ? *file : std::cin;
  std::string line;
  errno = 0;
  if (std::getline(in, line)) return line;
  if (in.bad()) fail_on(path, "read it");
  return std::nullopt;
}

}  // namespace braid::detail
