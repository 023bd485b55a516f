// A command to run, with its environment, directory and descriptors.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "braid/base/descriptor.hpp"
#include "braid/process/inherited_descriptors.hpp"

namespace braid::process {

/// Stands for a descriptor in a command: the child gets the null device.
inline constexpr int null_device = -1;

/// One command. A plain value: nothing is checked or opened before `launcher::start`.
///
/// Arguments are bytes, passed on unchanged; a zero byte cannot be in one (start throws `bad_command`). No shell is
/// involved. `argv[0]` without a slash is looked up in PATH; with one it is a path, relative to `directory`.
///
/// The descriptors are borrowed: they must be open until `start` has returned and are not closed. The defaults give
/// the child an empty input and our own output and error.
struct command {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  // set on top of ours, last one wins
  std::string directory;                                         // empty: ours
  int input = null_device;
  int output = 1;
  int error = 2;
  /// Descriptors that are closed in the child before its program is loaded. All of them must be CLOEXEC, which closes
  /// them after that. So the child does not hold pipes of others during that load. Borrowed; see not_inherited().
  std::span<const descriptor_range> closed_early;
};

}  // namespace braid::process
