// What a channel may be told when it is made, whatever its flavour.
#pragma once

#include <functional>
#include <string>

namespace braid {

/// What a channel may be told when it is made.
template<class T>
struct channel_options {
  /// Gets each value that was buffered when the last receiver went. Called with no lock held, on the thread that
  /// dropped the receiver; must not throw. Without one such values are destroyed and counted.
  std::function<void(T&&)> on_drop = {};
  /// Shown in reports of who waits for what.
  std::string name = {};
};

}  // namespace braid
