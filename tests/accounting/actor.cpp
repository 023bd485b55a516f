#include "actor.hpp"

#include "braid/runtime/clock.hpp"

namespace accounting {

using namespace std::chrono_literals;

actor::actor(ledger& book, std::uint64_t seed, std::vector<seat> seats, unsigned operations, braid::context parent,
             braid::clock* clock)
    : book_(book),
      random_(seed),
      seats_(std::move(seats)),
      operations_(operations),
      parent_(std::move(parent)),
      clock_(clock) {}

bool actor::goes_on() const noexcept {
  return counts_.operations() < operations_ && closed_seen_ < 4 && fault_.empty() && book_.has_room();
}

braid::duration actor::short_time() noexcept {
  static constexpr braid::duration times[] = {0us, 1us, 2us, 5us, 20us, 50us, 200us};
  return times[below(std::size(times))];
}

braid::clock& actor::clock() const {
  return clock_ ? *clock_ : braid::real_clock();
}

braid::context actor::ctx() {
  std::lock_guard guard(mutex_);
  if (!own_ || own_->ctx.is_cancelled()) own_.emplace(braid::with_cancel(parent_));
  return own_->ctx;
}

void actor::cancel_own() {
  std::optional<braid::canceller> cancel;
  {
    std::lock_guard guard(mutex_);
    if (own_) cancel = own_->cancel;
  }
  if (cancel) (*cancel)("chaos");
}

void actor::record(kind k, outcome o) noexcept {
  counts_.add(k, o, parked);
  parked = false;
  if (o == outcome::closed) ++closed_seen_;
  ++done_;
}

void actor::received(tracked value, bool by_select, bool rendezvous) noexcept {
  if (by_select && rendezvous && value.by_select()) counts_.add_select_pair();
  value.settle(fate::received);
}

std::string actor::describe() const {
  static constexpr const char* names[kinds] = {"send",     "recv",     "send_some", "recv_some",
                                               "try_send", "try_recv", "select",    "try_select"};
  const int doing = doing_;
  const std::string what = doing == -2 ? "has not started" : doing == -1 ? "has left" : names[doing];
  return what + ", " + std::to_string(done()) + " of " + std::to_string(operations_) + " operations done";
}

}  // namespace accounting
