// The results of a parallel stage in the order in which they come out: by the number of their item where the stage is
// ordered, else as they were ready.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace braid::detail {

/// Needs outside locking. Numbers count from 0; at most `capacity` of them are given and not yet out.
template<class R>
class line {
 public:
  explicit line(std::size_t capacity) : places_(capacity) {}

  /// The place of one result: taken in turn.
  std::uint64_t next_number() noexcept { return given_++; }
  /// Its turn is next.
  bool is_first(std::uint64_t number) const noexcept { return number == out_; }
  /// The first one comes out past the line.
  void pass_first() noexcept { ++out_; }

  /// A value, or else what failed in its place.
  void put(std::uint64_t number, std::optional<R>&& value, std::exception_ptr error) noexcept {
    place& at = place_of(number);
    if (value) at.value.emplace(std::move(*value));
    at.error = std::move(error);
    at.filled = true;
  }
  bool ready() const noexcept { return places_[out_ % places_.size()].filled; }
  /// Only if ready(): the value goes to `into`, which is empty; or gives what failed.
  std::exception_ptr take(std::optional<R>& into) noexcept {
    place& first = place_of(out_++);
    first.filled = false;
    if (first.error) return std::exchange(first.error, nullptr);
    into.emplace(std::move(*first.value));
    first.value.reset();
    return nullptr;
  }

  /// Nothing is put or taken any more: value(R&&) gets each value that is still in line.
  template<class Value>
  void give_up(Value value) noexcept {
    for (place& each : places_)
      if (each.filled && each.value) value(std::move(*each.value));
    places_.clear();
  }

 private:
  struct place {
    std::optional<R> value;
    std::exception_ptr error;
    bool filled = false;
  };
  place& place_of(std::uint64_t number) noexcept { return places_[number % places_.size()]; }

  std::vector<place> places_;
  std::uint64_t given_ = 0;
  std::uint64_t out_ = 0;
};

}  // namespace braid::detail
