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

struct semaphore_command {
  enum what { try_acquire, perform, drop_result, release, split, cancel, resize, kinds } kind;
  unsigned a, b;
};

std::ostream& operator<<(std::ostream& out, const semaphore_command& c) {
  static constexpr const char* names[] = {"try_acquire", "perform", "drop_result", "release",
                                          "split",       "cancel",  "resize"};
  return out << names[c.kind] << '(' << c.a << ", " << c.b << ')';
}

enum class permit_state { waits, ended, refused, cancelled };

/// One who acquires: what the model says of it, and the real one in a group of its own, to be cancelled alone.
struct permit_party {
  permit_party(const braid::context& ctx, std::size_t asked, bool takes)
      : weight(asked), takes_result(takes), group(ctx) {}
  const std::size_t weight;
  const bool takes_result;  ///< False: the operation ends with what it has won.
  permit_state expected = permit_state::waits;
  std::size_t expected_held = 0;

  permit_state is = permit_state::waits;
  std::optional<braid::permit> held;
  braid::task_group group;
};

class semaphore_world {
 public:
  explicit semaphore_world(std::size_t capacity) : sem_(capacity), capacity_(capacity) {}
  ~semaphore_world() {
    for (const auto& p : parties_) p->group.cancel();
    hand_.run();
    for (const auto& p : parties_) p->group.join().get();
    parties_.clear();
  }

  void obey(const semaphore_command& c) {
    switch (c.kind) {
      case semaphore_command::try_acquire:
        return try_acquire(1 + c.a % 6);
      case semaphore_command::perform:
      case semaphore_command::drop_result:
        return perform(1 + c.a % 6, c.kind == semaphore_command::perform);
      case semaphore_command::release:
      case semaphore_command::split:
        return release(c.a, c.b, c.kind == semaphore_command::split);
      case semaphore_command::cancel:
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
  void grant(permit_party& p) {
    p.expected = permit_state::ended;
    p.expected_held = p.takes_result ? p.weight : 0;  // what nobody takes is back by the time all is at rest
    held_ += p.expected_held;
  }
  static void refuse(permit_party& p) { p.expected = p.takes_result ? permit_state::refused : permit_state::ended; }

  void try_acquire(std::size_t weight) {
    if (weight > capacity_) {
      RC_ASSERT_THROWS_AS(static_cast<void>(sem_.try_acquire(weight)), braid::limit_exceeded);
    } else {
      RC_ASSERT(sem_.try_acquire(weight).has_value() == (queue_.empty() && fits(weight)));
    }
  }

  void perform(std::size_t weight, bool takes_result) {
    permit_party& p = *parties_.emplace_back(std::make_unique<permit_party>(ctx_, weight, takes_result));
    p.group.spawn(play, &sem_, &p);
    if (weight > capacity_) {
      refuse(p);
    } else {
      queue_.push_back(&p);
      serve();
    }
  }

  static braid::task<> play(braid::semaphore* sem, permit_party* p) {
    try {
      auto op = sem->acquire(p->weight);
      static_cast<void>(co_await braid::select(op));
      if (p->takes_result) p->held = op.result();
      p->is = permit_state::ended;
    } catch (const braid::limit_exceeded&) {
      p->is = permit_state::refused;
    } catch (const braid::cancelled&) {
      p->is = permit_state::cancelled;
    }
  }

  void release(unsigned which, unsigned part, bool split) {
    if (parties_.empty()) return;
    permit_party& p = *parties_[which % parties_.size()];
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
    permit_party& p = *parties_[which % parties_.size()];
    if (p.expected != permit_state::waits) return;
    p.group.cancel();
    p.expected = permit_state::cancelled;
    queue_.erase(std::find(queue_.begin(), queue_.end(), &p));
    serve();
  }

  void resize(std::size_t capacity) {
    sem_.resize(capacity);
    capacity_ = capacity;
    std::erase_if(queue_, [&](permit_party* p) {
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
  std::deque<permit_party*> queue_;
  std::vector<std::unique_ptr<permit_party>> parties_;
};

rc::Gen<std::vector<semaphore_command>> commands() {
  const auto number = rc::gen::inRange(0u, 1024u);
  const auto kind = rc::gen::weightedElement<semaphore_command::what>({{4, semaphore_command::try_acquire},
                                                                       {12, semaphore_command::perform},
                                                                       {2, semaphore_command::drop_result},
                                                                       {8, semaphore_command::release},
                                                                       {6, semaphore_command::split},
                                                                       {4, semaphore_command::cancel},
                                                                       {3, semaphore_command::resize}});
  return rc::gen::scale(4.0, rc::gen::container<std::vector<semaphore_command>>(
                                 rc::gen::map(rc::gen::tuple(kind, number, number), [](const auto& t) {
                                   return semaphore_command{std::get<0>(t), std::get<1>(t), std::get<2>(t)};
                                 })));
}

}  // namespace

RC_GTEST_PROP(semaphore_model, agrees, ()) {
  const std::vector<semaphore_command> script = *commands();
  semaphore_world w(*rc::gen::inRange<std::size_t>(0, 8));
  for (const semaphore_command& c : script) {
    w.obey(c);
    w.compare();
  }
}
