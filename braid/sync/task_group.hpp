// A task group owns the tasks that it runs: none outlives it, and none of their exceptions is lost.
//
//   braid::task_group group(ctx);
//   group.spawn(count_to, 10, std::move(tx));               // f and its arguments live as long as the task
//   auto price = group.async(price_of, item);               // returns a future of the result of f (future.hpp)
//   auto numbers = group.generate<int>(8, count_to, 10);    // returns a receiver of the values that f sends
//   co_await group.join();                                  // on a thread: group.join().get()
//
// The first exception of a task cancels its siblings at once and is rethrown by join; errors() has all exceptions. With
// at_least(k) a task may fail; the k-th success cancels the others instead.
//
// A task that has not begun when its group is cancelled, by a failure, cancel() or the context above, is skipped. f is
// never called, f and args are destroyed, its future throws `cancelled`, and skipped() counts it. A task that is
// spawned after the cancel is skipped as well. Work that must run all the same, such as a clean-up, is spawned in a
// group of its own under braid::without_cancel(ctx).
//
// A deadline belongs to the context: task_group group(braid::with_timeout(2s)). When it passes, tasks that still run
// are cancelled and joined like the rest, and join throws timed_out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "braid/base/refused.hpp"
#include "braid/runtime/group_core.hpp"
#include "braid/sync/at_least.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/future.hpp"
#include "braid/sync/generator.hpp"
#include "braid/sync/named.hpp"
#include "braid/sync/spawned.hpp"

namespace braid {

class task_group;

/// The last resort for exceptions of tasks, as a value of a context. A group under that context that ends without a
/// join passes it each failure that no join and no future has thrown. Must not throw. Without one, such a group ends
/// the program with a message; while another exception unwinds the stack, it only writes to stderr.
///
///   braid::task_group group(braid::with_value(ctx, braid::on_lost_failure, write_to_log));
inline constexpr context_key<std::function<void(const task_failure&)>> on_lost_failure;

namespace detail {

template<class F, class... Args>
concept callable_with = std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>;

/// f cannot be called with args..., and f is not a `named` in front of another function.
template<class F, class... Args>
concept not_callable_with = !callable_with<F, Args...> && !std::same_as<std::remove_cvref_t<F>, named>;
#define BRAID_TASK_ARGUMENTS                                                                                           \
  "the function cannot be called with these arguments, of which a task has its own copies: it takes them by value or " \
  "const reference; what it is to share and change is given as std::ref(x)"

template<class F, class... Args>
requires callable_with<F, Args...>
using future_of = future<typename deferred_call<std::decay_t<F>, std::decay_t<Args>...>::value_type>;

/// Makes a Child of the arguments and starts it; its group owns it from then on.
template<class Child, class... As>
Child& start_child(group_core& group, As&&... as) {
  Child& c = *new Child(group, std::forward<As>(as)...);
  child::start(c, Child::how);
  return c;
}
template<class Child, class... As>
Child& start_child(named who, group_core& group, As&&... as) {
  with_name<Child>& c = *new with_name<Child>(who, group, std::forward<As>(as)...);
  child::start(c, Child::how);
  return c;
}

/// The operation "every child has ended".
class [[nodiscard]] join_wait final : public performable<join_wait> {
 public:
  static constexpr bool may_be_handled_temporary = true;
  /// Cancellation does not interrupt the wait: it ends the children, and the join with them. No child is left behind.
  static constexpr shield shielded = shield::yes;

  enum class because : unsigned char { asked, unjoined };
  explicit join_wait(task_group& group, because why = because::asked) noexcept;
  ~join_wait() { withdraw_if_parked(); }
  /// Throws the first exception of a child; `cancelled` if the group's context was cancelled from above. With
  /// at_least(k), throws only if fewer than k children succeeded.
  void result();
  /// As for every operation. On a worker of the children's executor, the thread first runs the children that have not
  /// been started (law X1).
  void get();

 private:
  bool poll(wake_chain&) override;
  void enlist(wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override;
  std::string describe_others() const override;

  task_group& group_;
  const because why_;
};

}  // namespace detail

class task_group {
 public:
  /// Runs children under a child of `parent`, on its executor. Without `parent`: under a child of the current context.
  /// All children have to succeed, or the number that `needed` gives.
  explicit task_group(const context& parent) : task_group(parent, 0) {}
  task_group(const context& parent, at_least needed) : task_group(parent, needed.count()) {}
  explicit task_group(at_least needed) : task_group(current_context(), needed) {}
  task_group() : task_group(current_context()) {}
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// If not joined: cancels the children and waits for their end, which blocks the thread. In a coroutine this lends
  /// the worker's seat meanwhile, which is expensive, and ends the program if no thread is left to take the seat.
  /// There, join on every path, also when something throws in between (docs/coroutines.md, "Groups inside a coroutine",
  /// shows how). A child's exception that no join and no future has thrown goes to on_lost_failure.
  ~task_group();

