// Operations of time: after() is ready once, every() repeatedly. Both may stand in select as temporaries.
#pragma once

#include "braid/runtime/clock.hpp"
#include "braid/runtime/performable.hpp"

namespace braid {

/// Ready from a time on; its result is that time. Counts from its construction, on the clock of the task's context.
class [[nodiscard]] after final : public detail::performable<after>, private detail::timer {
 public:
  static constexpr bool may_be_temporary_case = true;

  explicit after(duration wait) : after(current_environment().clock_or_default(), wait) {}
  explicit after(braid::clock& clock, duration wait) : after(clock, due_after(clock.now(), wait)) {}
  explicit after(braid::clock& clock, time_point due);
  ~after() { withdraw_if_parked(); }

  /// Returns the time at which it was due.
  time_point result() noexcept { return due(); }
  /// Starts again, due `wait` from now; select takes it up again. Must not be called while it is being performed.
  void reset(duration wait);

 private:
  bool poll(detail::wake_chain&) override;
  void enlist(detail::wake_chain& wakes) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override { return "after()"; }
  bool may_wait_long() const noexcept override { return true; }
  bool expire(detail::wake_chain& wakes) noexcept override;

  braid::clock& clock_;
};

/// Ready at each multiple of `period` from its construction; its result is the time that was due. Ticks that were not
/// taken in time are merged into one; the phase is kept.
class [[nodiscard]] every final : public detail::performable<every>, private detail::timer {
 public:
  static constexpr bool may_be_temporary_case = true;

  /// Throws std::invalid_argument unless `period` is above zero.
  explicit every(duration period) : every(current_environment().clock_or_default(), period) {}
  explicit every(braid::clock& clock, duration period);
  ~every() { withdraw_if_parked(); }

  time_point result() const noexcept { return ticked_; }

 private:
  bool poll(detail::wake_chain&) override;
  void enlist(detail::wake_chain& wakes) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override { return "every()"; }
  bool may_wait_long() const noexcept override { return true; }
  bool expire(detail::wake_chain& wakes) noexcept override;
  void tick(time_point now) noexcept;

  braid::clock& clock_;
  const duration period_;
  time_point ticked_{};
};

}  // namespace braid
