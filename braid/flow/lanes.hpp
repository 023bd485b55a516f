// Which of several channels an item goes to. (Workers that compete for items share one channel: copies of its
// receiver.)
//
//   s | braid::to(senders, braid::round_robin)         // each in its turn
//   s | braid::to(senders, braid::by_key(customer_of)) // the same key, the same lane: in order
#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace braid {

struct round_robin_t {};
/// The items go to one lane after the other. One that is full holds up the others; one that is closed is passed over
/// from then on, and the item that it refused goes to the next.
inline constexpr round_robin_t round_robin;

namespace detail {

/// Each policy: place(item, lanes) is the lane's number; may_pass says whether any other would do.
class in_turn {
 public:
  static constexpr bool may_pass = true;
  explicit in_turn(round_robin_t) noexcept {}
  template<class T>
  std::size_t place(const T&, std::size_t lanes) noexcept {
    if (next_ >= lanes) next_ = 0;
    return next_++;
  }
  /// What was in that place has gone; those behind have moved up.
  void closed(std::size_t place) noexcept { next_ = place; }

 private:
  std::size_t next_ = 0;
};

/// KeyOf gives a key of a T, as const, that has a std::hash.
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

/// The items whose key_of(item) is equal go to one lane, in their order. A lane that is full holds up the others; the
/// first one that is found closed ends the stream, since its items may go nowhere else. The key has a std::hash.
///
/// Of a worker_pool: jobs with the same key run one after the other, in the order in which they were accepted.
template<class KeyOf>
detail::keyed<KeyOf> by_key(KeyOf key_of) {
  return detail::keyed<KeyOf>(std::move(key_of));
}

}  // namespace braid
