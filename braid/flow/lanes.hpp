// Policies that choose which of several channels an item goes to. (Workers that compete for items share one channel
// instead: copies of its receiver.)
//
//   s | braid::to(senders, braid::round_robin)          // each lane in its turn
//   s | braid::to(senders, braid::by_key(customer_of))  // the same key, the same lane: in order
#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace braid {

struct round_robin_t {};
/// Items go to the lanes in turn. A full lane holds up the others. A closed lane is passed over from then on, and the
/// item that it refused goes to the next one.
inline constexpr round_robin_t round_robin;

namespace detail {

/// In each policy, place(item, lanes) returns the lane's number, and may_pass is true if any other lane would do.
class in_turn {
 public:
  static constexpr bool may_pass = true;
  explicit in_turn(round_robin_t) noexcept {}
  template<class T>
  std::size_t place(const T&, std::size_t lanes) noexcept {
    if (next_ >= lanes) next_ = 0;
    return next_++;
  }
  /// Call when the lane at `place` was removed and those behind it have moved up.
  void closed(std::size_t place) noexcept { next_ = place; }

 private:
  std::size_t next_ = 0;
};

/// KeyOf, called as const with a T, returns a key that has a std::hash.
template<class KeyOf, class T>
concept key_of = requires(const KeyOf& of, const T& item) {
  std::hash<std::remove_cvref_t<decltype(std::invoke(of, item))>>{}(std::invoke(of, item));
};
template<class KeyOf, class T>
concept no_key_of = !key_of<KeyOf, T>;
#define BRAID_KEY_OF_ITEMS \
  "the function of by_key is called as const with an item or job, and gives a key that has a std::hash"

template<class KeyOf>
class keyed {
 public:
  static constexpr bool may_pass = false;
  explicit keyed(KeyOf key_of) : key_of_(std::move(key_of)) {}
  template<class T>
  std::size_t place(const T& item, std::size_t lanes) const {
    return hash(item) % lanes;
  }
  template<class T>
  std::size_t hash(const T& item) const {
    decltype(auto) key = std::invoke(key_of_, item);
    return std::hash<std::remove_cvref_t<decltype(key)>>{}(key);
  }

 private:
  KeyOf key_of_;
};

}  // namespace detail

/// Items whose key_of(item) is equal go to one lane, in their order. A full lane holds up the others. The first lane
/// that is found closed ends the stream, since its items may go nowhere else. The key has a std::hash.
///
/// In a worker_pool, jobs with the same key run one after the other, in the order in which they were accepted.
template<class KeyOf>
detail::keyed<KeyOf> by_key(KeyOf key_of) {
  return detail::keyed<KeyOf>(std::move(key_of));
}

}  // namespace braid
