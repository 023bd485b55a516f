// How many items are in one stage of a pipeline, and how many run in its function.
//
// A stage lets go of a result inside of the pull that gives it, and may fill the free place at once, on another thread,
// before the pull has returned. From outside, where a result counts as taken when it has come out, the stage then holds
// one more than it does. So there are two bounds, and both are exact: while nobody pulls the stage, what is in flight
// is at most workers + slack (law F1); while somebody does, there may be one more, which is on its way out.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "braid/flow/serial_stage.hpp"
#include "flow/plan.hpp"

namespace pipelines {

/// Any thread.
class gauge {
 public:
  explicit gauge(const node& n) : of(&n) {}
  /// An item has gone in.
  void pulled() noexcept {
    ++pulled_;
    note(word_ += one_item);
  }
  /// The next stage asks for an item, and has an answer: one, or none.
  void asked() noexcept { word_ += is_asked; }
  void answered(bool by_item) noexcept { note(word_ -= is_asked + (by_item ? one_item : 0)); }
  void begin() noexcept { raise(most_running_, ++running_); }
  void end() noexcept { --running_; }

  long all_pulled() const noexcept { return pulled_; }
  int most_at_rest() const noexcept { return most_at_rest_; }
  int most_when_asked() const noexcept { return most_when_asked_; }
  int most_running() const noexcept { return most_running_; }

  const node* const of;

 private:
  static constexpr int is_asked = 1, one_item = 2;

  void note(int word) noexcept { raise(word & is_asked ? most_when_asked_ : most_at_rest_, word / one_item); }
  static void raise(std::atomic<int>& most, int now) noexcept {
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
  }

  std::atomic<int> word_{0};  ///< Both in one, so that none is seen without the other.
  std::atomic<long> pulled_{0};
  std::atomic<int> running_{0}, most_running_{0}, most_at_rest_{0}, most_when_asked_{0};
};

/// Behind a stage: sees each pull of it, and what comes out.
template<class T>
class gauged final : public braid::detail::serial_stage<T, T> {
 public:
  gauged(std::unique_ptr<braid::detail::pull_stage<T>> from, gauge& g)
      : braid::detail::serial_stage<T, T>(std::move(from)), gauge_(g) {}
  braid::detail::pulled pull(std::optional<T>& into, braid::detail::waits& until) override {
    struct answer {
      gauge& g;
      bool by_item = false;
      ~answer() { g.answered(by_item); }
    } given{gauge_};
    gauge_.asked();
    const braid::detail::pulled got = this->from_->pull(into, until);
    given.by_item = got == braid::detail::pulled::item;
    return got;
  }

 private:
  gauge& gauge_;
};

inline auto count_out(gauge& g) {
  const auto make = [&g]<class T>(std::unique_ptr<braid::detail::pull_stage<T>> from) {
    return braid::detail::make_stage<gauged<T>>(std::move(from), g);
  };
  return braid::detail::stage<decltype(make)>{make};
}

}  // namespace pipelines
