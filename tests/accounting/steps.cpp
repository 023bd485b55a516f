// The steps of an actor: one operation each, with its booking. Written once for both styles (style.hpp).
#include <array>

#include "actor.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/within.hpp"
#include "style.hpp"

namespace accounting {
namespace {

using value_op = braid::detail::send_wait<tracked>;
using recv_op = braid::detail::recv_wait<tracked>;

/// What ends a wait, besides the other side.
enum class limit { nothing, time, context, time_as_value };

limit pick_limit(actor& a) {
  static constexpr limit limits[] = {limit::nothing, limit::time,          limit::time,
                                     limit::time,    limit::time_as_value, limit::context,
                                     limit::context, limit::context,       limit::context};
  return limits[a.below(std::size(limits))];
}

/// The outcome of the exception in hand; the actor stops if its own context has ended.
outcome outcome_of_exception() {
  try {
    throw;
  } catch (const braid::timed_out&) {
    return outcome::timed_out;
  } catch (const braid::cancelled&) {
    return outcome::cancelled;
  } catch (const closed_with&) {
    return outcome::closed;
  }
}

outcome outcome_of(const braid::error& e) {
  return e.code == braid::error_code::timed_out   ? outcome::timed_out
         : e.code == braid::error_code::cancelled ? outcome::cancelled
                                                  : outcome::closed;
}

/// Performs `op` under a random limit. `good(result)` says whether it did something, else it is closed.
template<class Style, class Op, class Good>
typename Style::template coroutine<outcome> perform(actor& a, Op& op, Good& good) {
  const limit l = pick_limit(a);
  const braid::context ctx = a.ctx();
  outcome o = outcome::closed;
  try {
    if (l == limit::nothing) {
      auto r = co_await watched(op, a.parked);
      if (good(r)) o = outcome::committed;
    } else if (l == limit::time) {
      auto r = co_await watched(braid::within(a.short_time(), op), a.parked);
      if (good(r)) o = outcome::committed;
    } else if (l == limit::context) {
      auto r = co_await watched(braid::within(ctx, op), a.parked);
      if (good(r)) o = outcome::committed;
    } else {
      auto r = co_await watched(braid::try_within(a.short_time(), op), a.parked);
      if (!r) {
        o = outcome_of(r.error());
      } else if (good(*r)) {
        o = outcome::committed;
      }
    }
  } catch (...) {
    o = outcome_of_exception();
  }
  co_return o;
}

template<class Style>
typename Style::template coroutine<bool> send(actor& a) {
  seat& s = a.any_seat();
  auto out = s.tx->send(a.make(false));
  auto good = [](bool sent) { return sent; };
  const outcome o = co_await perform<Style>(a, out, good);
  if (o != outcome::committed) out.value().settle(fate::kept);
  a.record(kind::send, o);
  co_return true;
}

template<class Style>
typename Style::template coroutine<bool> recv(actor& a) {
  seat& s = a.any_seat();
  auto in = s.rx->recv();
  auto good = [&](std::optional<tracked>& v) {
    if (v) a.received(std::move(*v), false, s.rendezvous);
    return v.has_value();
  };
  const outcome o = co_await perform<Style>(a, in, good);
  a.record(kind::recv, o);
  co_return true;
}

template<class Style>
typename Style::template coroutine<bool> send_some(actor& a) {
  seat& s = a.any_seat();
  std::vector<tracked> batch;
  for (std::uint32_t n = 1 + a.below(4); n > 0; --n) batch.push_back(a.make(false));
  auto out = s.tx->send_some(batch);
  std::size_t said = 0;
  auto good = [&](std::size_t n) { return (said = n) > 0; };
  const outcome o = co_await perform<Style>(a, out, good);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].alive() != (i >= said)) a.found("send_some gave a count that is not what went");
    batch[i].settle(fate::kept);
  }
  a.record(kind::send_some, o);
  co_return true;
}

