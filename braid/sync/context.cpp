#include "braid/sync/context.hpp"

#include <utility>

namespace braid {
namespace detail {

bool done_wait::poll(wake_chain&) {
  if (!scope_.is_cancelled()) return false;
  mark_finished();
  return true;
}
void done_wait::enlist(wake_chain&) noexcept {
  scope_.enlist_done(*this, waits_for());
}
void done_wait::withdraw() noexcept {
  if (linked()) unlink();
}

namespace {

/// A plain node, for with_cancel and with_environment.
class plain_scope final : public cancel_scope {
 public:
  using cancel_scope::cancel_scope;
};

class deadline_scope final : public cancel_scope, private timer {
 public:
  deadline_scope(cancel_scope* parent, const environment& env, time_point deadline)
      : cancel_scope(parent, env, deadline), clock_(env.clock_or_default()) {
    set_due(deadline);
    const constant_cause& when_passed = passed();  // made here, not on the clock's thread
    clock_.get_ready();
    if (clock_.now() >= deadline) {
      cancel(when_passed);
      return;
    }
    wake_chain wakes;
    spin_guard guard(clock_.lock());
    clock_.arm(*this, wakes);
  }

 private:
  bool has_lost_deadline() const noexcept override { return clock_.has_lost_thread(); }
  ~deadline_scope() override {
    if (clock_.has_lost_thread()) return;
    spin_guard guard(clock_.lock());
    clock_.disarm(*this);
  }
  static const constant_cause& passed() {
    static const constant_cause it(error_code::timed_out, "the deadline of its context has passed");
    return it;
  }
  bool expire(wake_chain&) noexcept override { return try_retain(); }
  void act() noexcept override {
    cancel(passed());
    release();
  }
  clock& clock_;
};

class stop_scope final : public cancel_scope {
 public:
  stop_scope(cancel_scope* parent, const environment& env, const std::stop_token& token)
      : cancel_scope(parent, env), stopped_((stopped(), *this)), on_stop_(token, canceller_of{this}) {
    if (token.stop_requested()) cancel(stopped());  // also if the callback has left that to an outer callback
  }

 private:
  struct canceller_of {
    stop_scope* scope;
    /// The cancel may stop the token of another stop_scope, and so on along a chain.
    void operator()() const {
      if (!scope->try_retain()) return;  // the scope is being destroyed, and that waits for this callback
      end_flat(scope->stopped_, [](chain_link& link) noexcept {
        stop_scope& one = static_cast<stopped_link&>(link).of;
        one.cancel(stopped());
        one.release();
      });
    }
  };
  struct stopped_link final : chain_link {
    explicit stopped_link(stop_scope& scope) noexcept : of(scope) {}
    stop_scope& of;
  };
  static const constant_cause& stopped() {
    static const constant_cause it(error_code::cancelled, "its std::stop_token was stopped");
    return it;
  }

  stopped_link stopped_;
  std::stop_callback<canceller_of> on_stop_;
};

class value_scope final : public cancel_scope {
 public:
  value_scope(cancel_scope* parent, const environment& env, const void* key, std::any value,
              const void* (*get)(const std::any&))
      : cancel_scope(parent, env, has_values{}), key_(key), value_(std::move(value)), get_(get) {}

 private:
  const void* own_value(const void* key) const noexcept override { return key == key_ ? get_(value_) : nullptr; }
  const void* const key_;
  const std::any value_;
  const void* (*const get_)(const std::any&);
};

/// Keeps only the nearest scope with values of those above, so that a chain of detached scopes does not grow.
class detached_scope final : public cancel_scope {
 public:
  detached_scope(cancel_scope* parent, const environment& env)
      : cancel_scope(parent ? parent->values() : nullptr, env, detached{}) {}
};

cancel_scope& background() {
  static cancel_scope& root = *new plain_scope(nullptr, environment{});
  return root;
}

/// Returns null for the background, to which children are not linked: it is never cancelled, and the whole program
/// would share its list.
cancel_scope* parent_of(const context& ctx) {
  cancel_scope* const scope = ctx.scope().get();
  return scope == &background() ? nullptr : scope;
}

template<class Scope, class... Args>
scope_ref make_child(const context& parent, Args&&... args) {
  return make_scope<Scope>(parent_of(parent), parent.env(), std::forward<Args>(args)...);
}

}  // namespace

context with_any_value(const context& parent, const void* key, std::any value, const void* (*get)(const std::any&)) {
  return context(make_child<value_scope>(parent, key, std::move(value), get));
}

}  // namespace detail

context::context() : scope_((detail::background().retain(), detail::scope_ref::adopt(&detail::background()))) {}
context::context(const environment& env) : scope_(detail::make_scope<detail::plain_scope>(nullptr, env)) {}

std::optional<cause> context::why() const {
  if (!is_cancelled()) return std::nullopt;
  return scope_->why();
}

void context::check() const {
  if (is_cancelled()) scope_->why().raise();
}

std::optional<time_point> context::deadline() const noexcept {
  const time_point earliest = scope_->deadline();
  if (earliest == time_point::max()) return std::nullopt;
  return earliest;
}

context current_context() {
  detail::cancel_scope* const scope = detail::performer::current().scope();
  if (!scope) return context();
  scope->retain();
  return context(detail::scope_ref::adopt(scope));
}

void canceller::operator()(std::string cause) const {
  scope_->cancel({error_code::cancelled, std::move(cause)});
}

cancellable with_cancel(const context& parent) {
  context ctx(detail::make_child<detail::plain_scope>(parent));
  canceller cancel(ctx.scope());
  return {std::move(ctx), std::move(cancel)};
}

cancellable with_cancel() {
  return with_cancel(current_context());
}

context with_deadline(const context& parent, time_point deadline) {
  return context(detail::make_child<detail::deadline_scope>(parent, deadline));
}

context with_timeout(const context& parent, duration timeout) {
  return with_deadline(parent, due_after(parent.env().clock_or_default().now(), timeout));
}

context with_timeout(duration timeout) {
  return with_timeout(current_context(), timeout);
}

context with_stop(const context& parent, std::stop_token token) {
  return context(detail::make_child<detail::stop_scope>(parent, std::move(token)));
}

context without_cancel(const context& parent) {
  return context(detail::make_scope<detail::detached_scope>(parent.scope().get(), parent.env()));
}

context with_environment(const context& parent, environment env) {
  const environment& above = parent.env();
  if (!env.executor) env.executor = above.executor;
  if (!env.clock) env.clock = above.clock;
  if (!env.random) env.random = above.random;
  return context(detail::make_scope<detail::plain_scope>(detail::parent_of(parent), env));
}

}  // namespace braid
