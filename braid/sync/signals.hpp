// Signals of the process as an operation: a case of select beside channels and timers.
//
//   int main() {
//     braid::signals stop({SIGTERM, SIGINT});
//     for (auto in = rx.recv();;) switch (braid::select(in, stop).get()) {
//         case 0: ...
//         case 1: return drain(stop.result());          // 15 or 2
//       }
//   }
//
// While it exists, an object takes its signals in place of what the program did at them before, even if that was to
// ignore them. Several objects may take the same signal, and each is given it. When the last of these objects is
// destroyed, the former disposition is back: a second Ctrl-C ends a program whose object is gone. Signals that arrive
// between two performs are kept; equal signals that arrive before they are asked for are one, as in the kernel.
//
// Threads: a handler records the signal, on whichever thread the kernel picks, and a thread of braid's own completes
// the operations. So no thread needs to block any signal. But one thread of the program must leave the signals
// unblocked, as threads do by default. System calls of the interrupted thread are restarted where the kernel can
// (SA_RESTART).
// fork: the child has the dispositions from before. Performing an object of the parent there ends the child.
// exec: the new program also has the dispositions from before, but the signals that were taken are reset to the
// default.
// SIGPIPE may be taken like any other signal.
#pragma once

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "braid/runtime/performable.hpp"
#include "braid/runtime/signal_taker.hpp"

namespace braid {

/// Each perform gives the number of one signal that arrived; of several, the lowest first. One thread or task at a time
/// waits: make one object for each. May be used on any thread.
class [[nodiscard]] signals final : private detail::source,
                                    private detail::signal_taker,
                                    public detail::performable<signals> {
 public:
  /// Throws std::invalid_argument unless each signal is a number from 1 to 64 and can be taken. SIGKILL and SIGSTOP
  /// cannot, nor those by which a thread reports its own fault: SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT,
  /// SIGSYS. Throws std::system_error if no thread can be started for the first object.
  explicit signals(std::initializer_list<int> numbers);
  ~signals();

  /// Returns the signal that the last perform gave.
  int result() const noexcept { return won_; }

 private:
  void deliver(std::uint64_t arrived, detail::wake_chain& wakes) noexcept override BRAID_EXCLUDES(lock_);
  void take_lowest() noexcept BRAID_REQUIRES(lock_);
  bool poll(detail::wake_chain&) override;
  void enlist(detail::wake_chain&) noexcept override;
  void withdraw() noexcept override;
  std::string describe() const override;
  bool may_wait_long() const noexcept override { return true; }

  std::uint64_t pending_ BRAID_GUARDED_BY(lock_) = 0;
  bool waiting_ BRAID_GUARDED_BY(lock_) = false;
  int won_ = 0;  ///< Guarded by the lock until the operation is performed.
};

}  // namespace braid
