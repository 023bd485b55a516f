// A context says how long work is wanted: it is a node in a tree of cancellation, deadlines, causes and values. It also
// carries the executor, clock and random source that the work runs with.
//
//   auto [ctx, cancel] = braid::with_cancel(parent);
//   braid::task_group group(ctx);            // everything that its tasks perform is under ctx
//   ...
//   cancel("user left");                     // wakes every wait under ctx, which then throws braid::cancelled
//
// Pass a context by value, as the first parameter; a copy is the same context. All functions may be called on any
// thread. A task need not pass its own context to operations: they throw `cancelled` once it is cancelled (law O11). A
// thread that braid did not start passes a context with within(ctx, op).
#pragma once

#include <any>
#include <optional>
#include <stop_token>
#include <string>

#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/clock.hpp"
#include "braid/runtime/performable.hpp"

namespace braid {

class context;
class canceller;
struct cancellable;

/// Names a value that a context carries. Compared by address, so keep it in a constant with static storage.
template<class T>
class context_key {
 public:
  constexpr context_key() = default;
  context_key(const context_key&) = delete;
  context_key& operator=(const context_key&) = delete;
};

namespace detail {

/// The operation "the context has ended".
class [[nodiscard]] done_wait final : public performable<done_wait> {
 public:
  static constexpr bool may_be_temporary_case = true;
  explicit done_wait(cancel_scope& scope) noexcept
      : performable(scope.done_source(&performer::current())), scope_(scope) {}
  ~done_wait() { withdraw_if_parked(); }

  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override { return "done() of a context"; }

  cancel_scope& scope_;
};

}  // namespace detail

class context {
 public:
  /// The background: never cancelled, no deadline, no values, default environment.
  context();
  /// A background with its own environment, whose parts are borrowed.
  explicit context(const environment& env);
  /// A copy is the same context. There is no move, so that a context always refers to one.
  context(const context&) = default;
  context& operator=(const context&) = default;

  bool is_cancelled() const noexcept { return scope_->is_cancelled(); }
  /// Returns the cause of its end; nothing while it has not ended.
  std::optional<braid::cause> why() const;
  /// Throws cancelled or timed_out if the context has ended.
  void check() const;

  /// Returns an operation that is ready once the context has ended. Borrows the context.
  detail::done_wait done() const& BRAID_LIFETIMEBOUND { return detail::done_wait(*scope_.get()); }
  detail::done_wait done() const&& = delete;

  /// Returns the earliest deadline of this context and those above it that have the same clock.
  std::optional<time_point> deadline() const noexcept;
  /// Returns the value of `key` in the nearest context that has one, from this one upwards; null if none has. Valid as
  /// long as this context.
  template<class T>
  const T* value(const context_key<T>& key) const noexcept {
    return static_cast<const T*>(find_value(&key));
  }
  const environment& env() const noexcept { return scope_->env(); }

  /// Returns a token that is stopped when the context is cancelled. Its callbacks run on the thread that cancels, with
  /// no braid lock held, after everything below the context has been cancelled. For a deadline this is the clock's
  /// thread, on which callbacks must not wait. A callback may cancel other contexts, and wait for what it has
  /// cancelled. But if 50 with_stop() contexts end inside each other's callbacks, the next one ends only after the
  /// innermost callback.
  std::stop_token stop_token() const { return scope_->stop_token(); }

  // For use inside braid: the handle and what it holds.
  explicit context(detail::scope_ref scope) noexcept : scope_(std::move(scope)) {}
  const detail::scope_ref& scope() const noexcept { return scope_; }

 private:
  const void* find_value(const void* key) const noexcept { return scope_->find_value(key); }

  detail::scope_ref scope_;
};

/// Returns the context of the running task; the background on a thread that braid did not start.
context current_context();

/// Cancels one context. Destroying a canceller cancels nothing; a second call does nothing.
class canceller {
 public:
  explicit canceller(detail::scope_ref scope) noexcept : scope_(std::move(scope)) {}
  /// Wakes everything that waits under the context, threads included. May be called on any thread. Returns once all
  /// waits have been claimed; a second caller returns at once.
  void operator()(std::string cause = "by its owner") const;
  // For use inside braid.
  void operator()(const detail::constant_cause& cause) const noexcept { scope_->cancel(cause); }

 private:
  detail::scope_ref scope_;
};

struct cancellable {
  context ctx;
  canceller cancel;
};

/// Returns a child that can be cancelled on its own.
cancellable with_cancel(const context& parent);
cancellable with_cancel();
/// Returns a child that ends at `deadline`, on its clock, with cause timed_out.
context with_deadline(const context& parent, time_point deadline);
context with_timeout(const context& parent, duration timeout);
context with_timeout(duration timeout);
/// Returns a child that ends when `token` is stopped.
context with_stop(const context& parent, std::stop_token token);
/// Returns a child with the parent's values and environment that does not end when the parent ends.
context without_cancel(const context& parent);
/// Returns a child with another environment; null parts are taken from the parent.
context with_environment(const context& parent, environment env);

namespace detail {
context with_any_value(const context& parent, const void* key, std::any value, const void* (*get)(const std::any&));
}

/// Returns a child that carries `value` under `key`.
template<class T>
context with_value(const context& parent, const context_key<T>& key, std::type_identity_t<T> value) {
  return detail::with_any_value(parent, &key, std::any(std::move(value)),
                                [](const std::any& a) -> const void* { return std::any_cast<T>(&a); });
}

}  // namespace braid
