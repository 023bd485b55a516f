// The sink of rendered output: a descriptor of ours, written in full or with an error.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "braid/process/record.hpp"
#include "braid/process/spool.hpp"

namespace braid::runner {

/// Thrown when output cannot be written; what() names the stream, the reason and what is lost.
class output_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Gathers small pieces and small spools into one write; the kernel copies a larger spool. Borrows its descriptor.
/// Any failure throws output_error and is final: nothing is written after the point of failure. SIGPIPE must be
/// ignored. One thread at a time.
class byte_sink {
 public:
  /// Flushes `before` ahead of each write: both may be the same terminal.
  byte_sink(int file, std::string name, byte_sink* before = nullptr)
      : file_(file), name_(std::move(name)), before_(before) {}

  void write(std::string_view bytes);
  void copy(const process::spool& from, std::uint64_t offset = 0, std::uint64_t length = process::spool::to_end);
  void copy(const process::record& from);
  /// Writes the gathered bytes now.
  void flush();

  /// Bytes taken so far, written or gathered.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  /// The last byte taken; a newline if there is none yet.
  [[nodiscard]] char last() const { return last_; }

 private:
  std::size_t gather(const process::spool& from, std::uint64_t offset, std::uint64_t length);
  void will_write();
  void put(std::string_view bytes);
  [[noreturn]] void fail(int error_number) const;

  const int file_;
  const std::string name_;
  byte_sink* const before_;
  std::string gathered_;
  std::uint64_t taken_ = 0;
  char last_ = '\n';
};

}  // namespace braid::runner
