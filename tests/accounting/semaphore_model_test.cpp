// Semaphores against a model: random commands on one thread, each of which has come to rest before it is compared.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/select.hpp"
#include "braid/sync/semaphore.hpp"
#include "braid/sync/task_group.hpp"

namespace {

struct command {
  enum what { try_acquire, perform, drop_result, release, split, cancel, resize, kinds } kind;
  unsigned a, b;
};

std::ostream& operator<<(std::ostream& out, const command& c) {
  static constexpr const char* names[] = {"try_acquire", "perform", "drop_result", "release",
                                          "split",       "cancel",  "resize"};
  return out << names[c.kind] << '(' << c.a << ", " << c.b << ')';
}

enum class state { waits, ended, refused, cancelled };

/// One who acquires: what the model says of it, and the real one in a group of its own, to be cancelled alone.
struct party {
  party(const braid::context& ctx, std::size_t asked, bool takes) : weight(asked), takes_result(takes), group(ctx) {}
  const std::size_t weight;
  const bool takes_result;  ///< False: the operation ends with what it has won.
  state expected = state::waits;
  std::size_t expected_held = 0;

  state is = state::waits;
  std::optional<braid::permit> held;
  braid::task_group group;
};

class world {
 public:
  explicit world(std::size_t capacity) : sem_(capacity), capacity_(capacity) {}
  ~world() {
    for (const auto& p : parties_) p->group.cancel();
    hand_.run();
    for (const auto& p : parties_) p->group.join().get();
    parties_.clear();
  }

  void obey(const command& c) {
    switch (c.kind) {
      case command::try_acquire:
        return try_acquire(1 + c.a % 6);
      case command::perform:
      case command::drop_result:
        return perform(1 + c.a % 6, c.kind == command::perform);
      case command::release:
      case command::split:
        return release(c.a, c.b, c.kind == command::split);
      case command::cancel:
        return cancel(c.a);
      default:
        return resize(c.a % 8);
    }
  }

  /// Everything comes to rest, and then is as the model says.
  void compare() {
    hand_.run();
    RC_ASSERT(sem_.capacity() == capacity_);
    RC_ASSERT(sem_.held() == held_);
    for (const auto& p : parties_) {
      RC_ASSERT(p->is == p->expected);
      RC_ASSERT((p->held ? p->held->weight() : 0) == p->expected_held);
    }
  }

 private:
  bool fits(std::size_t weight) const { return held_ + weight <= capacity_; }
  void serve() {
    while (!queue_.empty() && fits(queue_.front()->weight)) {
      grant(*queue_.front());
      queue_.pop_front();
    }
  }
  void grant(party& p) {
    p.expected = state::ended;
    p.expected_held = p.takes_result ? p.weight : 0;  // what nobody takes is back by the time all is at rest
    held_ += p.expected_held;
  }
  static void refuse(party& p) { p.expected = p.takes_result ? state::refused : state::ended; }

  void try_acquire(std::size_t weight) {
    if (weight > capacity_) {
      RC_ASSERT_THROWS_AS(static_cast<void>(sem_.try_acquire(weight)), braid::limit_exceeded);
    } else {
      RC_ASSERT(sem_.try_acquire(weight).has_value() == (queue_.empty() && fits(weight)));
    }
  }

  void perform(std::size_t weight, bool takes_result) {
    party& p = *parties_.emplace_back(std::make_unique<party>(ctx_, weight, takes_result));
    p.group.spawn(play, &sem_, &p);
    if (weight > capacity_) {
      refuse(p);
    } else {
      queue_.push_back(&p);
      serve();
    }
  }

  static braid::task<> play(braid::semaphore* sem, party* p) {
    try {
      auto op = sem->acquire(p->weight);
      static_cast<void>(co_await braid::select(op));
      if (p->takes_result) p->held = op.result();
      p->is = state::ended;
    } catch (const braid::limit_exceeded&) {
      p->is = state::refused;
    } catch (const braid::cancelled&) {
      p->is = state::cancelled;
    }
  }

  void release(unsigned which, unsigned part, bool split) {
    if (parties_.empty()) return;
    party& p = *parties_[which % parties_.size()];
    if (!p.held) return;
    const std::size_t back = split ? part % (p.expected_held + 1) : p.expected_held;
    if (split) {
      static_cast<void>(p.held->split(back));
    } else {
      p.held->release();
    }
    p.expected_held -= back;
    held_ -= back;
    serve();
  }

  void cancel(unsigned which) {
    if (parties_.empty()) return;
    party& p = *parties_[which % parties_.size()];
    if (p.expected != state::waits) return;
    p.group.cancel();
    p.expected = state::cancelled;
    queue_.erase(std::find(queue_.begin(), queue_.end(), &p));
    serve();
  }

  void resize(std::size_t capacity) {
    sem_.resize(capacity);
    capacity_ = capacity;
    std::erase_if(queue_, [&](party* p) {
      if (p->weight <= capacity_) return false;
      refuse(*p);
      return true;
    });
    serve();
  }

  braid::manual_executor hand_;
  braid::context ctx_{braid::environment{.executor = &hand_}};
  braid::semaphore sem_;
  std::size_t capacity_, held_ = 0;
  std::deque<party*> queue_;
  std::vector<std::unique_ptr<party>> parties_;
};

rc::Gen<std::vector<command>> commands() {
  const auto number = rc::gen::inRange(0u, 1024u);
  const auto kind = rc::gen::weightedElement<command::what>({{4, command::try_acquire},
                                                             {12, command::perform},
                                                             {2, command::drop_result},
                                                             {8, command::release},
                                                             {6, command::split},
                                                             {4, command::cancel},
                                                             {3, command::resize}});
  return rc::gen::scale(4.0, rc::gen::container<std::vector<command>>(
                                 rc::gen::map(rc::gen::tuple(kind, number, number), [](const auto& t) {
                                   return command{std::get<0>(t), std::get<1>(t), std::get<2>(t)};
                                 })));
}

}  // namespace

RC_GTEST_PROP(semaphore_model, agrees, ()) {
  const std::vector<command> script = *commands();
  world w(*rc::gen::inRange<std::size_t>(0, 8));
  for (const command& c : script) {
    w.obey(c);
    w.compare();
  }
}
