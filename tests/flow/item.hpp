// What flows through the pipelines: an item that can only be moved, and whose end is counted, once.
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <utility>

namespace pipelines {

/// Which item of which source; and which part, where a flat_map has split it. No two are equal in a run.
struct key {
  int source, place, part;
  auto operator<=>(const key&) const = default;
};

enum class fate { cut, delivered, filtered, split, failed, handed_back };

class ledger {
 public:
  void begin() noexcept { ++begun_; }
  void end(fate f, int source) noexcept {
    ++ended_[static_cast<std::size_t>(f)];
    if (f == fate::cut || f == fate::failed) ++lost_[static_cast<std::size_t>(source) % lost_.size()];
  }
  long begun() const noexcept { return begun_; }
  long ended(fate f) const noexcept { return ended_[static_cast<std::size_t>(f)]; }
  /// Items of `source` that no hook, sink or function has an explanation for.
  long lost(int source) const noexcept { return lost_[static_cast<std::size_t>(source) % lost_.size()]; }
  long ended() const noexcept {
    long all = 0;
    for (const std::atomic<long>& each : ended_) all += each;
    return all;
  }

 private:
  std::atomic<long> begun_{0};
  std::array<std::atomic<long>, 6> ended_{};
  std::array<std::atomic<long>, 256> lost_{};
};

class item {
 public:
  item(ledger& in, key k) noexcept : id(k), in_(&in) { in.begin(); }
  item(item&& other) noexcept : id(other.id), fate_(other.fate_), in_(std::exchange(other.in_, nullptr)) {}
  item& operator=(item&& other) noexcept {
    item old(std::move(*this));
    id = other.id;
    fate_ = other.fate_;
    in_ = std::exchange(other.in_, nullptr);
    return *this;
  }
  ~item() {
    if (in_) in_->end(fate_, id.source);
  }
  /// What its end will be. One that nobody has said anything of was cut off.
  void will_be(fate f) const noexcept { fate_ = f; }

  key id;

 private:
  mutable fate fate_ = fate::cut;
  ledger* in_;  ///< Null: it was moved from.
};

}  // namespace pipelines
