// The parts that a task group's children are made of.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "braid/runtime/group_core.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/blocking.hpp"
#include "braid/sync/named.hpp"

namespace braid::detail {

/// The type of the value that a call gives in the end: T for a task<T>, else what the call returns.
template<class Given>
struct end_value {
  static constexpr bool is_task = false;
  using type = std::remove_cv_t<Given>;
};
template<class T>
struct end_value<task<T>> {
  static constexpr bool is_task = true;
  using type = T;
};

/// Marks a function of braid's own that is called even if its group is cancelled by then, since other code relies on
/// its end.
template<class F>
struct always_begun {
  F f;
  template<class... Args>
  decltype(auto) operator()(Args&&... args) && {
    return std::invoke(std::move(f), std::forward<Args>(args)...);
  }
};
template<class>
inline constexpr bool is_always_begun = false;
template<class F>
inline constexpr bool is_always_begun<always_begun<F>> = true;

/// Calls f(args...) once, and keeps the task if f returns one. `keep` is called with the value, or without arguments
/// for void.
template<class F, class... Args>
class deferred_call {
  using given = std::invoke_result_t<F, Args...>;
  static constexpr bool gives_task = end_value<given>::is_task;
  struct nothing {};
  using kept_task = std::conditional_t<gives_task, std::optional<given>, nothing>;

 public:
  using value_type = typename end_value<given>::type;
  /// How the executor is to start the call.
  static constexpr arrival how = is_blocking<F> ? arrival::blocking : arrival::fresh;

  template<class G, class... As>
  explicit deferred_call(std::in_place_t, G&& f, As&&... args)
      : parts_(std::in_place, std::forward<G>(f), std::tuple<Args...>(std::forward<As>(args)...)) {}

  /// Calls f. Returns the coroutine that `who` is to drive; null if the call was all there was to do.
  template<class Keep>
  std::coroutine_handle<> start(performer& who, Keep keep) {
    const auto apply = [this](Args&... args) -> given { return std::invoke(std::move(parts_->f), std::move(args)...); };
    if constexpr (gives_task) {
      task_.emplace(std::apply(apply, parts_->args));
      const auto frame = task_->frame();
      frame.promise().start_in(who, nullptr);
      return frame;
    } else {
      pass([&]() -> given { return std::apply(apply, parts_->args); }, keep);
      return nullptr;
    }
  }
  /// Call once that coroutine has ended. Throws what it threw.
  template<class Keep>
  void finish(Keep keep) {
    if constexpr (gives_task) pass([&]() -> value_type { return task_->frame().promise().take(); }, keep);
  }
  /// Destroys function, arguments and frame.
  void clear() noexcept {
    if constexpr (gives_task) task_.reset();
    parts_.reset();
  }

 private:
  struct parts {
    template<class G>
    parts(G&& g, std::tuple<Args...>&& a) : f(std::forward<G>(g)), args(std::move(a)) {}
    F f;
    std::tuple<Args...> args;
  };

  template<class Give, class Keep>
  static void pass(Give give, Keep& keep) {
    if constexpr (std::is_void_v<decltype(give())>) {
      give();
      keep();
    } else {
      keep(give());
    }
  }

  std::optional<parts> parts_;
  [[no_unique_address]] kept_task task_;
};

/// A child whose value is discarded.
template<class F, class... Args>
class spawned : public child {
 public:
  static constexpr arrival how = deferred_call<F, Args...>::how;

  template<class... As>
  explicit spawned(group_core& group, As&&... f_and_args)
      : child(group), call_(std::in_place, std::forward<As>(f_and_args)...) {}

 private:
  struct drop {
    void operator()() const noexcept {}
    template<class T>
    void operator()(T&&) const noexcept {}
  };
  bool begins_always() const noexcept final { return is_always_begun<F>; }
  std::coroutine_handle<> call() override { return call_.start(*this, drop{}); }
  void check_outcome() override { call_.finish(drop{}); }
  void clear() noexcept override { call_.clear(); }

  deferred_call<F, Args...> call_;
};

/// A child with a name.
template<class Child>
class with_name final : public Child {
 public:
  template<class... As>
  with_name(named who, group_core& group, As&&... as)
      : Child(group, std::forward<As>(as)...), name_(who.name()), place_(who.place()) {}

  std::string who() const override {
    return "task '" + name_ + "' (" + place_.file_name() + ":" + std::to_string(place_.line()) + ")";
  }

 private:
  void put_name_on(task_failure& failure) noexcept override {
    failure.name = std::move(name_);
    failure.place = place_;
  }
  std::string name_;
  std::source_location place_;
};

}  // namespace braid::detail
