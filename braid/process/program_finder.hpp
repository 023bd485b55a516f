// Finds a program in PATH, once per name.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

namespace braid::process::detail {

/// The file that a name led to. If `error_number` is not 0 none can be run: ENOENT, or EACCES if one lacks permission.
struct found_program {
  std::string path;
  int error_number = 0;
  bool remembered = false;  // from an earlier search
};

/// Thread rule: any thread. Price of a remembered name: a lock and a hash.
class program_finder {
 public:
  /// `search_path` as in PATH: an empty part is the current directory. Makes relative parts absolute.
  explicit program_finder(std::string search_path);

  /// Finds a program. A name with a slash is its own answer and never remembered. Failures are not remembered either.
  found_program find(const std::string& name);

  /// Forgets a name, since the file it led to is gone.
  void forget(const std::string& name);

 private:
  found_program search(const std::string& name) const;

  const std::string search_path_;
  std::mutex lock_;                                     // guards known_
  std::unordered_map<std::string, std::string> known_;  // name -> path
};

}  // namespace braid::process::detail
