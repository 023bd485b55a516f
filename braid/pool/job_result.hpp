// The outcome of one job of a batch or a stream.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/base/result.hpp"
#include "braid/sync/within.hpp"

namespace braid {

/// A job, and the value or the error of its handler. The error also says that a job was cancelled, dropped or handed
/// back. A handler that takes its job by value, and cannot take it as const, has moved the job out.
template<class Job, class R>
struct job_result {
  Job job;
  result<R> outcome;
};

/// Thrown if some jobs of a batch failed. what() counts them and quotes the first. Keeps all outcomes in batch order.
template<class Job, class R>
class batch_error : public std::runtime_error {
 public:
  explicit batch_error(std::vector<job_result<Job, R>> outcomes)
      : std::runtime_error(text(outcomes)),
        outcomes_(std::make_shared<std::vector<job_result<Job, R>>>(std::move(outcomes))) {}

  /// Shared by the copies of the exception: only one thread at a time may take values out.
  std::vector<job_result<Job, R>>& outcomes() const noexcept { return *outcomes_; }

 private:
  static std::string text(const std::vector<job_result<Job, R>>& outcomes) {
    std::size_t failed = 0, first = 0;
    for (std::size_t i = outcomes.size(); i-- > 0;)
      if (!outcomes[i].outcome) ++failed, first = i;
    return std::to_string(failed) + " of " + std::to_string(outcomes.size()) + " jobs failed; the first, number " +
           std::to_string(first) + ": " + outcomes[first].outcome.error().text;
  }
  std::shared_ptr<std::vector<job_result<Job, R>>> outcomes_;
};

namespace detail {
/// Returns the result of a job that has ended: its error, or else its value.
template<class Job, class R, class Value>
job_result<Job, R> result_of(Job&& job, Value& value, const std::exception_ptr& error) {
  if (!error) return {std::move(job), std::move(*value)};
  try {
    std::rethrow_exception(error);
  } catch (...) {
    return {std::move(job), describe_current_exception()};
  }
}
}  // namespace detail

/// Returns the values alone, in the same order. Throws batch_error if a job has no value.
template<class Job, class R>
auto values_of(std::vector<job_result<Job, R>> outcomes) {
  for (const auto& one : outcomes)
    if (!one.outcome) throw batch_error<Job, R>(std::move(outcomes));
  if constexpr (!std::is_void_v<R>) {
    std::vector<R> values;
    values.reserve(outcomes.size());
    for (auto& one : outcomes) values.push_back(std::move(*one.outcome));
    return values;
  }
}

}  // namespace braid
