// future<R>: the value that a task of a group will return. group.async() makes it.
//
//   auto price = group.async(price_of, item);            // both run from here on
//   auto stock = group.async(stock_of, item);
//   co_await group.join();                               // throws what one of them threw
//   co_return price.result() * stock.result();
//
// It is an operation: get(), co_await, within and select perform it.
//
// Invariants of a shared_state
// 1. progress_ gets two flags, once each: `ended`, set by the maker under the source's lock; `abandoned`, set by the
//    future when it is dropped. The value belongs to its maker until `ended`, and then to the future, which may take
//    it.
// 2. The side that sets the second of the two flags destroys what is left of the value. A future that is dropped first
//    does not touch the object any more. The object then belongs to its maker alone, which sees the flag at the end.
// 3. waiting_ is the future while it is parked, else null; guarded by the source's lock.
// 4. After `ended` the object has two shares: its maker's own, and the future's unless that was dropped. The last share
//    to go destroys the object.
#pragma once

#include <cstdint>
#include <variant>

#include "braid/runtime/flat_end.hpp"
#include "braid/sync/spawned.hpp"

namespace braid {

template<class R>
class future;

namespace detail {

/// The state that a future waits for and takes its value from. Part of the object that makes the value: one allocation
/// for all.
template<class R>
class shared_state {
 protected:
  using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

 public:
  shared_state(const shared_state&) = delete;
  shared_state& operator=(const shared_state&) = delete;

  source& covered_by() const noexcept { return source_; }
  /// Returns a description for a person to read.
  virtual const char* describe() const noexcept = 0;
  /// See operation.hpp; called with the lock held.
  virtual std::string describe_others() const { return {}; }
  /// Returns true if the value is made by the performer that is running now.
  virtual bool is_made_here() const noexcept = 0;

  // --- the future's operation, with the lock held ---
  virtual void park(operation& waiting, wake_chain&) noexcept { waiting_ = &waiting; }
  virtual void leave() noexcept { waiting_ = nullptr; }

  // --- the future's calls ---
  bool has_ended() const noexcept { return (progress_.load() & ended) != 0; }
  bool has_value() const noexcept { return has_ended() && value_; }
  R take();
  /// Called when the future is dropped. The value may hold the future of another task, and so on.
  void abandon() noexcept {
    end_flat(last_future_, [](chain_link& link) noexcept { static_cast<last_future&>(link).of.future_gone(); });
  }

 protected:
  virtual void future_gone() noexcept = 0;
  explicit shared_state(source& covers) noexcept : source_(covers) {}
  ~shared_state() = default;

  auto keep() noexcept {
    return [this](auto&&... value) { value_.emplace(std::forward<decltype(value)>(value)...); };
  }
  /// Called once, with the lock held. Returns true if the future was dropped before. Then the object and its value
  /// belong to the caller alone, which destroys them after releasing the lock.
  bool end(wake_chain& wakes) noexcept {
    const bool unwanted = (progress_.fetch_or(ended) & abandoned) != 0;
    if (waiting_) claim_finished(*std::exchange(waiting_, nullptr), wakes);
    return unwanted;
  }
  /// Returns true if the maker had ended before: then what is left of the value is destroyed here. If false, this was
  /// the caller's last touch of the object.
  bool abandon_value() noexcept {
    if ((progress_.fetch_or(abandoned) & ended) == 0) return false;
    value_.reset();
    return true;
  }
  /// Returns the exception that the work threw, now marked as observed; null if there is a value.
  virtual const std::exception_ptr& see_thrown() noexcept = 0;

  std::optional<stored> value_;

 private:
  enum : std::uint8_t { ended = 1, abandoned = 2 };
  struct last_future final : chain_link {
    explicit last_future(shared_state& value) noexcept : of(value) {}
    shared_state& of;
  };

  source& source_;
  atomic<std::uint8_t> progress_{0};
  operation* waiting_ = nullptr;
  last_future last_future_{*this};
};

template<class R>
R shared_state<R>::take() {
  BRAID_CHECK(has_ended(),
              "result() of a future whose task has not ended: perform the future first, or join the group");
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

/// A child of a group that keeps its value for its future. If it fails, its own share passes to its group.
template<class F, class... Args>
class asynchronous : public child, private source, public shared_state<typename deferred_call<F, Args...>::value_type> {
  using promise = shared_state<typename deferred_call<F, Args...>::value_type>;

 public:
  static constexpr arrival how = deferred_call<F, Args...>::how;

  template<class... As>
  explicit asynchronous(group_core& group, As&&... f_and_args)
      : child(group), promise(static_cast<source&>(*this)), call_(std::in_place, std::forward<As>(f_and_args)...) {}

  const char* describe() const noexcept final { return "a task's future"; }
  void park(operation& waiting, wake_chain& wakes) noexcept final {
    child::check_group();
    promise::park(waiting, wakes);
  }
  bool is_made_here() const noexcept final { return &performer::current() == this; }

 private:
  bool begins_always() const noexcept final { return is_always_begun<F>; }
  std::coroutine_handle<> call() override { return call_.start(*this, this->keep()); }
  void check_outcome() override { call_.finish(this->keep()); }
  void clear() noexcept override { call_.clear(); }
  void hand_out() noexcept final {
    wake_chain wakes;
    {
      spin_guard guard(source::lock());
      if (!promise::end(wakes)) return;
    }
    this->value_.reset();
    // Relaxed: no other thread has the object any more.
    shares_.store(1, std::memory_order_relaxed);
  }
  const std::exception_ptr& see_thrown() noexcept final {
    if (thrown()) mark_seen();
    return thrown();
  }
  void future_gone() noexcept final {
    if (this->abandon_value()) release();
  }
  void release() noexcept final {
    if (shares_.fetch_sub(1) == 1) no_share_left();
  }

  atomic<unsigned> shares_{2};
  deferred_call<F, Args...> call_;
};

}  // namespace detail

/// The operation "the task has ended". Gives the task's value, moved out, once. If the task threw, throws that
/// exception every time; for a task that was cancelled this is `cancelled`. R is void or can be moved.
///
/// Unlike other operations a future can be moved, so that a std::vector<future<R>> works, but not while it is waited
/// for. Dropping it leaves the task running, and the value is destroyed when the task ends. A future may outlive its
/// group. An exception that a future has thrown fails the group all the same: have f catch exceptions that are not
/// failures. One thread or task at a time uses a future.
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

  /// Returns the value of the task, which must have ended: call after a perform, or after group.join().
  R result() { return task().take(); }
  /// Returns true if the task has ended with a value that was not taken yet. Never waits.
  bool has_value() const noexcept { return task().has_value(); }

  // For use inside braid: takes over the future's share.
  explicit future(detail::shared_state<R>& task) noexcept : base(task.covered_by()), task_(&task) {}

 private:
  detail::shared_state<R>& task() const noexcept {
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
  std::string describe_others() const override { return task().describe_others(); }

  detail::shared_state<R>* task_;
};

}  // namespace braid
