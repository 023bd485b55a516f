// An open file that has one owner.
#pragma once

namespace braid {

/// Owns one file descriptor and closes it at its end. Every descriptor that braid opens is CLOEXEC, so a
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

}  // namespace braid
