// Accumulators for sinks: take(item) returns false once it has enough; result() returns the sink's value.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "braid/flow/pull_stage.hpp"

namespace braid::detail {

/// A stream bound to its sink: the stages up to the last one, and the taker of what that gives.
template<class T, class Taker>
struct bound_sink {
  std::unique_ptr<pull_stage<T>> last;
  Taker taker;
};

struct ignore_all {
  template<class T>
  bool take(T&&) noexcept {
    return true;
  }
  void result() const noexcept {}
};

/// Appends items to vectors. An item that there is no memory for fails the run and goes back.
template<class T>
class appending {
 public:
  template<class Stream>
  void give_up(Stream& stream) noexcept {
    if (refused_) stream.take_back(std::move(*refused_));
  }

 protected:
  void append(std::vector<T>& to, T&& item) {
    try {
      to.push_back(std::move(item));
    } catch (...) {
      refused_.emplace(std::move(item));
      throw;
    }
  }

 private:
  std::optional<T> refused_;
};

template<class T>
class collector : public appending<T> {
 public:
  bool take(T&& item) { return this->append(items_, std::move(item)), true; }
  template<class Stream>
  void give_up(Stream& stream) noexcept {
    for (T& each : items_) stream.take_back(std::move(each));
    appending<T>::give_up(stream);
  }
  std::vector<T> result() noexcept { return std::move(items_); }

 private:
  std::vector<T> items_;
};

template<class T>
class appender : public appending<T> {
 public:
  explicit appender(std::vector<T>& to) noexcept : to_(to) {}
  bool take(T&& item) { return this->append(to_, std::move(item)), true; }
  void result() const noexcept {}

 private:
  std::vector<T>& to_;
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

/// Searches for an item for which `is` returns `wanted`.
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