template<class Style>
typename Style::template coroutine<bool> recv_some(actor& a) {
  seat& s = a.any_seat();
  std::vector<tracked> got;
  auto in = s.rx->recv_some(got, 1 + a.below(4));
  std::size_t said = 0;
  auto good = [&](std::size_t n) { return (said = n) > 0; };
  const outcome o = co_await perform<Style>(a, in, good);
  if (got.size() != said) a.found("recv_some gave a count that is not what came");
  for (tracked& v : got) a.received(std::move(v), false, s.rendezvous);
  a.record(kind::recv_some, o);
  co_return true;
}

void try_send(actor& a) {
  tracked v = a.make(false);
  outcome o = outcome::idle;
  try {
    if (a.any_seat().tx->try_send(std::move(v))) o = outcome::committed;
  } catch (const braid::cancelled&) {
    o = outcome::cancelled;
  }
  if ((o == outcome::committed) == v.alive())
    a.found("try_send moved a value that it did not send, or the other way round");
  v.settle(fate::kept);
  a.record(kind::try_send, o);
}

void try_recv(actor& a) {
  seat& s = a.any_seat();
  outcome o = outcome::idle;
  try {
    if (auto v = s.rx->try_recv()) {
      a.received(std::move(*v), false, s.rendezvous);
      o = outcome::committed;
    } else if (s.rx->closed()) {
      o = outcome::closed;
    }
  } catch (const closed_with&) {
    o = outcome::closed;
  } catch (const braid::cancelled&) {
    o = outcome::cancelled;
  }
  a.record(kind::try_recv, o);
}

/// Books the end of a send that was a case of a select. Gives how the select ended if this case won.
outcome settle_send(value_op& out, bool won) {
  const bool sent = won && out.result();
  if (!sent) out.value().settle(fate::kept);
  return sent ? outcome::committed : outcome::closed;
}

outcome settle_recv(actor& a, recv_op& in, const seat& s) {
  try {
    if (std::optional<tracked> v = in.result()) {
      a.received(std::move(*v), true, s.rendezvous);
      return outcome::committed;
    }
  } catch (const closed_with&) {
  }
  return outcome::closed;
}

/// The ends of the wait that may stand beside two cases of a select.
enum class stop_by { nothing, time, context };

stop_by pick_stop(actor& a) {
  if (a.below(16) == 0) return stop_by::nothing;
  return a.below(5) < 3 ? stop_by::time : stop_by::context;
}

/// Performs select(one, two) in a random form. `won` is the index of the winner; else says how it ended.
template<class Style, class One, class Two>
typename Style::template coroutine<outcome> choose(actor& a, One& one, Two& two, std::size_t& won) {
  const stop_by stop = pick_stop(a);
  const bool in_order = a.below(4) == 0, fixed = a.below(2) == 0;
  auto late = braid::after(a.clock(), a.short_time());
  const braid::context ctx = a.ctx();
  auto done = ctx.done();
  braid::operation* const third = stop == stop_by::time ? static_cast<braid::operation*>(&late) : &done;
  const std::array<braid::operation*, 3> list{&one, &two, third};
  const std::span<braid::operation* const> cases(list.data(), stop == stop_by::nothing ? 2 : 3);
  outcome o = outcome::idle;
  try {
    if (fixed && stop == stop_by::time) {
      won = co_await watched(braid::select(one, two, late), a.parked);
    } else if (fixed && stop == stop_by::context) {
      won = co_await watched(braid::select(one, two, done), a.parked);
    } else if (in_order) {
      won = co_await watched(braid::select(braid::biased, cases), a.parked);
    } else {
      won = co_await watched(braid::select(cases), a.parked);
    }
    if (won == 2) o = stop == stop_by::time ? outcome::timed_out : outcome::cancelled;
  } catch (...) {
    o = outcome_of_exception();
  }
  co_return o;
}

