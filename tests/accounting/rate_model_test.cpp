// Rate limiters against a model that steps through time nanosecond by nanosecond, with random commands on one thread
// and a clock that stands still between them; and the bound on what any interval gives, in whole numbers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>

#include "braid/runtime/manual_executor.hpp"
#include "braid/sync/rate_limiter.hpp"
#include "braid/sync/task_group.hpp"

namespace {

using std::chrono::nanoseconds;

struct limiter_command {
  enum what { try_acquire, acquire, cancel, advance, set_rate } kind;
  unsigned a, b, c;
};

std::ostream& operator<<(std::ostream& out, const limiter_command& c) {
  static constexpr const char* names[] = {"try_acquire", "acquire", "cancel", "advance", "set_rate"};
  return out << names[c.kind] << '(' << c.a << ", " << c.b << ", " << c.c << ')';
}

braid::rate rate_of(const limiter_command& c) {
  return {.tokens = 1 + c.a % 7, .per = nanoseconds(1 + c.b % 20), .burst = 1 + c.c % 6};
}
long per_of(const braid::rate& r) {
  return r.per.count();
}

enum class token_state { waits, given, refused, cancelled };

/// One who acquires: what the model says of it, and the real one in a group of its own, to be cancelled alone.
struct token_party {
  token_party(const braid::context& ctx, std::uint64_t asked) : tokens(asked), group(ctx) {}
  const std::uint64_t tokens;
  token_state expected = token_state::waits;
  long expected_due = 0;

  token_state is = token_state::waits;
  long due = 0;
  braid::task_group group;
};

/// What was given, in order: when, how much, and the rate that held then.
struct grant {
  long at;
  long tokens;
  braid::rate in_force;
};

class limiter_world {
 public:
  explicit limiter_world(const braid::rate& first)
      : rate_(first), credit_(static_cast<long>(first.burst) * per_of(first)), limit_(clock_, first) {}
  ~limiter_world() {
    for (const auto& p : parties_) p->group.cancel();
    hand_.run();
    for (const auto& p : parties_) p->group.join().get();
  }

  void obey(const limiter_command& c) {
    switch (c.kind) {
      case limiter_command::try_acquire:
        return try_acquire(1 + c.a % 6);
      case limiter_command::acquire:
        return acquire(1 + c.a % 6);
      case limiter_command::cancel:
        return cancel(c.a);
      case limiter_command::advance:
        return advance(c.a % 40);
      case limiter_command::set_rate:
        return set_rate(rate_of(c));
    }
  }

  /// Everything comes to rest, and then is as the model says.
  void compare() {
    hand_.run();
    RC_ASSERT(limit_.rate() == rate_);
    for (const auto& p : parties_) {
      RC_ASSERT(p->is == p->expected);
      if (p->is == token_state::given) RC_ASSERT(p->due == p->expected_due);
    }
  }

  /// From each grant to each later one: no more than the burst then, and what the rates gave since.
  void check_bound() const {
    for (std::size_t i = 0; i < given_.size(); ++i) {
      long sum = 0;
      for (std::size_t j = i; j < given_.size(); ++j) {
        sum += given_[j].tokens;
        RC_ASSERT(static_cast<long>(sum - given_[i].in_force.burst) * scale <=
                  come_by(given_[j].at) - come_by(given_[i].at));
      }
    }
  }

 private:
  static constexpr long scale = 232'792'560;  ///< Divided by every number up to 20.

  long now() const { return (clock_.now() - start_).count(); }
  bool has(std::uint64_t tokens) const { return static_cast<long>(tokens) * per_of(rate_) <= credit_; }
  void give(std::uint64_t tokens) {
    credit_ -= static_cast<long>(tokens) * per_of(rate_);
    given_.push_back({time_, static_cast<long>(tokens), rate_});
  }
  void serve() {
    while (!queue_.empty() && has(queue_.front()->tokens)) {
      give(queue_.front()->tokens);
      queue_.front()->expected = token_state::given;
      queue_.front()->expected_due = time_;
      queue_.pop_front();
    }
  }
  /// Tokens that had come from the start to `time`, times scale, as if none were ever spilled.
  long come_by(long time) const { return come_[static_cast<std::size_t>(time)]; }

