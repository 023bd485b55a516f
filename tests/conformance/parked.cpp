#include "conformance/parked.hpp"

#include <thread>

namespace braid::conformance {
namespace {

std::uint32_t word_of(const detail::performer& who) noexcept;
std::uint32_t first_claimed_word(const detail::performer& who) noexcept;

/// Reaches private members: the arguments of an explicit instantiation are exempt from access checks
/// ([temp.spec.general]).
template<auto Word, std::uint32_t FirstWon>
struct reach {
  friend std::uint32_t word_of(const detail::performer& who) noexcept { return (who.*Word).load(); }
  friend std::uint32_t first_claimed_word(const detail::performer&) noexcept { return FirstWon; }
};
template struct reach<&detail::performer::word_, detail::performer::first_won>;

}  // namespace

bool is_parked(const detail::performer& who) noexcept {
  const std::uint32_t word = word_of(who);
  return word != 0 && word < first_claimed_word(who);
}

void wait_until_parked(const detail::performer& who) noexcept {
  while (!is_parked(who)) std::this_thread::yield();
}

}  // namespace braid::conformance
