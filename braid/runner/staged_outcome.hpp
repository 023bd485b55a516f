// For tests: outcomes with output of their own, and files to read back what was written.
#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "braid/runner/job.hpp"

namespace braid::runner::staged {

inline std::unique_ptr<process::spool> spool_of(std::string_view bytes) {
  auto made = std::make_unique<process::spool>();
  while (!bytes.empty()) {
    const auto done = ::write(made->file(), bytes.data(), bytes.size());
    if (done <= 0) return nullptr;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return made;
}

inline std::string text_of(const process::spool& from) {
  std::string text(from.size(), '\0');
  text.resize(from.read(0, text));
  return text;
}

/// A job that has ended well and wrote `out` and `err`.
struct ended_job {
  ended_job(std::uint64_t number, std::string_view input, std::string_view out_bytes, std::string_view err_bytes = "")
      : out(spool_of(out_bytes)), err(spool_of(err_bytes)) {
    result.input.number = number;
    result.input.text = input;
    result.slot = 1;
    result.tries = 1;
    result.status = process::exit_status{};
    result.out = out.get();
    result.err = err.get();
  }
  std::unique_ptr<process::spool> out, err;
  outcome result;
};

}  // namespace braid::runner::staged
