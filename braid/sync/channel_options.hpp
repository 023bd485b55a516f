// What a channel may be told when it is made, whatever its flavour.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace braid {

/// What a channel may be told when it is made.
template<class T>
struct channel_options {
  /// Gets each value that was sent and is dropped: what a full channel that drops lets go, on the thread that sent,
  /// before its get() or co_await returns (as a case of a select: when its result() is taken, or it is refilled or
  /// destroyed); what was buffered when the last receiver went, on the thread that dropped it; and what a stream has
  /// received and not used when it ends (docs/streams.md), on any thread. Called with no lock held; must not throw.
  /// Without one such values are destroyed and counted.
  std::function<void(T&&)> on_drop = {};
  /// Shown in reports of who waits for what.
  std::string name = {};
};

namespace detail {

/// How a priority channel orders its values; without `rank` it is none.
template<class T>
struct ranking {
  std::function<std::int64_t(const T&)> rank = {};
  std::uint32_t most_passes = 0;
};

}  // namespace detail
}  // namespace braid
