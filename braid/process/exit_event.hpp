// The end of a child as an event to wait for.
//
// 1. `status_` is set once, by `happen`, under the source's lock; afterwards no operation is enlisted.
// 2. Releasing that lock is the last access to the event by the thread that calls `happen`: a thread that sees the
//    status may destroy the event.
#pragma once

#include <optional>
#include <string>

#include "braid/process/exit_status.hpp"
#include "braid/runtime/performable.hpp"

namespace braid::process::detail {

class exit_event final : public braid::detail::source {
 public:
  /// Sets the status and wakes all waiters. Call once. Any thread.
  void happen(const exit_status& status) noexcept;

  /// Returns nothing while the child runs. Any thread.
  std::optional<exit_status> status() noexcept;

 private:
  friend class exit_wait;
  std::optional<exit_status> status_ BRAID_GUARDED_BY(lock_);
  braid::detail::intrusive_list<operation, braid::detail::enlisted> waiting_ BRAID_GUARDED_BY(lock_);
};

/// The operation "the child has ended". Any number of threads and coroutines may wait for one child, each by an
/// operation of its own. select reports it once and then skips it.
class [[nodiscard]] exit_wait final : public braid::detail::performable<exit_wait> {
 public:
  exit_wait(exit_event& event, pid_t pid) noexcept : performable(event), event_(event), pid_(pid) {}
  ~exit_wait() { withdraw_if_parked(); }

  /// Requires that it was performed.
  exit_status result();

 private:
  bool poll(braid::detail::wake_chain&) override;
  void enlist(braid::detail::wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override { return "the end of process " + std::to_string(pid_); }
  bool may_wait_long() const noexcept override { return true; }

  exit_event& event_;
  const pid_t pid_;
};

}  // namespace braid::process::detail
