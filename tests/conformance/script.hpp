// A script is what one party of a test does, written once, as a coroutine. A thread plays it by blocking in get(); a
// task plays it by suspending in co_await. So every law is tested on both with the same words.
//
//   [&](self me) -> script {
//     const std::optional<int> v = co_await me(rx.recv());
//     EXPECT_EQ(v, 7);
//   }
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "braid/runtime/perform.hpp"

namespace braid::conformance {

class [[nodiscard]] script {
 public:
  class promise_type {
   public:
    script get_return_object() noexcept { return script(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    struct back_to_task {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> ended) const noexcept {
        promise_type& promise = ended.promise();
        if (promise.task_) promise.task_->next(promise.awaiting_);
      }
      void await_resume() const noexcept {}
    };
    back_to_task final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { error_ = std::current_exception(); }
    /// Of the task that plays the script.
    detail::performer& current_performer() const noexcept { return *task_; }

   private:
    friend class script;
    detail::performer* task_ = nullptr;  ///< Null: a thread plays it.
    std::coroutine_handle<> awaiting_;
    std::exception_ptr error_;
  };

  script(script&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  script& operator=(script&&) = delete;
  ~script() {
    if (frame_) frame_.destroy();
  }

  /// Plays it to its end on the calling thread, which blocks wherever the script waits.
  void play_here() {
    frame_.resume();
    await_resume();
  }

  bool await_ready() const noexcept { return false; }
  template<class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    detail::performer& task = detail::performer_of(awaiting);
    frame_.promise().task_ = &task;
    frame_.promise().awaiting_ = awaiting;
    task.next(frame_);
  }
  void await_resume() const {
    if (frame_.promise().error_) std::rethrow_exception(frame_.promise().error_);
  }

 private:
  explicit script(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// Something that waits, performed in the way of who plays the script. Lives inside the co_await expression.
template<class Waiting>
class performing {
 public:
  performing(bool blocks, Waiting& waiting) : blocks_(blocks), waiting_(waiting), awaiter_(awaiter_of(waiting)) {}

  bool await_ready() const noexcept { return blocks_; }
  bool await_suspend(std::coroutine_handle<script::promise_type> me) { return awaiter_.await_suspend(me); }
  decltype(auto) await_resume() {
    if (blocks_) return std::move(waiting_).get();
    return awaiter_.await_resume();
  }

 private:
  static decltype(auto) awaiter_of(Waiting& waiting) {
    if constexpr (requires { std::move(waiting).operator co_await(); }) {
      return std::move(waiting).operator co_await();
    } else {
      return (waiting);
    }
  }
  const bool blocks_;
  Waiting& waiting_;
  decltype(awaiter_of(std::declval<Waiting&>())) awaiter_;
};

/// Who plays the script: given to it as its parameter.
class self {
 public:
  explicit self(bool blocks) noexcept : blocks_(blocks) {}
  template<class Waiting>
  performing<std::remove_reference_t<Waiting>> operator()(Waiting&& waiting) const {
    return {blocks_, waiting};
  }

 private:
  bool blocks_;
};

}  // namespace braid::conformance
