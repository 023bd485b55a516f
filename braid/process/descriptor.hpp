// An open file that has one owner.
#pragma once

#include <vector>

namespace braid::process {

/// Owns one file descriptor and closes it at its end. Every descriptor that this module opens is CLOEXEC, so a
/// child has only those that its command names. Price: one int. Not thread-safe.
class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int owned) noexcept : number_(owned) {}
  descriptor(descriptor&& other) noexcept : number_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor() { reset(); }

  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

  /// Gives up the number; the caller closes it.
  int release() noexcept;

  /// Closes the descriptor. An interrupted close is not repeated: on Linux the number is free by then.
  void reset() noexcept;

 private:
  int number_ = -1;
};

/// Descriptors from `first` to `last`, both included.
struct descriptor_range {
  unsigned first;
  unsigned last;
};

/// Returns all descriptors above 2 that a child would not inherit now, whether open or not, from low to high. Empty if
/// that cannot be found out (no /proc). Price: one look into /proc/self/fd.
std::vector<descriptor_range> not_inherited();

}  // namespace braid::process
