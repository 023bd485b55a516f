// How a send and a receive look to each other: the two sides of an exchange that a channel brings together.
#pragma once

#include <exception>

#include "braid/runtime/performable.hpp"

namespace braid::detail {

template<class T>
class channel_core;

/// A send, as its peers see it: values to be taken one by one.
template<class T>
class sending : public operation {
 public:
  virtual T* offered() noexcept = 0;    ///< The next value; null if there is none left.
  virtual void taken() noexcept = 0;    ///< It has been moved from.
  virtual void refused() noexcept = 0;  ///< The channel is closed.

 protected:
  explicit sending(channel_core<T>& core) noexcept : operation(core), core_(core) {}
  ~sending() = default;

  void enlist(wake_chain&) noexcept final {
    core_.lock().assert_held();
    core_.park(*this);
  }
  void withdraw() noexcept final {
    if (linked()) unlink();
  }
  channel_core<T>& core_;
};

/// A receive, as its peers see it: room for values.
template<class T>
class receiving : public operation {
 public:
  virtual bool has_room() const noexcept = 0;
  virtual void deliver(T&& value) noexcept = 0;
  virtual void ended(const std::exception_ptr& why) noexcept = 0;  ///< Closed and drained; null: without error.

 protected:
  explicit receiving(channel_core<T>& core) noexcept : operation(core), core_(core) {}
  ~receiving() = default;

  void enlist(wake_chain&) noexcept final {
    core_.lock().assert_held();
    core_.park(*this);
  }
  void withdraw() noexcept final {
    if (linked()) unlink();
  }
  channel_core<T>& core_;
};

}  // namespace braid::detail
