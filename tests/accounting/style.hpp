// One text for both kinds of actor. A step is written once as a coroutine over a Style: in_task awaits its operations
// on an executor, on_thread performs each with get() and blocks its thread.
//
// How it is known that an operation parked: in a task its await_suspend has said so; a thread has polled for its
// wake-up or gone to sleep (sleeps() counts both). A thread whose wake-up came before that is not counted, so the share
// that is printed is a lower bound.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "braid/runtime/task.hpp"

namespace accounting {

/// How often the calling thread has gone to sleep in a parker.
unsigned long sleeps() noexcept;

template<class X>
decltype(auto) awaiter_of(X&& awaitable) {
  if constexpr (requires { std::forward<X>(awaitable).operator co_await(); }) {
    return std::forward<X>(awaitable).operator co_await();
  } else {
    return std::forward<X>(awaitable);  // it is its own awaiter
  }
}

/// An awaitable, to be performed while `parked` notes whether it parks. `parked` outlives the coroutine's frame.
template<class X>
class watched {
 public:
  watched(X&& awaitable, bool& parked) noexcept
      : awaitable_(awaitable), parked_(parked), awaiter_(awaiter_of(std::forward<X>(awaitable))) {}

  bool await_ready() const noexcept { return false; }
  template<class Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    bool& parked = parked_;
    parked = true;  // before: once suspended, this object and the actor belong to another thread
    const bool suspended = awaiter_.await_suspend(coroutine);
    if (!suspended) parked = false;
    return suspended;
  }
  decltype(auto) await_resume() { return awaiter_.await_resume(); }

  decltype(auto) get() {
    struct notes {
      bool& parked;
      unsigned long before = sleeps();
      ~notes() { parked = sleeps() != before; }
    } const at_the_end{parked_};
    return std::forward<X>(awaitable_).get();
  }

 private:
  using awaiter = decltype(awaiter_of(std::declval<X>()));
  std::remove_reference_t<X>& awaitable_;
  bool& parked_;
  awaiter awaiter_;
};

template<class X>
watched(X&&, bool&) -> watched<X>;

/// A coroutine that runs at once on the calling thread; what it awaits, it performs with get().
template<class T>
class blocking {
 public:
  class promise_type {
   public:
    blocking get_return_object() noexcept { return blocking(handle::from_promise(*this)); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_value(T value) { value_.emplace(std::move(value)); }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    template<class X>
    auto await_transform(watched<X>&& step) noexcept {
      struct performing {
        watched<X>& step;
        bool await_ready() const noexcept { return true; }
        void await_suspend(std::coroutine_handle<>) const noexcept {}
        decltype(auto) await_resume() const { return step.get(); }
      };
      return performing{step};
    }
    template<class U>
    auto await_transform(blocking<U>&& inner) noexcept {
      struct ended {
        blocking<U>& inner;
        bool await_ready() const noexcept { return true; }
        void await_suspend(std::coroutine_handle<>) const noexcept {}
        U await_resume() const { return inner.take(); }
      };
      return ended{inner};
    }

   private:
    friend blocking;
    std::optional<T> value_;
    std::exception_ptr error_;
  };

  blocking(const blocking&) = delete;
  blocking& operator=(const blocking&) = delete;
  ~blocking() { handle_.destroy(); }

  T take() {
    promise_type& promise = handle_.promise();
    if (promise.error_) std::rethrow_exception(promise.error_);
    return std::move(*promise.value_);
  }

 private:
  using handle = std::coroutine_handle<promise_type>;
  explicit blocking(handle h) noexcept : handle_(h) {}
  handle handle_;
};

struct in_task {
  template<class T>
  using coroutine = braid::task<T>;
};
struct on_thread {
  template<class T>
  using coroutine = blocking<T>;
};

}  // namespace accounting
