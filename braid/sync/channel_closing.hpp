// The end of a channel: the parts of channel_core that close it and drop its ends.
//
//   open --close, last sender gone--> closed, drains --empty--> drained
//   open, closed --close of a receiver, last receiver gone--> closed, and the buffer is taken away
#pragma once

#include "braid/sync/channel_core.hpp"

namespace braid::detail {

template<class T>
bool channel_core<T>::close_locked(std::exception_ptr& why, wake_chain& wakes) {
  if (std::exchange(closed_, true)) return false;
  why_closed_ = std::move(why);
  while (receiving<T>* const receiver = receivers_parked_.pop_front())
    if (claim_at_end(*receiver, wakes)) receiver->ended(why_closed_);
  while (sending<T>* const sender = senders_parked_.pop())
    if (claim_at_end(*sender, wakes)) sender->refused();
  return true;
}

template<class T>
bool channel_core<T>::close_and_take_buffer(std::size_t most, buffer_ptr& taken) {
  std::exception_ptr none;
  wake_chain wakes;
  spin_guard guard(lock_);
  if (buffered() > most) return false;
  close_locked(none, wakes);
  std::swap(buffer_, taken);
  plain_ = nullptr;
  return true;
}

template<class T>
std::vector<T> channel_core<T>::close_and_take() {
  std::vector<T> values;
  buffer_ptr taken;
  do {
    values.reserve(size());  // may throw: so before anything has happened
  } while (!close_and_take_buffer(values.capacity(), taken));
  while (taken && taken->size() > 0) values.push_back(taken->pop());
  return values;
}

template<class T>
void channel_core<T>::drop_sender() {
  if (senders_.fetch_sub(1) != 1) return;
  close(nullptr);
  drop_side();
}

template<class T>
void channel_core<T>::drop_receiving_side() noexcept {
  buffer_ptr left;
  close_and_take_buffer(static_cast<std::size_t>(-1), left);
  const std::size_t count = left ? left->size() : 0;
  while (left && left->size() > 0) {
    T value = left->pop();
    if (options_.on_drop) options_.on_drop(std::move(value));
  }
  if (!options_.on_drop) {
    spin_guard guard(lock_);
    dropped_ += count;
  }
  drop_side();
}

}  // namespace braid::detail
