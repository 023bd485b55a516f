// Channels against channel_model: random commands on one thread. Parked operations are tasks on an executor that runs
// by hand, so each command has come to rest before it is compared.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>

#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/task_group.hpp"
#include "channel_model.hpp"

namespace {

using namespace accounting;

struct boom {};

struct command {
  enum what { try_send, try_recv, perform, cancel, close, close_error, take, kinds } kind;
  unsigned a, b, c;
};

std::ostream& operator<<(std::ostream& out, const command& c) {
  static constexpr const char* names[] = {"try_send", "try_recv", "perform", "cancel", "close", "close_error", "take"};
  return out << names[c.kind] << '(' << c.a << ", " << c.b << ", " << c.c << ')';
}

/// A waiter on the real channels, in a group of its own so that it can be cancelled alone.
struct real_waiter {
  explicit real_waiter(const braid::context& ctx) : group(ctx) {}
  std::vector<std::vector<std::unique_ptr<int>>> offered;  ///< For each wish that sends.
  std::vector<std::unique_ptr<int>> got;
  std::size_t won = braid::none;
  std::size_t count = 0;
  reply end = reply::waits;
  bool cancelled = false;
  braid::task_group group;
};

using boxed = std::unique_ptr<int>;

class world {
 public:
  explicit world(std::vector<channel_model::line> lines) : model_(lines), dropped_(lines.size()) {
    for (std::size_t i = 0; i < lines.size(); ++i) channels_.push_back(make(lines[i], dropped_[i]));
  }
  ~world() {
    for (const auto& w : real_) w->group.cancel();
    hand_.run();
    for (const auto& w : real_) w->group.join().get();
  }

  void obey(const command& c) {
    const std::size_t channel = c.a % channels_.size();
    switch (c.kind) {
      case command::try_send:
        return try_send(channel);
      case command::try_recv:
        return try_recv(channel);
      case command::perform:
        return perform(c);
      case command::cancel:
        return cancel(c.a);
      case command::close:
        model_.close(channel, false);
        return channels_[channel]->tx.close();
      case command::close_error:
        model_.close(channel, true);
        return channels_[channel]->tx.close(std::make_exception_ptr(boom{}));
      default:
        return take(channel);
    }
  }

  /// Everything comes to rest, and then is as the model says.
  void compare() {
    hand_.run();
    for (std::size_t i = 0; i < real_.size(); ++i) compare(*model_waiters_[i], *real_[i]);
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      RC_ASSERT(channels_[i]->rx.size() == model_.at(i).buffer.size());
      RC_ASSERT(dropped_[i] == model_.at(i).dropped);
      RC_ASSERT(channels_[i]->rx.closed() == (model_.at(i).closed && model_.at(i).buffer.empty()));
    }
  }

 private:
  static std::unique_ptr<braid::channel<boxed>> make(const channel_model::line& l, std::vector<int>& dropped) {
    const auto made = [&](auto how) {
      return std::make_unique<braid::channel<boxed>>(
          how, braid::channel_options<boxed>{.on_drop = [&dropped](boxed&& v) { dropped.push_back(*v); }});
    };
    if (!l.capacity) return made(braid::unbounded);
    switch (l.what) {
      case channel_model::queue:
        break;
      case channel_model::drops_oldest:
        return *l.capacity == 1 ? made(braid::conflated) : made(braid::drop_oldest(*l.capacity));
      case channel_model::drops_newest:
        return made(braid::drop_newest(*l.capacity));
      case channel_model::by_rank:
        return made(braid::priority(
            *l.capacity, [](const boxed& v) { return channel_model::rank_of(*v); }, channel_model::most_passes));
    }
    return made(*l.capacity);
  }

  void try_send(std::size_t channel) {
    waiter w{{{channel, {next_}}}};
    boxed value = std::make_unique<int>(next_++);
    const bool possible = model_.ready(w, 0);
    if (possible) model_.grant(w, 0);
    RC_ASSERT(channels_[channel]->tx.try_send(std::move(value)) == (w.end == reply::committed));
    RC_ASSERT((value == nullptr) == (w.end == reply::committed));
  }

  void try_recv(std::size_t channel) {
    waiter w{{{channel, {}, 1}}};
    if (model_.ready(w, 0)) model_.grant(w, 0);
    boxed got;
    bool threw = false;
    try {
      if (auto v = channels_[channel]->rx.try_recv()) got = std::move(*v);
    } catch (const boom&) {
      threw = true;
    }
    RC_ASSERT(threw == (w.end == reply::failed));
    RC_ASSERT((got != nullptr) == (w.end == reply::committed));
    if (got) RC_ASSERT(*got == w.received.front());
  }

