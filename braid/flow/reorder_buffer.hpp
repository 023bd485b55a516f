// The results of a parallel stage in the order in which they come out: by the number of their item if the stage is
// ordered, else as they became ready.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace braid::detail {

/// Requires outside locking. Numbers count from 0; at most `capacity` of them are given and not yet out.
template<class R>
class reorder_buffer {
 public:
  explicit reorder_buffer(std::size_t capacity) : places_(capacity) {}

  /// Returns the place of one more result; the places are given in turn.
  std::uint64_t next_number() noexcept { return given_++; }
  /// Returns true if the result with `number` is the next to come out.
  bool is_first(std::uint64_t number) const noexcept { return number == out_; }
  /// Lets the next result come out without entering the buffer.
  void pass_first() noexcept { ++out_; }

  /// Puts a value in the buffer, or the failure in its place.
  void put(std::uint64_t number, std::optional<R>&& value, std::exception_ptr error) noexcept {
    place& at = place_of(number);
    if (value) at.value.emplace(std::move(*value));
    at.error = std::move(error);
    at.filled = true;
  }
  bool ready() const noexcept { return places_[out_ % places_.size()].filled; }
  /// Requires ready(), and an empty `into`. Moves the value to `into`, or returns the failure in its place.
  std::exception_ptr take(std::optional<R>& into) noexcept {
    place& first = place_of(out_++);
    first.filled = false;
    if (first.error) return std::exchange(first.error, nullptr);
    into.emplace(std::move(*first.value));
    first.value.reset();
    return nullptr;
  }

  /// Calls value(R&&) for each value that is still in the buffer. Nothing may be put or taken afterwards.
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
