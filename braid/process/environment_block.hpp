// The environment that children get.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace braid::process::detail {

/// A copy of our environment, taken once; immutable, so any thread may read it while others call setenv.
class environment_block {
 public:
  /// Requires that no other thread changes the environment meanwhile.
  environment_block();

  /// The value of a variable in the copy; empty if there is none.
  std::string value_of(const std::string& name) const;

  /// Variables on top of the copy; the last of a name wins. Holds the new strings and points at ours: keep both alive.
  class overlay {
   public:
    overlay(const environment_block& base, const std::vector<std::pair<std::string, std::string>>& extra,
            const std::pair<std::string, std::string>& last);
    char* const* get() const noexcept { return pointers_.data(); }

   private:
    std::vector<std::string> own_;
    std::vector<char*> pointers_;
  };

 private:
  std::vector<std::string> entries_;  // "NAME=value"
};

}  // namespace braid::process::detail
