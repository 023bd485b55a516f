// Finds a program in PATH, once per name.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

namespace braid::process::detail {

/// Where a name led. If `error_number` is not 0 nothing runnable was found: ENOENT, or EACCES for a file without leave.
struct found_program {
  std::string path;
  int error_number = 0;
  bool remembered = false;  // not looked for this time
};

/// Thread rule: any thread. Price of a remembered name: a lock and a hash.
class program_finder {
 public:
  /// `search_path` as in PATH: an empty part is the present directory. Relative parts are made absolute here.
  explicit program_finder(std::string search_path);

  /// A name with a slash is its own answer and never remembered. Failures are not remembered either.
  found_program find(const std::string& name);

  /// Forgets a name, since the file it led to is gone.
  void forget(const std::string& name);

 private:
  found_program search(const std::string& name) const;

  const std::string search_path_;
  std::mutex lock_;                                     // covers known_
  std::unordered_map<std::string, std::string> known_;  // name -> path
};

}  // namespace braid::process::detail
