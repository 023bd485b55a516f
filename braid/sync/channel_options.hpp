// Options of a channel of any flavour.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace braid {

/// Options that a channel is made with.
template<class T>
struct channel_options {
  /// Called with each value that was sent and then dropped, with no lock held; must not throw. Without an on_drop such
  /// values are destroyed and counted. The values are:
  /// - those that a full channel drops: on the thread that sent, before its get() or co_await returns. As a case of a
  ///   select: when its result() is taken, or it is refilled or destroyed;
  /// - those that were buffered when the last receiver was dropped: on the thread that dropped it;
  /// - those that a stream has received but not used when it ends (docs/streams.md): on any thread.
  std::function<void(T&&)> on_drop = {};
  /// Shown in reports of waits.
  std::string name = {};
};

namespace detail {

/// The order of values in a priority channel. Other channels have no `rank`.
template<class T>
struct ranking {
  std::function<std::int64_t(const T&)> rank = {};
  std::uint32_t most_passes = 0;
};

}  // namespace detail
}  // namespace braid
