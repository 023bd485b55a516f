// What was done, counted by kind and by outcome; printed at the end and held against the shares that are asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace accounting {

enum class kind { send, recv, send_some, recv_some, try_send, try_recv, select, try_select };
inline constexpr std::size_t kinds = 8;
/// How an operation ended. `idle`: a try_ form, or a select with no case left, that did nothing.
enum class outcome { committed, cancelled, timed_out, closed, idle };
inline constexpr std::size_t outcomes = 5;

class tally {
 public:
  void add(kind k, outcome o, bool parked) noexcept {
    ++by_kind_[static_cast<std::size_t>(k)][static_cast<std::size_t>(o)];
    if (parked) ++parked_[static_cast<std::size_t>(o)];
  }
  /// One exchange between two selects, slot to slot: two operations.
  void add_select_pair() noexcept { paired_ += 2; }
  void add(const tally& other) noexcept;

  std::uint64_t operations() const noexcept;
  std::uint64_t ended(outcome o) const noexcept;
  std::uint64_t parked() const noexcept;
  std::uint64_t paired() const noexcept { return paired_; }

  /// A table.
  std::string report() const;
  /// Empty if every share is reached; else which one is not.
  std::string missing_share() const;

 private:
  std::array<std::array<std::uint64_t, outcomes>, kinds> by_kind_{};
  std::array<std::uint64_t, outcomes> parked_{};
  std::uint64_t paired_ = 0;
};

}  // namespace accounting