  void try_acquire(std::uint64_t tokens) {
    if (tokens > rate_.burst) {
      RC_ASSERT_THROWS_AS(static_cast<void>(limit_.try_acquire(tokens)), braid::limit_exceeded);
      return;
    }
    const bool possible = queue_.empty() && has(tokens);
    if (possible) give(tokens);
    RC_ASSERT(limit_.try_acquire(tokens) == possible);
  }

  void acquire(std::uint64_t tokens) {
    token_party& p = *parties_.emplace_back(std::make_unique<token_party>(ctx_, tokens));
    p.group.spawn(
        [](limiter_world* self, token_party* mine) -> braid::task<> {
          try {
            const braid::time_point due = co_await self->limit_.acquire(mine->tokens);
            mine->due = (due - self->start_).count();
            mine->is = token_state::given;
          } catch (const braid::limit_exceeded&) {
            mine->is = token_state::refused;
          } catch (const braid::cancelled&) {
            mine->is = token_state::cancelled;
          }
        },
        this, &p);
    if (tokens > rate_.burst) {
      p.expected = token_state::refused;
    } else {
      queue_.push_back(&p);
      serve();
    }
  }

  void cancel(unsigned which) {
    if (parties_.empty()) return;
    token_party& p = *parties_[which % parties_.size()];
    if (p.expected != token_state::waits) return;
    p.group.cancel();
    p.expected = token_state::cancelled;
    queue_.erase(std::find(queue_.begin(), queue_.end(), &p));
    serve();
  }

  void advance(long by) {
    clock_.advance(nanoseconds(by));
    for (; by > 0; --by) {
      ++time_;
      come_.push_back(come_.back() + static_cast<long>(rate_.tokens) * (scale / per_of(rate_)));
      credit_ = std::min(credit_ + static_cast<long>(rate_.tokens), static_cast<long>(rate_.burst) * per_of(rate_));
      serve();
    }
  }

  void set_rate(const braid::rate& next) {
    limit_.set_rate(next);
    credit_ = std::min(credit_ * per_of(next) / per_of(rate_), static_cast<long>(next.burst) * per_of(next));
    rate_ = next;
    std::erase_if(queue_, [&](token_party* p) {
      if (p->tokens <= next.burst) return false;
      p->expected = token_state::refused;
      return true;
    });
    serve();
  }

  braid::rate rate_;
  long credit_;  ///< In parts: one token is per_of(rate_) of them.
  long time_ = 0;
  std::vector<long> come_{0};
  std::vector<grant> given_;
  std::deque<token_party*> queue_;

  braid::manual_executor hand_;
  braid::manual_clock clock_;
  const braid::time_point start_ = clock_.now();
  braid::context ctx_{braid::environment{.executor = &hand_, .clock = &clock_}};
  braid::rate_limiter limit_;
  std::vector<std::unique_ptr<token_party>> parties_;
};

rc::Gen<limiter_command> commands_with(unsigned changes) {
  const auto number = rc::gen::inRange(0u, 1024u);
  const auto kind = rc::gen::weightedElement<limiter_command::what>({{3, limiter_command::try_acquire},
                                                                     {8, limiter_command::acquire},
                                                                     {2, limiter_command::cancel},
                                                                     {8, limiter_command::advance},
                                                                     {changes, limiter_command::set_rate}});
  return rc::gen::map(rc::gen::tuple(kind, number, number, number), [](const auto& t) {
    return limiter_command{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t)};
  });
}

void agrees(unsigned changes) {
  const auto script = *rc::gen::scale(4.0, rc::gen::container<std::vector<limiter_command>>(commands_with(changes)));
  limiter_world w(rate_of(*commands_with(0)));
  for (const limiter_command& c : script) {
    w.obey(c);
    w.compare();
  }
  w.check_bound();
}

}  // namespace

RC_GTEST_PROP(rate_model, a_limiter_with_one_rate_agrees, ()) {
  agrees(0);
}
RC_GTEST_PROP(rate_model, a_limiter_whose_rate_is_changed_agrees, ()) {
  agrees(3);
}
