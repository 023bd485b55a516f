// future<R>: the value that a task of a group will give. group.async() makes it.
//
//   auto price = group.async(price_of, item);            // both run from here on
//   auto stock = group.async(stock_of, item);
//   co_await group.join();                               // throws what one of them threw
//   co_return price.result() * stock.result();
//
// It is an operation: get(), co_await, within and select perform it.
//
// Invariants of an eventual
// 1. ended_ and abandoned_ go from false to true once. The value is the child's until ended_, and then the future's,
//    which may take it. What is left of it is destroyed by whoever sets the second of the two: so it outlives either
//    the future or the join, and never both.
// 2. waiting_ is the future while it is parked, else null.
// 3. There are two shares of the object: the child's own, which is its group's if it failed, and the future's. With the
//    last of them it goes, as every child does (group_core.hpp, invariant 6).
#pragma once

#include <variant>

#include "braid/sync/spawned.hpp"

namespace braid {

template<class R>
class future;

namespace detail {

/// A child whose value is kept for its future, in the child's own memory: one allocation for both.
template<class R>
class eventual : public child, public source {
  using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

 public:
  bool has_ended() const noexcept BRAID_REQUIRES(lock_) { return ended_; }
  void park(operation& waiting) noexcept BRAID_REQUIRES(lock_) { waiting_ = &waiting; }
  void leave() noexcept BRAID_REQUIRES(lock_) { waiting_ = nullptr; }

  // --- the future's calls ---
  bool has_value() noexcept BRAID_EXCLUDES(lock_) {
    spin_guard guard(lock_);
    return ended_ && value_;
  }
  R take() BRAID_EXCLUDES(lock_);
  void abandon() noexcept BRAID_EXCLUDES(lock_);

 protected:
  using child::child;
  ~eventual() override = default;

  auto keep() noexcept {
    return [this](auto&&... value) { value_.emplace(std::forward<decltype(value)>(value)...); };
  }

 private:
  void hand_out() noexcept final BRAID_EXCLUDES(lock_);
  void release() noexcept final {
    if (shares_.fetch_sub(1) == 1) no_share_left();
  }

  bool ended_ BRAID_GUARDED_BY(lock_) = false;
  bool abandoned_ BRAID_GUARDED_BY(lock_) = false;
  operation* waiting_ BRAID_GUARDED_BY(lock_) = nullptr;
  std::optional<stored> value_;
  atomic<unsigned> shares_{2};
};

template<class R>
void eventual<R>::hand_out() noexcept {
  wake_chain wakes;
  bool abandoned = false;
  {
    spin_guard guard(lock_);
    ended_ = true;
    abandoned = abandoned_;
    if (waiting_) claim_finished(*std::exchange(waiting_, nullptr), wakes);
  }
  if (abandoned) value_.reset();
}

template<class R>
void eventual<R>::abandon() noexcept {
  bool ended = false;
  {
    spin_guard guard(lock_);
    abandoned_ = true;
    ended = ended_;
  }
  if (ended) value_.reset();
  release();
}

template<class R>
R eventual<R>::take() {
  {
    spin_guard guard(lock_);
    BRAID_CHECK(ended_, "result() of a future whose task has not ended: perform the future first, or join the group");
  }
  if (thrown()) {
    mark_seen();
    std::rethrow_exception(thrown());
  }
  BRAID_CHECK(value_, "result() of a future was taken already: keep it, auto v = f.result()");
  if constexpr (std::is_void_v<R>) {
    value_.reset();
  } else {
    R value = std::move(*value_);
    value_.reset();
    return value;
  }
}

template<class F, class... Args>
class asynchronous : public eventual<typename deferred_call<F, Args...>::value_type> {
  using base = eventual<typename deferred_call<F, Args...>::value_type>;

 public:
  static constexpr arrival how = deferred_call<F, Args...>::how;

  template<class... As>
  explicit asynchronous(group_core& group, As&&... f_and_args)
      : base(group), call_(std::in_place, std::forward<As>(f_and_args)...) {}

 private:
  std::coroutine_handle<> call() override { return call_.start(*this, this->keep()); }
  void check_outcome() override { call_.finish(this->keep()); }
  void clear() noexcept override { call_.clear(); }

  deferred_call<F, Args...> call_;
};

}  // namespace detail

/// The operation "the task has ended". Gives its value, moved out, once; or throws what it threw, which is `cancelled`
/// for a task that was cancelled, every time. R is void or can be moved.
///
/// Unlike other operations it can be moved, so that a std::vector<future<R>> works, but not while it is waited for.
/// Dropping it leaves the task running, and its value is then destroyed when the task ends; keeping it longer than the
/// group is fine. An exception that it has thrown fails the group all the same: have f catch what is no failure.
/// One thread or task at a time uses it.
template<class R>
class [[nodiscard]] future final : public detail::performable<future<R>> {
  using base = detail::performable<future<R>>;

 public:
  future(future&& other) noexcept : base(other.waits_for()), task_(std::exchange(other.task_, nullptr)) {
    this->take_place_of(other);
  }
  future& operator=(future&& other) noexcept {
    const future old(std::move(*this));
    task_ = std::exchange(other.task_, nullptr);
    this->take_place_of(other);
    return *this;
  }
  ~future() {
    this->withdraw_if_parked();
    if (task_) task_->abandon();
  }

  /// What the task gave, once it has ended: after a perform, or after group.join().
  R result() { return task().take(); }
  /// The task has ended with a value, which is still here. Never waits.
  bool has_value() const noexcept { return task().has_value(); }

 private:
  friend class task_group;
  explicit future(detail::eventual<R>& task) noexcept : base(task), task_(&task) {}

  detail::eventual<R>& task() const noexcept {
    BRAID_CHECK(task_, "an operation on a future that was moved from");
    return *task_;
  }

  bool poll(detail::wake_chain&) override {
    task().lock().assert_held();
    if (!task().has_ended()) return false;
    this->mark_finished();
    return true;
  }
  void enlist(detail::wake_chain&) noexcept override {
    task().lock().assert_held();
    BRAID_CHECK(&detail::performer::current() != task_, "a task waits for its own future, and so for its own end");
    task().park(*this);
  }
  void withdraw() noexcept override {
    task().lock().assert_held();
    task().leave();
  }
  std::string describe() const override { return "a task's future"; }

  detail::eventual<R>* task_;
};

}  // namespace braid