  /// Runs f(args...) as a task: a coroutine function or a plain function. A function that waits outside braid is marked
  /// blocking(f), or it keeps a worker from the other tasks. f and args are decayed copies that live until the task has
  /// ended. May be called on any thread, until the group is joined. The result of f is discarded. Makes one allocation,
  /// besides the coroutine's own.
  template<class F, class... Args>
  requires detail::callable_with<F, Args...>
  void spawn(F&& f, Args&&... args) {
    using child = detail::spawned<std::decay_t<F>, std::decay_t<Args>...>;
    detail::start_child<child>(core_, std::forward<F>(f), std::forward<Args>(args)...);
  }
  template<class F, class... Args>
  requires detail::callable_with<F, Args...>
  void spawn(named who, F&& f, Args&&... args) {
    using child = detail::spawned<std::decay_t<F>, std::decay_t<Args>...>;
    detail::start_child<child>(who, core_, std::forward<F>(f), std::forward<Args>(args)...);
  }

  template<class F, class... Args>
  requires detail::not_callable_with<F, Args...> BRAID_REFUSED(BRAID_TASK_ARGUMENTS)
  void spawn(F&& f, Args&&... args);

  /// The same, but keeps the result of f (R of a task<R>) for the future. An exception also fails the group. The
  /// future's state lies in the child: still one allocation.
  template<class F, class... Args>
  requires detail::callable_with<F, Args...> detail::future_of<F, Args...> async(F&& f, Args&&... args) {
    using child = detail::asynchronous<std::decay_t<F>, std::decay_t<Args>...>;
    return detail::future_of<F, Args...>(
        detail::start_child<child>(core_, std::forward<F>(f), std::forward<Args>(args)...));
  }
  template<class F, class... Args>
  requires detail::callable_with<F, Args...> detail::future_of<F, Args...> async(named who, F&& f, Args&&... args) {
    using child = detail::asynchronous<std::decay_t<F>, std::decay_t<Args>...>;
    return detail::future_of<F, Args...>(
        detail::start_child<child>(who, core_, std::forward<F>(f), std::forward<Args>(args)...));
  }

  template<class F, class... Args>
  requires detail::not_callable_with<F, Args...> BRAID_REFUSED(BRAID_TASK_ARGUMENTS)
  detail::refused async(F&& f, Args&&... args);

  /// Runs f(args..., sender<T>) as a task and returns the receiver of the values that it sends, over a channel of that
  /// capacity. f has the only sender, so the receiver ends when f does (law C2). If f throws or is cancelled, the
  /// receiver throws that exception after the values that were sent before: a cut-off sequence does not look complete.
  template<class T, class F, class... Args>
  requires detail::callable_with<F, Args..., sender<T>> receiver<T> generate(std::size_t capacity, F&& f,
                                                                             Args&&... args) {
    using child = detail::generator<T, std::decay_t<F>, std::decay_t<Args>...>;
    channel<T> made(capacity);
    detail::start_child<child>(core_, made.tx, std::forward<F>(f), std::forward<Args>(args)...);
    return std::move(made.rx);
  }
  template<class T, class F, class... Args>
  requires detail::callable_with<F, Args..., sender<T>> receiver<T> generate(named who, std::size_t capacity, F&& f,
                                                                             Args&&... args) {
    using child = detail::generator<T, std::decay_t<F>, std::decay_t<Args>...>;
    channel<T> made(capacity, {.name = std::string(who.name())});
    detail::start_child<child>(who, core_, made.tx, std::forward<F>(f), std::forward<Args>(args)...);
    return std::move(made.rx);
  }

  template<class T, class F, class... Args>
  requires(!detail::callable_with<F, Args..., sender<T>>)
      BRAID_REFUSED("the function that generates is called with these arguments and, behind them, a sender<T>")
  receiver<T> generate(std::size_t capacity, F&& f, Args&&... args);

  /// Returns an operation that is ready when every child has ended; it rethrows the first exception of a child. That
  /// ends a round: the group can be used again, and the next round starts without the failures and the cancel of this
  /// one. Only if the context above was cancelled, the whole next round is skipped, and join throws the cause.
  ///
  /// With at_least(k), throws only if fewer than k children have succeeded by then. It throws the first exception if
  /// there is one, the cause if the group was cancelled, else std::runtime_error, since fewer than k were spawned.
  detail::join_wait join() noexcept { return detail::join_wait(*this); }
  /// Blocks the calling thread until every child has ended: join().get(). Throws as that does.
  void wait() { join().get(); }

  /// Cancels the children of this round: what they wait for throws `cancelled`, which is then not counted as a failure.
  /// Children that have not begun are skipped. May be called on any thread.
  void cancel(std::string cause = "by its task group");

  /// Returns the failures of the children as of the last join: the first failure first, then in the order of their
  /// ends.
  const std::vector<task_failure>& errors() const noexcept { return errors_; }

  /// Returns how many tasks were skipped in the round of the last join.
  std::size_t skipped() const noexcept { return skipped_; }

  /// Returns the context of the children of this round.
  const context& ctx() const noexcept { return ctx_; }

 private:
  friend class detail::join_wait;
  task_group(const context& parent, std::size_t needed);
  void check_outcome();
  void start_next_round() noexcept;
  void take_failures();
  void report_lost(const task_failure& failure) const noexcept;

  context parent_;
  context ctx_;
  detail::group_core core_;
  std::vector<task_failure> errors_;  ///< Used only by the joiner; so are skipped_, and ctx_ once children live.
  std::size_t skipped_ = 0;
};

}  // namespace braid
