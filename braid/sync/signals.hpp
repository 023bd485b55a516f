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
// From its birth to its end an object takes its signals in place of what the program did at them before, also of one
// that was ignored; several objects may take the same one, and each is given it. At the end of the last one the former
// disposition is back: a second Ctrl-C ends a program whose object has gone. Nothing that came is forgotten between two
// performs; equal signals that came before they were asked for are one, as the kernel has it.
//
// Threads: a handler notes the signal, on whichever thread the kernel picks, and a thread of braid's own completes the
// operations. So no thread needs to block anything; but one of the program's must leave the signals unblocked, which
// threads do unless told otherwise. System calls of the interrupted thread are restarted where the kernel can
// (SA_RESTART). fork: the child has the dispositions from before; an object of its parent ends the program there when
// it is performed. exec: the new program has them, too, with what was taken reset to the default. SIGPIPE may be taken
// like any other.
#pragma once

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "braid/runtime/performable.hpp"
#include "braid/runtime/signal_taker.hpp"

namespace braid {

/// Gives the number of a signal that came, each time: of several the lowest first. One thread or task at a time waits;
/// make an object for each. Any thread.
class [[nodiscard]] signals final : private detail::source,
                                    private detail::signal_taker,
                                    public detail::performable<signals> {
 public:
  /// Throws std::invalid_argument unless each of them can be taken: a number from 1 to 64, but not SIGKILL and SIGSTOP,
  /// nor those by which a thread reports its own fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS).
  /// Throws std::system_error if there is no thread for the first one.
  explicit signals(std::initializer_list<int> numbers);
  ~signals();

  /// The signal that the last perform gave.
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
  int won_ = 0;  ///< Under the lock until it is performed.
};

}  // namespace braid
