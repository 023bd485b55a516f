// Values by key, for map_reduce. The entries are in the order in which their keys first came; the index is of small
// slots, and a search for a key walks through these alone. No entry is ever removed by itself, so the table needs no
// marks for removed ones.
//
// A key's 32-bit tag is the upper half of its hash after a multiplication that makes every bit of the hash count
// (Fibonacci hashing: Knuth, The Art of Computer Programming, 6.4). The upper bits of the tag are the key's home among
// the slots. From there the search goes slot by slot (linear probing); only an equal tag costs a look at the entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "braid/base/check.hpp"

namespace braid::detail {

/// Requires outside locking. K has a std::hash and ==.
template<class K, class V>
class keyed_table {
 public:
  struct entry {
    K key;
    V value;
  };

  /// Combines the key's value with `value`, or stores `value` if the key is new.
  template<class Combine>
  void add(K&& key, V&& value, const Combine& combine) {
    if (entries_.size() >= slots_.size() / 4 * 3) grow();
    const std::uint32_t tag = tag_of(key);
    std::size_t at = home_of(tag);
    for (; slots_[at].place != 0; at = next(at)) {
      if (slots_[at].tag != tag) continue;
      entry& e = entries_[slots_[at].place - 1];
      if (!(e.key == key)) continue;
      e.value = std::invoke(combine, std::move(e.value), std::move(value));
      return;
    }
    entries_.push_back({std::move(key), std::move(value)});
    slots_[at] = {tag, static_cast<std::uint32_t>(entries_.size())};
  }

  std::vector<entry>& entries() noexcept { return entries_; }

 private:
  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t place = 0;  ///< Of the entry, from 1; 0 if empty.
  };

  static std::uint32_t tag_of(const K& key) {
    return static_cast<std::uint32_t>(std::uint64_t{std::hash<K>{}(key)} * 0x9e3779b97f4a7c15 >> 32);
  }
  std::size_t home_of(std::uint32_t tag) const noexcept { return tag >> (32 - bits_); }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  void grow() {
    BRAID_CHECK(bits_ < 32, "map_reduce was given more than 3 billion keys by one worker");
    std::vector<slot> old(std::size_t{1} << (bits_ == 0 ? fewest_bits : bits_ + 1));
    old.swap(slots_);
    bits_ = bits_ == 0 ? fewest_bits : bits_ + 1;
    for (const slot& each : old) {
      if (each.place == 0) continue;
      std::size_t at = home_of(each.tag);
      while (slots_[at].place != 0) at = next(at);
      slots_[at] = each;
    }
  }

  static constexpr unsigned fewest_bits = 4;

  std::vector<entry> entries_;
  std::vector<slot> slots_;  ///< 2^bits_, or none yet; at least a quarter is empty.
  unsigned bits_ = 0;
};

}  // namespace braid::detail