template<class Style>
typename Style::template coroutine<bool> select_sends(actor& a) {
  auto one = a.any_seat().tx->send(a.make(true));
  auto two = a.any_seat().tx->send(a.make(true));
  std::size_t won = braid::none;
  outcome o = co_await choose<Style>(a, one, two, won);
  const outcome as_one = settle_send(one, won == 0), as_two = settle_send(two, won == 1);
  if (won < 2) o = won == 0 ? as_one : as_two;
  a.record(kind::select, o);
  co_return true;
}

template<class Style>
typename Style::template coroutine<bool> select_recvs(actor& a) {
  seat &s = a.any_seat(), &t = a.any_seat();
  auto one = s.rx->recv();
  auto two = t.rx->recv();
  std::size_t won = braid::none;
  outcome o = co_await choose<Style>(a, one, two, won);
  if (won < 2) o = won == 0 ? settle_recv(a, one, s) : settle_recv(a, two, t);
  a.record(kind::select, o);
  co_return true;
}

template<class Style>
typename Style::template coroutine<bool> select_both(actor& a) {
  seat &s = a.any_seat(), &t = a.any_seat();
  auto out = s.tx->send(a.make(true));
  auto in = t.rx->recv();
  std::size_t won = braid::none;
  outcome o = co_await choose<Style>(a, out, in, won);
  const outcome as_send = settle_send(out, won == 0);
  if (won == 0) o = as_send;
  if (won == 1) o = settle_recv(a, in, t);
  a.record(kind::select, o);
  co_return true;
}

/// True: the one case was ready.
bool try_only(braid::operation& op, outcome& o) {
  const std::array<braid::operation*, 1> cases{&op};
  try {
    return braid::try_select(cases) == 0;
  } catch (const braid::cancelled&) {
    o = outcome::cancelled;
    return false;
  }
}

void try_select(actor& a) {
  seat& s = a.any_seat();
  outcome o = outcome::idle;
  if (s.tx) {
    auto out = s.tx->send(a.make(true));
    const bool won = try_only(out, o);
    const outcome as_send = settle_send(out, won);
    if (won) o = as_send;
  } else {
    auto in = s.rx->recv();
    if (try_only(in, o)) o = settle_recv(a, in, s);
  }
  a.record(kind::try_select, o);
}

/// One step of a random kind that the actor's ends allow.
template<class Style>
typename Style::template coroutine<bool> step(actor& a) {
  const bool sends = a.any_seat().tx.has_value(), receives = a.any_seat().rx.has_value();
  const bool sending = sends && (!receives || a.below(2) == 0);
  const std::uint32_t pick = a.below(30);
  bool ended = true;
  if (pick < 13) {
    a.starts(kind::select);
    if (sends && receives && pick < 7) {
      ended = co_await select_both<Style>(a);
    } else if (sending) {
      ended = co_await select_sends<Style>(a);
    } else {
      ended = co_await select_recvs<Style>(a);
    }
  } else if (pick < 23) {
    a.starts(sending ? kind::send : kind::recv);
    if (sending) {
      ended = co_await send<Style>(a);
    } else {
      ended = co_await recv<Style>(a);
    }
  } else if (pick < 28) {
    a.starts(sending ? kind::send_some : kind::recv_some);
    if (sending) {
      ended = co_await send_some<Style>(a);
    } else {
      ended = co_await recv_some<Style>(a);
    }
  } else if (pick < 29) {
    sending ? try_send(a) : try_recv(a);
  } else {
    try_select(a);
  }
  if (a.below(4) != 0) a.cancel_a_peer();
  co_return ended;
}

/// Until the script is done, the channels are closed, or the group is cancelled: then a task's every wait would throw.
template<class Style>
typename Style::template coroutine<bool> live(actor& a) {
  bool more = a.goes_on();
  while (more) {
    co_await step<Style>(a);
    more = a.goes_on() && !braid::current_context().is_cancelled();
  }
  a.leaves();
  co_return true;
}

}  // namespace

braid::task<> live_as_task(actor& a) {
  const bool ended = co_await live<in_task>(a);
  static_cast<void>(ended);
}

void live_on_thread(actor& a) {
  live<on_thread>(a).take();
}

}  // namespace accounting