  /// A fair select that is parked with two such cases wins by either; the model knows the first of a biased one alone.
  static bool waits_twice_at_one_end(const waiter& w) {
    for (std::size_t i = 0; i < w.wishes.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (w.wishes[i].channel == w.wishes[k].channel && w.wishes[i].sends() == w.wishes[k].sends()) return true;
    return false;
  }

  /// c.a: number and kinds of the wishes; c.b: their channels; c.c: how many values.
  void perform(const command& c) {
    auto w = std::make_unique<waiter>();
    auto real = std::make_unique<real_waiter>(ctx_);
    const std::size_t count = 1 + c.a % 3;
    for (std::size_t i = 0; i < count; ++i) {
      wish wanted{(c.b >> i) % channels_.size(), {}, 0, (c.b >> (4 + 2 * i)) % 4 == 0};
      const std::size_t size = 1 + (c.c >> (2 * i)) % 3;
      real->offered.emplace_back();
      if ((c.a >> (3 + i)) % 2 == 0) {
        wanted.room = size;
      } else {
        for (std::size_t n = 0; n < size; ++n) {
          real->offered.back().push_back(std::make_unique<int>(next_));
          wanted.values.push_back(next_++);
        }
      }
      w->wishes.push_back(std::move(wanted));
    }
    const bool in_order = c.c % 2 == 0 || waits_twice_at_one_end(*w);
    real->group.spawn([](world* self, real_waiter* r, const waiter* m, bool b) { return wait(*self, *r, *m, b); }, this,
                      real.get(), w.get(), in_order);
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i)
      if (model_.ready(*w, i)) ready.push_back(i);
    hand_.run();
    if (std::all_of(w->wishes.begin(), w->wishes.end(), [](const wish& wanted) { return wanted.disabled; })) {
      w->end = reply::no_case_left;
    } else if (ready.empty()) {
      RC_ASSERT(real->end == reply::waits);
      model_.park(*w);
    } else {
      RC_ASSERT(real->end != reply::waits);
      if (in_order) RC_ASSERT(real->won == ready.front());
      RC_ASSERT(std::count(ready.begin(), ready.end(), real->won) == 1);
      model_.grant(*w, real->won);
    }
    model_waiters_.push_back(std::move(w));
    real_.push_back(std::move(real));
  }

  static braid::task<> wait(world& self, real_waiter& r, const waiter& m, bool in_order) {
    std::vector<std::unique_ptr<braid::detail::recv_some_wait<boxed>>> ins;
    std::vector<std::unique_ptr<braid::detail::send_some_wait<boxed>>> outs;
    std::vector<braid::operation*> cases;
    r.got.reserve(8);
    for (std::size_t i = 0; i < m.wishes.size(); ++i) {
      braid::channel<boxed>& channel = *self.channels_[m.wishes[i].channel];
      if (m.wishes[i].sends()) {
        outs.emplace_back(new auto(channel.tx.send_some(r.offered[i])));
        ins.emplace_back();
        cases.push_back(outs.back().get());
      } else {
        ins.emplace_back(new auto(channel.rx.recv_some(r.got, m.wishes[i].room)));
        outs.emplace_back();
        cases.push_back(ins.back().get());
      }
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
      cases[i]->disable();
      if (!m.wishes[i].disabled) cases[i]->enable();
    }
    const std::span<braid::operation* const> list(cases);
    try {
      if (in_order) {
        r.won = co_await braid::select(braid::biased, list);
      } else {
        r.won = co_await braid::select(list);
      }
      if (r.won == braid::none) {
        r.end = reply::no_case_left;
        co_return;
      }
      r.count = outs[r.won] ? outs[r.won]->result() : ins[r.won]->result();
      r.end = r.count > 0 ? reply::committed : reply::closed;
    } catch (const boom&) {
      r.end = reply::failed;
    } catch (const braid::cancelled&) {
      r.cancelled = true;
    }
  }

  /// Cancels one waiter that is parked, if there is one.
  void cancel(unsigned which) {
    if (real_.empty()) return;
    const std::size_t i = which % real_.size();
    if (model_waiters_[i]->end != reply::waits || real_[i]->cancelled) return;
    model_.withdraw(*model_waiters_[i]);
    real_[i]->group.cancel();
    hand_.run();
    RC_ASSERT(real_[i]->cancelled);
  }

