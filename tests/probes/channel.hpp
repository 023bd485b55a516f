// Pinned operations with a slot, and the ends that make them.
#pragma once

#include "task.hpp"

namespace probe {

/// What an operation's co_await gives: it points at the operation and has no destructor.
template<class Op>
struct performer {
  Op* op;
  bool await_ready() const noexcept { return immediate; }
  bool await_suspend(std::coroutine_handle<> waiter) const {
    op->park(waiter);
    return true;
  }
  decltype(auto) await_resume() const { return op->finish(); }
};

/// Pinned, with a destructor, as every operation is.
class operation {
 public:
  operation();
  operation(operation&&) = delete;
  virtual ~operation();
  void park(std::coroutine_handle<> waiter);

 private:
  std::coroutine_handle<> waiter_ = nullptr;
  operation* self_;
};

template<class T>
class recv_operation : public operation {
 public:
  explicit recv_operation(std::deque<T>* from) : from_(from) {}
  performer<recv_operation> operator co_await() noexcept { return {this}; }
  std::optional<T> finish() { return result(); }
  std::optional<T> result() {
    if (!from_->empty()) {
      slot_.emplace(std::move(from_->front()));
      from_->pop_front();
    }
    return std::exchange(slot_, std::nullopt);
  }

 private:
  std::deque<T>* from_;
  std::optional<T> slot_ = {};
};

template<class T>
class send_operation : public operation {
 public:
  template<class... Args>
  explicit send_operation(std::deque<T>* to, Args&&... args) : to_(to), slot_{std::forward<Args>(args)...} {}
  performer<send_operation> operator co_await() noexcept { return {this}; }
  bool finish() {
    if (to_->size() >= 3) return false;
    to_->push_back(std::move(slot_));
    return true;
  }
  T& value() { return slot_; }

 private:
  std::deque<T>* to_;
  T slot_;
};

/// The same operation as its own awaiter, in place of `operator co_await`.
template<class T>
class self_awaiting_recv : public operation {
 public:
  explicit self_awaiting_recv(std::deque<T>* from) : inner_(from) {}
  bool await_ready() const noexcept { return immediate; }
  void await_suspend(std::coroutine_handle<> waiter) { park(waiter); }
  std::optional<T> await_resume() { return inner_.finish(); }

 private:
  recv_operation<T> inner_;
};

template<class T>
class receiver {  // counts its copies, so it has a destructor
 public:
  explicit receiver(std::shared_ptr<std::deque<T>> buffer) : buffer_(std::move(buffer)) {}
  recv_operation<T> recv() const { return recv_operation<T>(buffer_.get()); }
  self_awaiting_recv<T> recv_self() const { return self_awaiting_recv<T>(buffer_.get()); }

 private:
  std::shared_ptr<std::deque<T>> buffer_;
};

template<class T>
class sender {
 public:
  explicit sender(std::shared_ptr<std::deque<T>> buffer) : buffer_(std::move(buffer)) {}
  /// The public form; the others show what another signature would do.
  send_operation<T> send(T&& v) const { return by_rvalue(std::move(v)); }
  send_operation<T> by_value(T v) const { return send_operation<T>(buffer_.get(), std::move(v)); }
  send_operation<T> by_rvalue(T&& v) const { return send_operation<T>(buffer_.get(), std::move(v)); }
  send_operation<T> by_const(const T& v) const { return send_operation<T>(buffer_.get(), v); }
  template<class U = T>
  send_operation<T> by_forward(U&& v) const {
    return send_operation<T>(buffer_.get(), std::forward<U>(v));
  }
  template<class... Args>
  send_operation<T> emplace(Args&&... args) const {
    return send_operation<T>(buffer_.get(), std::forward<Args>(args)...);
  }

 private:
  std::shared_ptr<std::deque<T>> buffer_;
};

template<class T>
struct channel {
  std::shared_ptr<std::deque<T>> buffer = std::make_shared<std::deque<T>>();
  sender<T> tx{buffer};
  receiver<T> rx{buffer};
  template<class... Values>
  static receiver<T> holding(Values... values) {
    channel made;
    (made.buffer->push_back(T{values}), ...);
    return made.rx;
  }
};

extern template class recv_operation<value>;
extern template class recv_operation<order>;
extern template class send_operation<value>;
extern template class send_operation<order>;
extern template class receiver<value>;
extern template class receiver<order>;
extern template class sender<value>;
extern template class sender<order>;

}  // namespace probe
