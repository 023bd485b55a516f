// A plan made real: streams, the threads that feed them, and gauges in every stage.
#pragma once

#include <deque>
#include <stdexcept>
#include <thread>
#include <vector>

#include "braid/flow/stream.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "flow/plan.hpp"

namespace pipelines {

/// What a source or a function throws.
struct failed : std::runtime_error {
  failed(int node_id, key k) : std::runtime_error("made to fail"), what_failed(node_id, k) {}
  const failure what_failed;
};

/// Counts one stage's items. Any thread.
class gauge {
 public:
  explicit gauge(const node& n) : of(&n) {}
  void pulled() noexcept { note(most_in_flight_, ++pulled_ - taken_); }
  void taken() noexcept { ++taken_; }
  void begin() noexcept { note(most_running_, ++running_); }
  void end() noexcept { --running_; }
  int most_in_flight() const noexcept { return most_in_flight_; }
  int most_running() const noexcept { return most_running_; }

  const node* const of;

 private:
  static void note(std::atomic<int>& most, int now) noexcept {
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
  }
  std::atomic<int> pulled_{0}, taken_{0}, running_{0}, most_in_flight_{0}, most_running_{0};
};

/// Outlives the stream that it makes.
class assembly {
 public:
  assembly() : own_(braid::with_cancel()) {}
  braid::stream<item> make(const node& of);
  /// What the channels still hold goes back; the threads end. The stream has gone.
  void take_back();

  const braid::context& ctx() const noexcept { return own_.ctx; }
  void cancel() const { own_.cancel("in the middle"); }
  const ledger& items() const noexcept { return items_; }
  const std::deque<gauge>& gauges() const noexcept { return gauges_; }

 private:
  struct channel {
    explicit channel(braid::channel<item> of) : tx(std::move(of.tx)), rx(std::move(of.rx)) {}
    braid::sender<item> tx;
    braid::receiver<item> rx;
  };

  braid::stream<item> source(const node& of);
  braid::stream<item> several(const node& of);
  braid::stream<item> parallel(const node& of, braid::stream<item> from);
  void enter(const node& of, const item& x) const;
  std::vector<item> parts_of(const node& of, const item& x);
  static braid::task<item> in_task(const assembly* self, gauge* g, item x);
  item on_thread(gauge& g, item x) const;

  const braid::cancellable own_;
  ledger items_;
  std::deque<gauge> gauges_;
  std::deque<channel> channels_;
  std::vector<std::thread> feeders_;
};

}  // namespace pipelines
