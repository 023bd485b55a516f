// One side of a fork: work on the stack of the thread that forks, which another worker may take meanwhile.
//
//   made --offer--> offered --taken back by its maker--> run by the maker
//                           --stolen, or found in a seat that was lent--> run there --done--> the maker goes on
//
// Invariants
// 1. A fork lies in the fork queue of the seat that its maker holds. While the maker keeps the seat, the newest fork
//    there is the maker's newest one, or the queue is empty. So a pop returns this fork, or the fork was stolen.
// 2. A maker that has lent its seat meanwhile (it blocked) no longer touches that queue. The thread that holds the
//    seat, or a thief, runs the fork, and the maker waits for it.
// 3. A thread that runs the fork elsewhere touches it last in the unpark of done_.
#pragma once

#include <exception>

#include "braid/runtime/performer.hpp"
#include "braid/runtime/scheduler.hpp"

namespace braid::detail {

class fork : public runnable {
 public:
  /// Returns the calling thread if it has a seat, so that forks can be offered; else null.
  static seat_worker* maker() noexcept {
    worker* const self = worker::current();
    if (!self || !self->has_seats()) return nullptr;
    auto* const me = static_cast<seat_worker*>(self);
    return me->sits_in ? me : nullptr;
  }

  /// Lets other workers take the fork. Does nothing if there is no room; take_back() then returns true.
  void offer() noexcept {
    if (!maker_.sits_in->forks().push(*this)) return;
    offered_in_ = maker_.sits_in;
    maker_.core().offer_fork();
  }
  /// Returns true if no thread has begun the fork; the caller then runs it. Returns false if the fork has been run
  /// elsewhere, after a wait that lends the caller's seat if it is long. Ends the program with a sentence if no thread
  /// is left to lend the seat to.
  bool take_back() noexcept {
    if (!offered_in_) return true;
    if (maker_.sits_in == offered_in_ && offered_in_->forks().pop()) return true;
    wait();
    return false;
  }

  /// Returns the exception that the fork threw elsewhere; null if there was none.
  const std::exception_ptr& error() const noexcept { return error_; }

  /// Called by another worker, which took the fork.
  void run() noexcept final;

 protected:
  explicit fork(seat_worker& maker) noexcept : maker_(maker), for_(performer::current()) {}
  ~fork() = default;
  virtual void call() = 0;

 private:
  void wait() noexcept;

  seat_worker& maker_;
  performer& for_;              ///< The performer that forks.
  seat* offered_in_ = nullptr;  ///< Null if not offered.
  std::exception_ptr error_;
  parker done_;
};

}  // namespace braid::detail
