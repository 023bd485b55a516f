// The order in which select looks at its cases: what makes it fair (law O3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "braid/runtime/perform.hpp"

namespace braid::detail {

/// The order in which the cases of one perform are polled and enlisted: the one given, or for `fair` one of all n!,
/// each equally likely, so that of the ready cases each is equally likely to be the first (law O3). R. Durstenfeld's
/// shuffle (Algorithm 235, 1964), which draws a place when it is asked for; the places lie in the operations, but for
/// the first one: a select that finds its first case ready draws one number and writes nothing.
class case_order {
 public:
  case_order(case_list list, performer& me) noexcept
      : cases_(list.cases), me_(me), given_(list.how != choice::fair || list.cases.size() < 2) {}

  bool is_given() const noexcept { return given_; }
  /// Index of the case in place `i`. Asked for the first time in ascending order.
  std::size_t operator[](std::size_t i) noexcept {
    if (given_) return i;
    if (i >= drawn_) draw();
    return drawn_ == 1 ? first_ : perform_access::number(*cases_[i]);
  }
  /// From here on another order, independent of this one.
  void draw_again() noexcept { drawn_ = 0; }

 private:
  std::uint32_t random_from(std::size_t i) noexcept {
    return static_cast<std::uint32_t>(i) + me_.random().below(static_cast<std::uint32_t>(cases_.size() - i));
  }
  void draw() noexcept {
    if (drawn_ == 0) {
      first_ = random_from(0);
    } else {
      if (drawn_ == 1) write_first();
      std::swap(perform_access::number(*cases_[drawn_]), perform_access::number(*cases_[random_from(drawn_)]));
    }
    ++drawn_;
  }
  void write_first() noexcept {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      perform_access::check_free(*cases_[i]);
      perform_access::number(*cases_[i]) = static_cast<std::uint32_t>(i);
    }
    std::swap(perform_access::number(*cases_[0]), perform_access::number(*cases_[first_]));
  }

  const std::span<operation* const> cases_;
  performer& me_;
  const bool given_;
  std::size_t drawn_ = 0;  ///< Places that are settled; from the second on they lie in the operations.
  std::uint32_t first_ = 0;
};

}  // namespace braid::detail
