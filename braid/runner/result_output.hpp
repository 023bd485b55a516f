// Writes outcomes to stdout and stderr: whole, one at a time, as they end or in input order.
//
// Invariants
// 1. mutex_ guards everything. User code never runs under it, but a slow reader of our stdout holds it: slots that
//    finish then wait. This back-pressure keeps spilled results bounded by what the reader takes.
// 2. In input order, next_ is the lowest number that has not been written yet. Results above it are rendered at once
//    into the window, on disk, so a slot never waits for the head of the line. Memory holds only the place of each
//    waiting result.
// 3. After the first output_error nothing more is written; every later call throws it again.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "braid/runner/result_format.hpp"
#include "braid/runner/spill_window.hpp"

namespace braid::runner {

enum class result_order { as_ready, input };

/// How output ended: the last byte written to each stream, if any was. Bytes on stderr were written last.
struct last_bytes {
  std::optional<char> out, err;
};

/// Notified before and after bytes reach stdout or stderr, even if a write fails, so that a progress line can make way.
/// Called under the lock.
class output_watcher {
 public:
  virtual ~output_watcher() = default;
  virtual void before_output() {}
  virtual void after_output(const last_bytes&) {}
};

class result_output {
 public:
  struct streams {
    int out = 1;
    int err = 2;
  };

  /// `format` and `watcher` are borrowed.
  result_output(result_order order, const result_format& format, output_watcher& watcher, streams to);

  /// Shows one outcome, now or when its turn comes; its records may be reused afterwards. Any thread. Throws
  /// output_error, and std::system_error if the window cannot be made.
  void show(const outcome& result);

  /// Like show(), but writes nothing: the outcome only gives up its turn.
  void skip(std::uint64_t number);

  /// Writes the results that still wait, in order, although one before them never arrived. Call at the end of a run.
  void finish();

 private:
  struct place {
    spill_window::region out, err;
  };

  void write_now(const outcome& result);
  void hold_back(const outcome& result);
  void write_held(const place& where);
  /// Runs `fill`, which writes to the sinks, then flushes them.
  template<class Fill>
  void put(Fill&& fill);
  void advance();
  template<class Write>
  void guarded(Write&& write);

  const result_order order_;
  const result_format& format_;
  output_watcher& watcher_;

  std::mutex mutex_;
  byte_sink out_, err_;
  std::string broken_;  ///< why nothing more is written; empty if nothing has failed
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::optional<place>> held_;  ///< an empty place shows nothing
  spill_window out_window_, err_window_;
};

}  // namespace braid::runner
