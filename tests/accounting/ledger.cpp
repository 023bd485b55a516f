#include "ledger.hpp"

namespace accounting {

std::string ledger::fault(std::array<std::uint64_t, fates>& sums) const {
  static constexpr const char* names[fates] = {"received", "kept", "returned", "dropped", "destroyed"};
  const std::uint32_t made = next_;
  for (std::uint32_t id = 0; id < made; ++id) {
    unsigned total = 0;
    std::string where;
    for (std::size_t f = 0; f < fates; ++f) {
      const unsigned n = fates_[id][f];
      total += n;
      sums[f] += n;
      if (n > 0) where += std::string(" ") + names[f] + " x" + std::to_string(n);
    }
    if (total != 1)
      return "value " + std::to_string(id) + " of " + std::to_string(made) +
             (total == 0 ? " is lost: it has no fate" : " is doubled:" + where);
  }
  if (live_ != 0) return std::to_string(live_) + " values are alive after the episode";
  return {};
}

void ledger::clear() noexcept {
  const std::uint32_t made = next_.exchange(0);
  live_ = 0;
  for (std::uint32_t id = 0; id < made; ++id)
    for (std::atomic<std::uint8_t>& f : fates_[id]) f = 0;
}

}  // namespace accounting
