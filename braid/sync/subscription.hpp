// The shared parts of a broadcast: a value in its ring, and a subscription that reads the ring.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>

#include "braid/runtime/flat_end.hpp"
#include "braid/runtime/operation.hpp"

namespace braid::detail {

template<class T>
class broadcast_core;
template<class T>
class broadcast_send;
template<class T>
class broadcast_recv;
struct in_broadcast;

/// One value of the ring. `value` lives while readers > 0.
template<class T>
struct broadcast_slot {
  broadcast_slot() noexcept {}
  ~broadcast_slot() {}
  union {
    T value;
  };
  std::size_t readers = 0;
  bool received = false;  ///< By at least one reader.
};

/// The state behind a subscriber. All of it is guarded by the core's lock.
template<class T>
struct subscription : list_hook<in_broadcast>, chain_link {
  explicit subscription(broadcast_core<T>& core) noexcept : of(core) {}
  void end() noexcept { of.let_go(*this); }
  broadcast_core<T>& of;
  std::uint64_t cursor = 0;  ///< The number of the next value that it receives.
  intrusive_list<broadcast_recv<T>, enlisted> parked;
};

/// A value that has left the ring and is on its way out of the lock. `lost` is true if no subscriber has received it.
template<class T>
struct left_value {
  T value;
  bool lost;
};

}  // namespace braid::detail
