// future<R>: the value that a task of a group will give. group.async() makes it.
//
//   auto price = group.async(price_of, item);            // both run from here on
//   auto stock = group.async(stock_of, item);
//   co_await group.join();                               // throws what one of them threw
//   co_return price.result() * stock.result();
//
// It is an operation: get(), co_await, within and select perform it.
//
// Invariants of an eventual, under its source's lock
// 1. ended_ and abandoned_ go from false to true once. The value is its maker's until ended_, and then the future's,
//    which may take it. What is left of it is destroyed by whoever sets the second of the two: so it outlives either
//    the future or the work, and never both.
// 2. waiting_ is the future while it is parked, else null.
// 3. There are two shares of the object: its maker's own, and the future's. With the last of them it goes.
#pragma once

#include <variant>

#include "braid/sync/spawned.hpp"

namespace braid {

template<class R>
class future;

namespace detail {

/// What a future waits for and takes. Part of an object that makes the value: one allocation for all of it.
template<class R>
class eventual {
 protected:
  using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

 public:
  eventual(const eventual&) = delete;
  eventual& operator=(const eventual&) = delete;

  source& covered_by() const noexcept { return source_; }
  /// As a person would say it.
  virtual const char* describe() const noexcept = 0;
  /// Is it made by the running line of control itself?
  virtual bool is_made_here() const noexcept = 0;

  // --- the future's operation, with the lock held ---
  bool has_ended() const noexcept { return ended_; }
  virtual void park(operation& waiting, wake_chain&) noexcept { waiting_ = &waiting; }
  virtual void leave() noexcept { waiting_ = nullptr; }

  // --- the future's calls ---
  bool has_value() noexcept {
    spin_guard guard(source_.lock());
    return ended_ && value_;
  }
  R take();
  void abandon() noexcept;

 protected:
  explicit eventual(source& covers) noexcept : source_(covers) {}
  ~eventual() = default;

  auto keep() noexcept {
    return [this](auto&&... value) { value_.emplace(std::forward<decltype(value)>(value)...); };
  }
  /// With the lock held, once. True: nobody wants the value, which the caller destroys after the lock.
  bool end(wake_chain& wakes) noexcept {
    ended_ = true;
    if (waiting_) claim_finished(*std::exchange(waiting_, nullptr), wakes);
    return abandoned_;
  }
  bool is_abandoned() const noexcept { return abandoned_; }
  void drop_value() noexcept { value_.reset(); }
  /// What the work threw, which has a witness from now on; null if it gave a value.
  virtual const std::exception_ptr& see_thrown() noexcept = 0;
  /// The future has gone, before the work has ended or after. Its share goes with this.
  virtual void future_gone(bool ended) noexcept = 0;

  std::optional<stored> value_;

 private:
  source& source_;
  bool ended_ = false;
  bool abandoned_ = false;
  operation* waiting_ = nullptr;
};

template<class R>
void eventual<R>::abandon() noexcept {
  bool ended = false;
  {
    spin_guard guard(source_.lock());
    abandoned_ = true;
    ended = ended_;
  }
  if (ended) value_.reset();
  future_gone(ended);
}

template<class R>
R eventual<R>::take() {
  {
    spin_guard guard(source_.lock());
    BRAID_CHECK(ended_, "result() of a future whose task has not ended: perform the future first, or join the group");
  }
  if (const std::exception_ptr& thrown = see_thrown()) std::rethrow_exception(thrown);
  BRAID_CHECK(value_, "result() of a future was taken already: keep it, auto v = f.result()");
  if constexpr (std::is_void_v<R>) {
    value_.reset();
  } else {
    R value = std::move(*value_);
    value_.reset();
    return value;
  }
}

/// A child of a group whose value is kept for its future. If it failed, its own share is its group's.
template<class F, class... Args>
class asynchronous : public child, private source, public eventual<typename deferred_call<F, Args...>::value_type> {
  using promise = eventual<typename deferred_call<F, Args...>::value_type>;

 public:
  static constexpr arrival how = deferred_call<F, Args...>::how;

  template<class... As>
  explicit asynchronous(group_core& group, As&&... f_and_args)
      : child(group), promise(static_cast<source&>(*this)), call_(std::in_place, std::forward<As>(f_and_args)...) {}

  const char* describe() const noexcept final { return "a task's future"; }
  bool is_made_here() const noexcept final { return &performer::current() == this; }

 private:
  std::coroutine_handle<> call() override { return call_.start(*this, this->keep()); }
  void check_outcome() override { call_.finish(this->keep()); }
  void clear() noexcept override { call_.clear(); }
  void hand_out() noexcept final {
    wake_chain wakes;
    bool unwanted = false;
    {
      spin_guard guard(source::lock());
      unwanted = promise::end(wakes);
    }
    if (unwanted) this->drop_value();
  }
  const std::exception_ptr& see_thrown() noexcept final {
    if (thrown()) mark_seen();
    return thrown();
  }
  void future_gone(bool) noexcept final { release(); }
  void release() noexcept final {
    if (shares_.fetch_sub(1) == 1) no_share_left();
  }

  atomic<unsigned> shares_{2};
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

  // For braid's own parts: takes over the future's share.
  explicit future(detail::eventual<R>& task) noexcept : base(task.covered_by()), task_(&task) {}

 private:
  detail::eventual<R>& task() const noexcept {
    BRAID_CHECK(task_, "an operation on a future that was moved from");
    return *task_;
  }

  bool poll(detail::wake_chain&) override {
    if (!task().has_ended()) return false;
    this->mark_finished();
    return true;
  }
  void enlist(detail::wake_chain& wakes) noexcept override {
    BRAID_CHECK(!task().is_made_here(), "a task waits for its own future, and so for its own end");
    task().park(*this, wakes);
  }
  void withdraw() noexcept override { task().leave(); }
  std::string describe() const override { return task().describe(); }

  detail::eventual<R>* task_;
};

}  // namespace braid
