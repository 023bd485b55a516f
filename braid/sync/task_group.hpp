// A task group owns the tasks that it spawns: none outlives it, and none of their exceptions is lost.
//
//   braid::task_group group(ctx);
//   group.spawn(produce, std::move(tx));            // f and its arguments live as long as the task
//   group.spawn([](auto rx) -> braid::task<> { ... }, rx);
//   co_await group.join();                          // on a thread: group.join().get()
//
// The first exception of a child cancels its siblings at once and is rethrown at join; errors() has the others.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "braid/runtime/group_core.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/context.hpp"

namespace braid {

class task_group;

namespace detail {

template<class>
inline constexpr bool is_task = false;
template<class T>
inline constexpr bool is_task<task<T>> = true;

/// A child that calls f(args...).
template<class F, class... Args>
class spawned final : public child {
  using given = std::invoke_result_t<F, Args...>;
  struct nothing {};
  using kept_task = std::conditional_t<is_task<given>, std::optional<given>, nothing>;

 public:
  template<class G, class... As>
  spawned(group_core& group, G&& f, As&&... args)
      : child(group), work_(std::in_place, std::forward<G>(f), std::tuple<Args...>(std::forward<As>(args)...)) {}

 private:
  struct work {
    template<class G>
    work(G&& g, std::tuple<Args...>&& a) : f(std::forward<G>(g)), args(std::move(a)) {}
    F f;
    std::tuple<Args...> args;
  };

  std::coroutine_handle<> call() override {
    const auto apply = [this](Args&... args) -> given { return std::invoke(std::move(work_->f), std::move(args)...); };
    if constexpr (is_task<given>) {
      task_.emplace(std::apply(apply, work_->args));
      const auto frame = task_->frame();
      frame.promise().start_in(*this, nullptr);
      return frame;
    } else {
      static_cast<void>(std::apply(apply, work_->args));
      return nullptr;
    }
  }
  void check_outcome() override {
    if constexpr (is_task<given>) static_cast<void>(task_->frame().promise().take());
  }
  void clear() noexcept override {
    if constexpr (is_task<given>) task_.reset();
    work_.reset();
  }

  std::optional<work> work_;
  [[no_unique_address]] kept_task task_;
};

/// The operation "every child has ended".
class [[nodiscard]] join_wait final : public performable<join_wait> {
 public:
  /// A cancel does not end the wait: it ends the children, and the join with them. No child is left behind.
  static constexpr shield shielded = shield::yes;

  explicit join_wait(task_group& group) noexcept;
  ~join_wait() { withdraw_if_parked(); }
  /// Throws the first exception of a child; `cancelled` if the group's context was cancelled from above.
  void result();

 private:
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override { return "join() of a task group"; }

  task_group& group_;
};

}  // namespace detail

class task_group {
 public:
  /// Children run under a child of `parent`, on its executor. Without one: under the current context.
  explicit task_group(const context& parent);
  task_group() : task_group(current_context()) {}
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Unjoined: cancels the children and waits for their end, which blocks the thread. In a coroutine that would block a
  /// worker, and ends the program with a sentence: there, join on every path, also when something throws in between
  /// (docs/coroutines.md, "Groups inside a coroutine", shows how).
  /// An exception of a child that no join could rethrow ends the program, unless the stack is being unwound already.
  ~task_group();

  /// Runs f(args...) as a task: a coroutine function, or a plain function, which must not block its worker. f and
  /// args are decayed copies that live until the task has ended. Any thread, until the group is joined. What f
  /// returns is dropped.
  template<class F, class... Args>
  requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
  void spawn(F&& f, Args&&... args) {
    using child = detail::spawned<std::decay_t<F>, std::decay_t<Args>...>;
    detail::child::start(*new child(core_, std::forward<F>(f), std::forward<Args>(args)...));
  }

  /// An operation that is ready when every child has ended; it rethrows the first exception of a child. The group can
  /// be used again afterwards, unless it was cancelled.
  detail::join_wait join() noexcept { return detail::join_wait(*this); }

  /// Cancels the children: what they wait for throws `cancelled`, which is then no error of theirs.
  void cancel(std::string cause = "by its task group");

  /// What the children threw, as of the last join: the first failure, which join threw, and then the others in the
  /// order in which they ended.
  const std::vector<task_failure>& errors() const noexcept { return errors_; }

  /// The context of the children.
  const context& ctx() const noexcept { return ctx_; }

 private:
  friend class detail::join_wait;
  void check_outcome();
  void take_failures();

  context parent_;
  context ctx_;
  detail::group_core core_;
  std::vector<task_failure> errors_;  ///< Only the joiner.
};

}  // namespace braid
