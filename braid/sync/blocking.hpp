// blocking(f) marks a plain function that blocks its thread outside braid: in a system call, on a lock, in a library
// that waits. When spawned, it runs on a thread of its own and takes no worker from the other tasks (law X2).
//
//   group.spawn(braid::blocking(read_all), path, out);
//
// The threads are reused. At most executor_options::blocking_threads (64) functions run at once; further ones wait in a
// queue, first in, first out. A function that waits in a braid operation gives its place to the next one meanwhile. If
// the system has no thread left for it and none of these functions runs, workers run them, and are kept from other tasks.
// Functions that only wait through braid (send, recv, join ...) need no mark.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

namespace braid {
namespace detail {

template<class F>
struct blocking_function {
  F f;
  template<class... Args>
  decltype(auto) operator()(Args&&... args) && {
    return std::invoke(std::move(f), std::forward<Args>(args)...);
  }
  template<class... Args>
  decltype(auto) operator()(Args&&... args) & {
    return std::invoke(f, std::forward<Args>(args)...);
  }
};

template<class>
inline constexpr bool is_blocking = false;
template<class F>
inline constexpr bool is_blocking<blocking_function<F>> = true;

}  // namespace detail

/// Returns a copy of f with the mark.
template<class F>
detail::blocking_function<std::decay_t<F>> blocking(F&& f) {
  return {std::forward<F>(f)};
}

}  // namespace braid
