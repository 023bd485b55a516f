#include "braid/runner/result_output.hpp"

#include <utility>

namespace braid::runner {

result_output::result_output(result_order order, const result_format& format, output_watcher& watcher, streams to)
    : order_(order), format_(format), watcher_(watcher), out_(to.out, "stdout"), err_(to.err, "stderr", &out_) {}

/// Runs `write`; after an output_error this object refuses everything.
template<class Write>
void result_output::guarded(Write&& write) {
  if (!broken_.empty()) throw output_error(broken_);
  try {
    write();
  } catch (const output_error& error) {
    broken_ = error.what();
    throw;
  }
}

template<class Fill>
void result_output::put(Fill&& fill) {
  watcher_.before_output();
  const auto out_before = out_.taken(), err_before = err_.taken();
  const auto tell_end = [&] {
    last_bytes last;
    if (out_.taken() > out_before) last.out = out_.last();
    if (err_.taken() > err_before) last.err = err_.last();
    watcher_.after_output(last);
  };
  try {
    fill();
    out_.flush();
    err_.flush();
  } catch (...) {
    tell_end();
    throw;
  }
  tell_end();
}

void result_output::show(const outcome& result) {
  const std::lock_guard lock(mutex_);
  guarded([&] {
    if (order_ == result_order::as_ready) {
      write_now(result);
    } else if (result.input.number == next_) {
      write_now(result);
      ++next_;
      advance();
    } else {
      hold_back(result);
    }
  });
}

void result_output::skip(std::uint64_t number) {
  if (order_ == result_order::as_ready) return;
  const std::lock_guard lock(mutex_);
  guarded([&] {
    held_.emplace(number, std::nullopt);
    advance();
  });
}

void result_output::finish() {
  const std::lock_guard lock(mutex_);
  guarded([&] {
    while (!held_.empty()) {
      next_ = held_.begin()->first;
      advance();
    }
  });
}

void result_output::write_now(const outcome& result) {
  put([&] { format_.render(result, out_, err_); });
}

void result_output::hold_back(const outcome& result) {
  auto out = out_window_.open();
  auto err = err_window_.open();
  format_.render(result, out, err);
  place where{out_window_.close(out), err_window_.close(err)};
  held_.emplace(result.input.number, std::move(where));
}

void result_output::advance() {
  for (auto first = held_.begin(); first != held_.end() && first->first == next_; first = held_.erase(first)) {
    if (first->second) write_held(*first->second);
    ++next_;
  }
  if (held_.empty()) {
    out_window_.reset();
    err_window_.reset();
  }
}

void result_output::write_held(const place& where) {
  put([&] {
    if (where.out.bytes > 0) out_.copy(*where.out.file, where.out.offset, where.out.bytes);
    if (where.err.bytes > 0) err_.copy(*where.err.file, where.err.offset, where.err.bytes);
  });
}

}  // namespace braid::runner
