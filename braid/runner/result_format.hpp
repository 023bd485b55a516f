// How one outcome looks on stdout and stderr, one file per format. result_output decides where and when it is written.
#pragma once

#include "braid/runner/byte_sink.hpp"
#include "braid/runner/job.hpp"

namespace braid::runner {

/// Stateless between calls; called by one thread at a time. Throws output_error and the exceptions of records.
class result_format {
 public:
  virtual ~result_format() = default;
  virtual void render(const outcome& result, byte_sink& out, byte_sink& err) const = 0;
};

/// Writes the job's bytes untouched.
class plain_format final : public result_format {
 public:
  void render(const outcome& result, byte_sink& out, byte_sink& err) const override {
    if (result.out != nullptr) out.copy(*result.out);
    if (result.err != nullptr) err.copy(*result.err);
  }
};

}  // namespace braid::runner
