// For tests: outcomes with output of their own, and files to read back the written bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "braid/runner/job.hpp"

namespace braid::runner::fixture {

inline std::unique_ptr<process::record> record_of(std::string_view bytes) {
  auto made = std::make_unique<process::record>();
  made->append(bytes);
  return made;
}

inline std::unique_ptr<process::spool> spool_of(std::string_view bytes) {
  auto made = std::make_unique<process::spool>();
  return made->append(bytes).ok() ? std::move(made) : nullptr;
}

inline std::string text_of(const process::spool& from) {
  std::string text(from.size(), '\0');
  text.resize(from.read(0, text));
  return text;
}

/// A job that ended well and wrote `out` and `err`.
struct ended_job {
  ended_job(std::uint64_t number, std::string_view input, std::string_view out_bytes, std::string_view err_bytes = "")
      : out(record_of(out_bytes)), err(record_of(err_bytes)) {
    result.input.number = number;
    result.input.text = input;
    result.slot = 1;
    result.tries = 1;
    result.status = process::exit_status{};
    result.out = out.get();
    result.err = err.get();
  }
  std::unique_ptr<process::record> out, err;
  outcome result;
};

}  // namespace braid::runner::fixture
