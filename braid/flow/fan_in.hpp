// Base of the stages with several inputs. A pull of such a stage pulls its inputs, one after the other. An input that
// runs plain functions of the user in its pull (a serial map) is pulled on a thread of its own, unless its items are
// known to be short (apart.hpp). So it holds up no other input.
//
// A stage that gives an item calls leave() on the inputs that returned `wait`. An input whose operation has been
// performed is pulled first. So no input holds an item that it has received and not given.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "braid/flow/apart.hpp"
#include "braid/flow/pull_stage.hpp"
#include "braid/flow/stream.hpp"

namespace braid::detail {

/// Derived classes add pull().
template<class T>
class fan_in : public pull_stage<T> {
 public:
  enum class pulls : std::uint8_t { one_by_one, at_the_same_time };
  explicit fan_in(std::vector<stream<T>> from, pulls how = pulls::at_the_same_time) {
    const bool apart = how == pulls::at_the_same_time && from.size() > 1;
    for (stream<T>& each : from) inputs_.push_back({apart ? detail::apart(each.take()) : each.take()});
  }

  /// Gives the item to the first stream whose source keeps an account: which one gave it is not known here.
  bool take_back(T&& item) noexcept override {
    return std::ranges::any_of(inputs_, [&](input& each) { return each.from->take_back(std::move(item)); });
  }
  bool lost(std::size_t items) noexcept override {
    return std::ranges::any_of(inputs_, [items](input& each) { return each.from->lost(items); });
  }
  bool runs_user_code() const noexcept override {
    return std::ranges::any_of(inputs_, [](const input& each) { return each.from->runs_user_code(); });
  }

  void start(const context& ctx) override {
    for (input& each : inputs_) each.from->start(ctx);
  }
  void leave() noexcept final {
    if (!std::exchange(any_waits_, false)) return;
    for (input& each : inputs_)
      if (std::exchange(each.waits, false)) each.from->leave();
  }
  task<> stop() final {
    for (input& each : inputs_) co_await each.from->stop();
  }

 protected:
  struct input {
    std::unique_ptr<pull_stage<T>> from;
    bool waits = false;                      ///< It returned `wait`, and has been neither pulled nor left since.
    std::size_t waits_at = 0, waits_to = 0;  ///< Where its operations are in the waits.

    bool was_waited_for(std::size_t performed) const noexcept {
      return waits && waits_at <= performed && performed < waits_to;
    }
  };

  pulled pull_from(input& one, std::optional<T>& into, waits& until) {
    const std::size_t others = until.size();
    one.waits = false;
    const pulled got = one.from->pull(into, until);
    if (got != pulled::wait) return got;
    one.waits = any_waits_ = true;
    one.waits_at = others;
    one.waits_to = until.size();
    return got;
  }
  /// Call if the inputs that wait will not be pulled again.
  void forget_waits() noexcept {
    any_waits_ = false;
    for (input& each : inputs_) each.waits = false;
  }

  std::vector<input> inputs_;

 private:
  bool any_waits_ = false;
};

template<class S>
inline constexpr bool is_stream = false;
template<class T>
inline constexpr bool is_stream<stream<T>> = true;
/// Streams that can become one: rvalues, with one type of item.
template<class First, class... More>
concept alike_and_given = is_stream<First> &&(std::same_as<More, First>&&...);
template<class First, class... More>
concept no_streams_alike = is_stream<std::remove_cvref_t<First>> && !alike_and_given<First, More...>;
#define BRAID_STREAMS_ALIKE \
  "streams that become one have items of one type, and a named one is moved: std::move(a); map them to one type first"

/// Returns the streams as a vector, in their order.
template<class T, class... More>
std::vector<stream<T>> listed(stream<T>&& first, More&&... more) {
  std::vector<stream<T>> all;
  all.reserve(1 + sizeof...(more));
  all.push_back(std::move(first));
  (all.push_back(std::move(more)), ...);
  return all;
}

}  // namespace braid::detail
