// task<T>: a lazy coroutine. It starts when it is awaited, spawned in a group, or run with get().
//
//   braid::task<int> length(braid::receiver<std::string> in) {
//     int n = 0;
//     while (auto s = co_await in.recv()) n += static_cast<int>(s->size());
//     co_return n;
//   }
//   int n = co_await length(rx);               // in a coroutine: the same task goes on inside it
//   int n = length(rx).get();                  // on a thread: runs on the environment's executor, the thread waits
//
// Parameters are copied into the coroutine; a reference parameter must outlive it. A lambda coroutine's captures live
// in the lambda: spawn(f, args...) keeps it, a bare call does not. g++ 12 miscompiles a few forms: docs/coroutines.md
// lists them, braid-check-coroutines finds them.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "braid/base/check.hpp"
#include "braid/runtime/block_cache.hpp"
#include "braid/runtime/flat_end.hpp"
#include "braid/runtime/perform.hpp"

namespace braid {

template<class T = void>
class task;

namespace detail {

/// Recycles frames: the frame of a task that ends on another thread than it began on is recycled there without a lock.
class promise_base : public recycled_frame {
 public:
  promise_base() noexcept : waits_{} {}
  performer& current_performer() const noexcept { return *waits_.who; }

  /// Leaves the coroutine suspended before its first statement. If a coroutine awaits in a bare condition and names no
  /// local variable, g++ 12 places the condition in front of what a handle points to. Every resume would then jump to a
  /// wrong address.
  struct initial_awaiter {
    const promise_base* promise;
    bool await_ready() const noexcept { return false; }
    template<class Promise>
    void await_suspend(std::coroutine_handle<Promise> begun) const noexcept {
      BRAID_CHECK(
          &begun.promise() == promise,
          "g++ 12 miscompiles this coroutine, since it awaits in a bare condition and names no local variable: write "
          "`const bool sent = co_await ...; if (!sent)`; braid-check-coroutines finds the line");
    }
    void await_resume() const noexcept {}
  };
  initial_awaiter initial_suspend() const noexcept { return {this}; }

  /// Returns control to the awaiting coroutine, or marks the task as ended.
  struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    template<class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      promise_base& promise = ended.promise();
      if (promise.waits_.awaiting) {
        promise.waits_.who->next(promise.waits_.awaiting);
      } else {
        promise.waits_.who->finish();
      }
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() const noexcept { return {}; }

  void start_in(performer& who, std::coroutine_handle<> awaiting) noexcept {
    BRAID_CHECK(!waits_.who, "a task was awaited or run twice; it starts once and gives its value once");
    waits_ = {&who, awaiting};
  }

  /// Destroys the frame of a coroutine that has not ended. The frame may hold another one, as a parameter, and so on.
  template<class Promise>
  static void destroy_unended(std::coroutine_handle<Promise> coroutine) noexcept {
    promise_base& base = coroutine.promise();
    end_flat(*std::construct_at(&base.link_), [](chain_link& link) noexcept {
      static_assert(std::is_standard_layout_v<promise_base>);
      auto& owner = reinterpret_cast<promise_base&>(link);
      std::coroutine_handle<Promise>::from_promise(static_cast<Promise&>(owner)).destroy();
    });
  }

 private:
  struct waits {
    performer* who = nullptr;
    std::coroutine_handle<> awaiting;  ///< Null for a task's outermost coroutine.
  };
  union {
    waits waits_;
    chain_link link_;  ///< Used from destroy_unended() on.
  };
};

template<class T>
class promise final : public promise_base {
 public:
  task<T> get_return_object() noexcept;
  template<class U>
  requires std::is_constructible_v<T, U&&>
  void return_value(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>) {
    outcome_.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome_.template emplace<2>(std::current_exception()); }
  T take() {
    if (outcome_.index() == 2) std::rethrow_exception(std::get<2>(outcome_));
    return std::move(std::get<1>(outcome_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

/// Runs a coroutine that has not started, as a task of its own in the caller's environment, and blocks until it ends.
void run_to_end(promise_base& promise, std::coroutine_handle<> frame);

template<>
class promise<void> final : public promise_base {
 public:
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { error_ = std::current_exception(); }
  void take() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::exception_ptr error_;
};

}  // namespace detail

template<class T>
class [[nodiscard]] task {
 public:
  using promise_type = detail::promise<T>;
  using value_type = T;

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task old(std::move(*this));
    frame_ = std::exchange(other.frame_, nullptr);
    return *this;
  }
  ~task() {
    if (!frame_) return;
    frame_.done() ? frame_.destroy() : detail::promise_base::destroy_unended(frame_);
  }

  /// Runs the task on the environment's executor, under the caller's context, while the calling thread waits for its
  /// end. Returns its value or throws its exception. Throws no_thread_left, and the task has not started, on a worker
  /// whose executor has no thread to take over.
  T get() && {
    BRAID_CHECK(frame_, "get() of a task that was moved from or awaited already");
    detail::run_to_end(frame_.promise(), frame_);
    return frame_.promise().take();
  }

  /// Awaits the task, once: the current task continues inside this coroutine and returns with its value or exception.
  /// By then the coroutine's parameters are destroyed: a sender among them has closed.
  auto operator co_await() noexcept { return awaiter{*this}; }

  // For braid's own parts, which drive the coroutine themselves.
  std::coroutine_handle<promise_type> frame() const noexcept { return frame_; }

 private:
  friend promise_type;

  struct awaiter {
    task& awaited;
    bool await_ready() const noexcept { return false; }
    template<class Promise>
    void await_suspend(std::coroutine_handle<Promise> awaiting) const noexcept {
      BRAID_CHECK(awaited.frame_, "co_await of a task that was moved from or awaited already");
      detail::performer& who = detail::performer_of(awaiting);
      awaited.frame_.promise().start_in(who, awaiting);
      who.next(awaited.frame_);
    }
    T await_resume() const {
      const task ended(std::move(awaited));  // destroys the frame once its value is out
      return ended.frame_.promise().take();
    }
  };

  explicit task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

template<class T>
class task<T&> {
  static_assert(!sizeof(T*), "a task gives a value, and no reference: use task<T*> or task<std::reference_wrapper<T>>");
};

namespace detail {

template<class T>
task<T> promise<T>::get_return_object() noexcept {
  static_assert(alignof(T) <= frame_alignment,
                "a task's value has a greater alignment than the frame of a coroutine (64): return a pointer to it");
  return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}
inline task<void> promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

}  // namespace detail
}  // namespace braid
