// A rate limiter gives tokens at a rate, with bursts, first come, first served: a token bucket on a clock.
//
//   braid::rate_limiter limit({.tokens = 100, .per = 1s, .burst = 10});
//   co_await limit.acquire();                       // on a thread: limit.acquire().get()
//   limit.set_rate({.tokens = 50, .per = 1s, .burst = 5});
//
// It starts with a full burst. In any interval [a, b] it gives at most burst + tokens/per x (b - a), exactly: whole
// numbers, no drift. A wait ends at the first nanosecond at which its tokens are there. If the clock is late, what fell
// due meanwhile is given at once, so lateness does not add up. (Only the nanosecond does, and only with a burst of 1:
// the bucket is full before the nanosecond ends.)
// Fairness: strictly in order. A large request at the head holds up the small ones behind it.
// It has no thread and does not sleep: it arms one timer on the clock, for the first request that waits.
//
// Invariants, whenever the clock's lock is free. That lock guards all of it: the clock is the source of its operations
// 1. Tokens leave the bucket exactly when an acquire commits: under one hold of the lock, after the claim. An operation
//    that loses, is cancelled or times out has taken none.
// 2. Grants are booked at the time they fell due, in the order of these times: a late timer changes nothing in them.
// 3. No request above the burst waits.
// 4. The timer is armed exactly while a request waits, for the time at which the first one is due. If that is never, it
//    is not armed.
#pragma once

#include <optional>
#include <string>

#include "braid/runtime/performable.hpp"
#include "braid/sync/limit_exceeded.hpp"
#include "braid/sync/token_bucket.hpp"

namespace braid {

class rate_limiter;

namespace detail {

/// limit.acquire(n): gives the time at which it was its turn and its tokens were there. Throws limit_exceeded if that
/// can never be.
class [[nodiscard]] tokens_wait final : public performable<tokens_wait> {
 public:
  tokens_wait(rate_limiter& from, std::uint64_t tokens);
  ~tokens_wait() { withdraw_if_parked(); }

  time_point result() const;
  /// Returns true if the last perform has ended its wait.
  bool has_result() const noexcept { return given_ || too_small_; }

 private:
  friend class braid::rate_limiter;
  bool poll(wake_chain& wakes) override;
  void enlist(wake_chain& wakes) noexcept override;
  void withdraw() noexcept override;
  void pass_on(wake_chain& wakes) noexcept override;
  std::string describe() const override;
  bool may_wait_long() const noexcept override { return true; }

  rate_limiter& from_;
  const std::uint64_t tokens_;
  time_point due_{};                        ///< While waiting: not due before this time. Then: when it was due.
  bool given_ = false;                      ///< It has its tokens.
  bool was_first_ = false;                  ///< Valid from withdraw() to pass_on().
  std::optional<std::uint64_t> too_small_;  ///< The burst that refused it; nothing if none did.
};

}  // namespace detail

/// All functions may be called on any thread. Must outlive its operations: destroying it while a request waits ends the
/// program. Cost: each acquire takes the clock's lock once and asks the clock; waiting allocates nothing.
class rate_limiter final : private detail::timer {
 public:
  /// Uses the clock of the task's context, or the given one. `name` is shown in reports and errors. Throws
  /// std::invalid_argument unless tokens, per and burst are above zero. set_rate throws the same, and then changes
  /// nothing.
  explicit rate_limiter(const braid::rate& limit, std::string name = {});
  explicit rate_limiter(braid::clock& clock, const braid::rate& limit, std::string name = {});
  rate_limiter(const rate_limiter&) = delete;
  rate_limiter& operator=(const rate_limiter&) = delete;
  ~rate_limiter();

  /// Returns an operation that waits for its turn and then until `tokens`, at least 1, are there. The operation throws
  /// limit_exceeded for more than the burst. acquire(0) throws std::invalid_argument. Borrows the limiter.
  detail::tokens_wait acquire(std::uint64_t tokens = 1) & BRAID_LIFETIMEBOUND;
  detail::tokens_wait acquire(std::uint64_t tokens = 1) && = delete;

  /// Takes the tokens if they are there now and no request waits. Throws as acquire does, and `cancelled` if the task's
  /// context is cancelled.
  [[nodiscard]] bool try_acquire(std::uint64_t tokens = 1);

  /// Sets the rate from now on, also for requests that wait. The tokens in the bucket stay, up to the new burst.
  /// Requests that wait for more than the new burst get limit_exceeded.
  void set_rate(const braid::rate& limit) BRAID_EXCLUDES(clock_.lock());
  braid::rate rate() BRAID_EXCLUDES(clock_.lock());

 private:
  friend class detail::tokens_wait;

  bool expire(detail::wake_chain& wakes) noexcept override;
  /// Serves the requests from the first on, as long as they are due by `now`.
  void serve(time_point now, detail::wake_chain& wakes) noexcept BRAID_REQUIRES(clock_.lock());
  time_point due_of(detail::tokens_wait& first) const noexcept BRAID_REQUIRES(clock_.lock());
  void arm_for_first(detail::wake_chain& wakes) noexcept BRAID_REQUIRES(clock_.lock());
  void refuse_those_above_burst(detail::wake_chain& wakes) noexcept BRAID_REQUIRES(clock_.lock());

  braid::clock& clock_;
  detail::token_bucket bucket_ BRAID_GUARDED_BY(clock_.lock());
  detail::intrusive_list<detail::tokens_wait, detail::enlisted> waiting_ BRAID_GUARDED_BY(clock_.lock());
  const std::string name_;
};

}  // namespace braid