  void take(std::size_t channel) {
    const std::vector<int> expected = model_.close_and_take(channel);
    std::vector<int> got;
    for (const boxed& v : channels_[channel]->rx.close()) got.push_back(*v);
    RC_ASSERT(got == expected);
  }

  void compare(const waiter& m, const real_waiter& r) {
    RC_ASSERT(r.end == m.end);
    if (m.won) RC_ASSERT(r.won == *m.won);
    std::vector<int> got;
    for (const boxed& v : r.got) got.push_back(*v);
    RC_ASSERT(got == m.received);
    if (m.end != reply::waits && m.end != reply::failed) RC_ASSERT(r.count == m.sent + m.received.size());
    for (std::size_t i = 0; i < m.wishes.size(); ++i)
      for (std::size_t n = 0; n < r.offered[i].size(); ++n)
        RC_ASSERT((r.offered[i][n] == nullptr) == (m.won == i && n < m.sent));
  }

  braid::manual_executor hand_;
  braid::context ctx_{braid::environment{.executor = &hand_}};
  channel_model model_;
  std::vector<std::vector<int>> dropped_;
  std::vector<std::unique_ptr<braid::channel<boxed>>> channels_;
  std::vector<std::unique_ptr<waiter>> model_waiters_;
  std::vector<std::unique_ptr<real_waiter>> real_;
  int next_ = 1;
};

/// Closing is rare, or little would happen after it.
rc::Gen<std::vector<command>> commands() {
  const auto number = rc::gen::inRange(0u, 1024u);
  const auto kind = rc::gen::weightedElement<command::what>({{8, command::try_send},
                                                             {8, command::try_recv},
                                                             {24, command::perform},
                                                             {6, command::cancel},
                                                             {1, command::close},
                                                             {1, command::close_error},
                                                             {1, command::take}});
  return rc::gen::scale(4.0, rc::gen::container<std::vector<command>>(
                                 rc::gen::map(rc::gen::tuple(kind, number, number, number), [](const auto& t) {
                                   return command{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t)};
                                 })));
}

void agrees(std::vector<channel_model::line> lines) {
  const std::vector<command> script = *commands();
  world w(std::move(lines));
  for (const command& c : script) {
    w.obey(c);
    w.compare();
  }
}

}  // namespace

RC_GTEST_PROP(channel_model, a_rendezvous_agrees, ()) {
  agrees({{0}});
}
RC_GTEST_PROP(channel_model, a_bounded_channel_agrees, ()) {
  agrees({{*rc::gen::inRange<std::size_t>(1, 5)}});
}
RC_GTEST_PROP(channel_model, an_unbounded_channel_agrees, ()) {
  agrees({{std::nullopt}});
}
RC_GTEST_PROP(channel_model, selects_over_a_rendezvous_and_a_bounded_channel_agree, ()) {
  agrees({{0}, {2}});
}
RC_GTEST_PROP(channel_model, selects_over_two_rendezvous_agree, ()) {
  agrees({{0}, {0}});
}
RC_GTEST_PROP(channel_model, selects_over_a_rendezvous_a_bounded_and_an_unbounded_channel_agree, ()) {
  agrees({{0}, {1}, {std::nullopt}});
}
RC_GTEST_PROP(channel_model, a_channel_that_drops_its_oldest_agrees, ()) {
  agrees({{*rc::gen::inRange<std::size_t>(1, 4), channel_model::drops_oldest}});
}
RC_GTEST_PROP(channel_model, a_channel_that_drops_the_newest_agrees, ()) {
  agrees({{*rc::gen::inRange<std::size_t>(1, 4), channel_model::drops_newest}});
}
RC_GTEST_PROP(channel_model, a_channel_by_priority_agrees, ()) {
  agrees({{*rc::gen::inRange<std::size_t>(0, 5), channel_model::by_rank}});
}
RC_GTEST_PROP(channel_model, selects_over_channels_that_drop_and_by_priority_agree, ()) {
  agrees({{1, channel_model::by_rank}, {1, channel_model::drops_oldest}, {0}});
}
RC_GTEST_PROP(channel_model, selects_over_two_channels_by_priority_agree, ()) {
  agrees({{0, channel_model::by_rank}, {2, channel_model::by_rank}});
}
