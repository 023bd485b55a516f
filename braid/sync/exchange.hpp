// The interfaces of a send and a receive to each other: the two sides of an exchange that a channel brings together.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>

#include "braid/runtime/performable.hpp"
#include "braid/sync/aging_queue.hpp"

namespace braid::detail {

template<class T>
class channel_core;

/// The progress of a send. A base class, so that it lies in the tail of operation and one store sets all the flags
/// there.
class send_progress : public operation {
 protected:
  using operation::operation;
  ~send_progress() = default;

  enum class state : std::uint8_t { armed, sent, closed } state_ = state::armed;  ///< For a send of one value.
  enum class held : std::uint8_t { nothing, counted, for_hook } held_ = held::nothing;
};

/// A send, as its peers see it: values to be taken one by one.
///
/// A value that is dropped for one of these stays in the operation, so that it is not destroyed under the lock. The
/// operation lets go of it on its owner's thread: when its result is taken, when it is armed again, or when it is
/// destroyed.
template<class T>
class sending : public send_progress, public ranked<sending<T>> {
 public:
  virtual T* offered() noexcept = 0;               ///< The next value; null if there is none left.
  virtual void taken() noexcept = 0;               ///< It has been moved from.
  virtual void taken_for(T&& other) noexcept = 0;  ///< As taken(); `other`, maybe the same value, is dropped for it.
  virtual void refused() noexcept = 0;             ///< The channel is closed.

 protected:
  explicit sending(channel_core<T>& core) noexcept : send_progress(core) {}
  ~sending() = default;

  void enlist(wake_chain&) noexcept final {
    channel_core<T>& at = core();
    at.lock().assert_held();
    at.park(*this);
  }
  void withdraw() noexcept final {
    channel_core<T>& at = core();
    at.lock().assert_held();
    if (linked()) at.leave(*this);
  }

  /// For a priority channel: takes the rank of `value`, the next value that the send offers. Requires that no lock is
  /// held, since it calls user code.
  void rank_by(const T& value) noexcept {
    if (core().by_rank()) [[unlikely]]
      ask_rank(value);
  }

  /// Marks the operation as holding a dropped value, until let_go. let_go is called with no lock held.
  void holds_dropped() noexcept {
    channel_core<T>& at = core();
    at.lock().assert_held();
    held_ = at.count_drop() ? held::counted : held::for_hook;
  }
  void let_go(std::optional<T>& dropped) noexcept {
    if (held_ != held::nothing) [[unlikely]]
      give_up(dropped);
  }
  channel_core<T>& core() const noexcept { return static_cast<channel_core<T>&>(waits_for()); }

 private:
  // Out of line, so that the common path of a send stays small enough to be inlined.
  [[gnu::cold, gnu::noinline]] void ask_rank(const T& value) noexcept { this->set_rank(core().rank_of(value)); }
  [[gnu::cold, gnu::noinline]] void give_up(std::optional<T>& dropped) noexcept {
    if (std::exchange(held_, held::nothing) == held::for_hook) core().hand_over(std::move(*dropped));
    dropped.reset();
  }
};

/// A receive, as its peers see it: room for values.
template<class T>
class receiving : public operation {
 public:
  virtual bool has_room() const noexcept = 0;
  virtual void deliver(T&& value) noexcept = 0;
  virtual void ended(const std::exception_ptr& why) noexcept = 0;  ///< Closed and drained; null if there is no error.

 protected:
  explicit receiving(channel_core<T>& core) noexcept : operation(core) {}
  ~receiving() = default;

  void enlist(wake_chain&) noexcept final {
    channel_core<T>& at = core();
    at.lock().assert_held();
    at.park(*this);
  }
  void withdraw() noexcept final {
    if (linked()) unlink();
  }
  channel_core<T>& core() const noexcept { return static_cast<channel_core<T>&>(waits_for()); }
};

}  // namespace braid::detail
