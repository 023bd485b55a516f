// fork_join(f, g) runs two plain functions, at the same time if another worker is idle, and returns both results. It is
// meant for work that divides: it allocates nothing, and a fork that is not stolen costs about ten nanoseconds.
//
//   long sum(std::span<const long> part) {
//     if (part.size() < 10'000) return std::reduce(part.begin(), part.end());
//     auto [left, right] = braid::fork_join([&] { return sum(part.first(part.size() / 2)); },
//                                           [&] { return sum(part.subspan(part.size() / 2)); });
//     return left + right;
//   }
//
// f runs on the calling thread, g there or on another worker of the same executor, under the same context. On a thread
// that is not a worker, both run on the environment's executor and the thread waits.
// Source: without continuation passing, the scheme of Cilk (M. Frigo, C. Leiserson, K. Randall: The implementation of
// the Cilk-5 multithreaded language, PLDI 1998) with child stealing.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "braid/runtime/fork.hpp"
#include "braid/sync/task_group.hpp"

namespace braid {

/// Thrown if both functions of a fork_join threw. If only one threw, its exception is rethrown as it is.
class both_failed : public std::exception {
 public:
  both_failed(std::exception_ptr first, std::exception_ptr second) noexcept
      : first_(std::move(first)), second_(std::move(second)) {}
  const char* what() const noexcept override { return "both functions of a fork_join threw"; }
  const std::exception_ptr& first() const noexcept { return first_; }
  const std::exception_ptr& second() const noexcept { return second_; }

 private:
  std::exception_ptr first_, second_;
};

namespace detail {

template<class F>
using fork_result = std::conditional_t<std::is_void_v<std::invoke_result_t<F&>>, std::monostate,
                                       std::decay_t<std::invoke_result_t<F&>>>;

template<class F>
fork_result<F> call_for_result(F& f) {
  static_assert(!end_value<std::invoke_result_t<F&>>::is_task,
                "fork_join takes plain functions; spawn coroutines in a task_group");
  if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
    std::invoke(f);
    return {};
  } else {
    return std::invoke(f);
  }
}

/// Calls f and keeps its result in `result`. Returns the exception that f threw; null if none.
template<class F>
std::exception_ptr call_into(std::optional<fork_result<F>>& result, F& f) noexcept {
  try {
    result.emplace(call_for_result(f));
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

template<class G>
class forked final : public fork {
 public:
  forked(seat_worker& maker, G& g) noexcept : fork(maker), g_(g) {}
  void call() override { result_.emplace(call_for_result(g_)); }
  std::exception_ptr call_here() noexcept { return call_into(result_, g_); }
  fork_result<G> take() { return std::move(*result_); }

 private:
  G& g_;
  std::optional<fork_result<G>> result_;
};

inline void throw_failures(std::exception_ptr first, std::exception_ptr second) {
  if (first && second) throw both_failed(std::move(first), std::move(second));
  if (first || second) std::rethrow_exception(first ? first : second);
}

/// For a worker thread without a seat, from which no worker could steal a fork: calls f, then g.
template<class F, class G>
std::pair<fork_result<F>, fork_result<G>> fork_join_in_turn(F& f, G& g) {
  std::optional<fork_result<F>> first;
  std::optional<fork_result<G>> second;
  std::exception_ptr first_failed = call_into(first, f);
  throw_failures(std::move(first_failed), call_into(second, g));
  return {std::move(*first), std::move(*second)};
}

template<class F, class G>
std::pair<fork_result<F>, fork_result<G>> fork_join_here(seat_worker& me, F& f, G& g) {
  forked<G> other(me, g);
  other.offer();
  std::optional<fork_result<F>> first;
  std::exception_ptr first_failed = call_into(first, f);
  throw_failures(std::move(first_failed), other.take_back() ? other.call_here() : other.error());
  return {std::move(*first), other.take()};
}

}  // namespace detail

/// Returns the results of f and g, std::monostate for void. Both run to their end, whatever the other does and also if
/// their context is cancelled. Then rethrows the exception of one, or throws both_failed if both threw. f and g must
/// not depend on each other: they may run one after the other. Waits for g if another worker took it. If the executor
/// of a waiting worker has no thread left then, the program ends with a message.
template<class F, class G>
std::pair<detail::fork_result<F>, detail::fork_result<G>> fork_join(F&& f, G&& g) {
  if (detail::seat_worker* const me = detail::fork::maker()) return detail::fork_join_here(*me, f, g);
  if (detail::worker_of()) return detail::fork_join_in_turn(f, g);
  std::optional<std::pair<detail::fork_result<F>, detail::fork_result<G>>> result;
  task_group group;
  group.spawn(detail::always_begun{[&] { result.emplace(fork_join(f, g)); }});
  group.join().get();
  return std::move(*result);
}

}  // namespace braid
