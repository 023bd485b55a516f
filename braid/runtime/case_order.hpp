// The order in which select polls its cases. It makes select fair (law O3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "braid/runtime/perform.hpp"

namespace braid::detail {

/// The orders of up to 4 cases, sorted, four bits for each place. Those of n cases start at index n!.
consteval std::array<std::uint16_t, 48> orders_of_few() {
  std::array<std::uint16_t, 48> all{};
  for (std::size_t n = 1, orders = 1; n <= 4; orders *= ++n)
    for (std::size_t which = 0; which < orders; ++which) {
      unsigned left = 0x3210, order = 0;
      for (std::size_t i = 0, rest = which, behind = orders; i < n; ++i) {
        behind /= n - i;
        const std::size_t from = rest / behind * 4;
        rest %= behind;
        order |= (left >> from & 15) << 4 * i;
        left = (left & ((1u << from) - 1)) | left >> (from + 4) << from;
      }
      all[orders + which] = static_cast<std::uint16_t>(order);
    }
  return all;
}
inline constexpr std::array<std::uint16_t, 48> few_in_order = orders_of_few();

/// The order in which the cases of one perform are polled and enlisted: the given one, or for `fair` one of all n!,
/// each equally likely. So each of the ready cases is equally likely to be the first (law O3).
///
/// The order of up to 4 cases is taken from a table. For more cases it is R. Durstenfeld's shuffle (Algorithm 235,
/// 1964), which settles a place when it is asked for. Up to 16 cases the order lies in one word, and one random number
/// is drawn for all places. Of its 64 bits 16! takes 44, so the chances of two orders differ by less than one in a
/// million. Above 16 all places except the first lie in the operations: a select that finds its first case ready draws
/// one number and writes nothing.
class case_order {
 public:
  /// Returns the random number that an order is made from; 0 if the order is the given one.
  static std::uint64_t draw(case_list list, performer& me) noexcept {
    return list.how == choice::fair ? me.random()() : 0;
  }
  /// Returns the index of the case in the first place of an order, without making the order.
  static std::size_t first(case_list list, std::uint64_t drawn) noexcept {
    return (drawn >> 32) * list.cases.size() >> 32;
  }

  case_order(case_list list, performer& me, std::uint64_t drawn) noexcept
      : cases_(list.cases), me_(me), given_(list.how != choice::fair || list.cases.size() < 2) {
    make(drawn);
  }

  bool is_given() const noexcept { return given_; }
  /// Returns the index of the case in place `i`. Places must be asked for in ascending order the first time.
  [[gnu::always_inline]] std::size_t operator[](std::size_t i) noexcept {
    if (given_) return i;
    if (i >= settled_) settle(i);
    return cases_.size() > most_in_a_word ? among_many(i) : in_word(i);
  }
  /// Replaces the order by another, independent one.
  void draw_again() noexcept {
    if (!given_) make(me_.random()());
  }

 private:
  static constexpr std::size_t most_in_a_word = 16;

  void make(std::uint64_t drawn) noexcept {
    bits_ = drawn;
    if (const std::size_t n = cases_.size(); n <= 4) {
      constexpr std::array<std::size_t, 5> orders{1, 1, 2, 6, 24};
      word_ = few_in_order[orders[n] + ((bits_ >> 32) * orders[n] >> 32)];
      settled_ = n;
    } else {
      word_ = 0xfedcba9876543210;
      settled_ = 0;
    }
  }
  std::size_t in_word(std::size_t i) const noexcept { return word_ >> 4 * i & 15; }
  std::size_t among_many(std::size_t i) const noexcept {
    return settled_ == 1 ? first_ : perform_access::number(*cases_[i]);
  }
  [[gnu::noinline]] void settle(std::size_t i) noexcept {
    const std::size_t left = cases_.size() - i;
    const std::size_t from = i + ((bits_ >> 32) * left >> 32);
    if (cases_.size() > most_in_a_word) {
      settle_among_many(i, from);
      bits_ = me_.random()();
    } else {
      const std::uint64_t differ = in_word(i) ^ in_word(from);
      word_ ^= differ << 4 * i | differ << 4 * from;
      bits_ *= left;  // the rest of the fraction
    }
    settled_ = i + 1;
  }
  void settle_among_many(std::size_t i, std::size_t from) noexcept {
    if (i == 0) {
      first_ = from;
      return;
    }
    if (i == 1) write_first();
    std::swap(perform_access::number(*cases_[i]), perform_access::number(*cases_[from]));
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
  std::size_t settled_ = 0;  ///< Number of places.
  std::uint64_t word_ = 0;   ///< Four bits for each place.
  std::uint64_t bits_ = 0;   ///< The rest of the random number, or the next one.
  std::size_t first_ = 0;
};

}  // namespace braid::detail
