// One side of a fork: work on the stack of the thread that forks, which another worker may take meanwhile.
//
//   made --offer--> offered --taken back by its maker--> run by the maker
//                           --stolen, or found in a seat that was lent--> run there --done--> the maker goes on
//
// Invariants
// 1. It lies in the fork queue of the seat that its maker holds. While the maker keeps the seat, the newest fork there
// is
//    the maker's newest one, or the queue is empty; so a pop gives this fork, or it was stolen.
// 2. A maker that has lent its seat meanwhile (it blocked) does not touch that queue any more: the fork is run by
// whoever
//    holds the seat, or a thief, and the maker waits for it.
// 3. Who runs it elsewhere touches it last by the unpark of done_.
#pragma once

#include <exception>

#include "braid/runtime/performer.hpp"
#include "braid/runtime/scheduler.hpp"

namespace braid::detail {

class fork : public runnable {
 public:
  /// The calling thread, if it has a seat, so that forks can be offered; else null.
  static seat_worker* maker() noexcept {
    worker* const self = worker::current();
    if (!self || !self->has_seats()) return nullptr;
    auto* const me = static_cast<seat_worker*>(self);
    return me->sits_in ? me : nullptr;
  }

  /// Lets others take it. Nothing happens if there is no room: then take_back() is true.
  void offer() noexcept {
    if (!maker_.sits_in->forks().push(*this)) return;
    offered_in_ = maker_.sits_in;
    maker_.core().offer_fork();
  }
  /// True: nobody has begun it, and the caller runs it now. False: it has been run elsewhere, after a wait that lends
  /// the caller's seat if it is long. Ends the program with a sentence if no thread is left to lend it to.
  bool take_back() noexcept {
    if (!offered_in_) return true;
    if (maker_.sits_in == offered_in_ && offered_in_->forks().pop()) return true;
    wait();
    return false;
  }

  /// What it threw elsewhere; null if nothing.
  const std::exception_ptr& error() const noexcept { return error_; }

  /// Elsewhere: a worker that took it.
  void run() noexcept final;

 protected:
  explicit fork(seat_worker& maker) noexcept : maker_(maker), for_(performer::current()) {}
  ~fork() = default;
  virtual void call() = 0;

 private:
  void wait() noexcept;

  seat_worker& maker_;
  performer& for_;              ///< The line of control that forks.
  seat* offered_in_ = nullptr;  ///< Null: nowhere.
  std::exception_ptr error_;
  parker done_;
};

}  // namespace braid::detail
