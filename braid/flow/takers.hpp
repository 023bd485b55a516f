// Who takes the items of a stream at its end: take(item) is false once it has enough; result() is the sink's value.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "braid/flow/producer.hpp"

namespace braid::detail {

/// What a sink adds to a stream: the stages to the last one, and who takes what that gives.
template<class T, class Taker>
struct bound_sink {
  std::unique_ptr<producer<T>> last;
  Taker taker;
};

struct ignore_all {
  template<class T>
  bool take(T&&) noexcept {
    return true;
  }
  void result() const noexcept {}
};

template<class T>
struct collector {
  std::vector<T> items{};
  bool take(T&& item) { return items.push_back(std::move(item)), true; }
  template<class Stream>
  void give_up(Stream& stream) noexcept {
    for (T& each : items) stream.take_back(std::move(each));
  }
  std::vector<T> result() noexcept { return std::move(items); }
};

template<class T>
struct appender {
  std::vector<T>& to;
  bool take(T&& item) { return to.push_back(std::move(item)), true; }
  void result() const noexcept {}
};

struct counter {
  std::size_t items = 0;
  template<class T>
  bool take(T&&) noexcept {
    return ++items, true;
  }
  std::size_t result() const noexcept { return items; }
};

template<class A, class F>
struct reducer {
  A total;
  F f;
  template<class T>
  bool take(T&& item) {
    total = std::invoke(f, std::move(total), std::forward<T>(item));
    return true;
  }
  A result() { return std::move(total); }
};

/// Looks for an item that `is` says `wanted` of.
template<class P>
struct searcher {
  P is;
  bool wanted;
  bool found = false;
  template<class T>
  bool take(T&& item) {
    found = static_cast<bool>(std::invoke(is, item)) == wanted;
    return !found;
  }
  bool result() const noexcept { return found == wanted; }
};

}  // namespace braid::detail
