// Exact accounting of one schedule's values: each is with a receiver, in the buffer, or still its sender's.
#pragma once

#include <array>

#include "explore/explore.hpp"

namespace explore {

/// Values are small numbers, each offered once. Every explored thread notes what happened to its own values only.
class ledger {
 public:
  static constexpr int most = 8;

  void sent(int value) { note(sent_, value); }
  void kept(int value) { note(kept_, value); }
  void received(int value) { note(received_, value); }
  void buffered(int value) { note(received_, value); }

  /// The last word on a send that has been performed or has lost: result() and, unless sent, the value it still holds.
  template<class Send>
  void settle(Send& op, int value) {
    if (op.result()) return sent(value);
    check(op.value() == value, "a send that did not commit lost its value");
    kept(value);
  }

  /// As settle, on what a receive gave.
  template<class Optional>
  bool take(const Optional& given) {
    if (given) received(*given);
    return given.has_value();
  }

  void check_exact() const {
    for (int v = 0; v < most; ++v) {
      check(received_[v] <= 1, "a value came twice");
      check(sent_[v] + kept_[v] <= 1, "a value was settled twice");
      check(received_[v] == sent_[v], sent_[v] == 1 ? "a value was lost" : "a value arrived that its sender still has");
    }
  }
  [[nodiscard]] int count_received() const {
    int n = 0;
    for (const int r : received_) n += r;
    return n;
  }

 private:
  using tally = std::array<int, most>;
  static void note(tally& t, int value) {
    check(value >= 0 && value < most, "a value nobody sent");
    ++t[value];
  }

  tally sent_{}, kept_{}, received_{};
};

}  // namespace explore
