// A plan made real: streams, the threads that feed them, and gauges in every stage.
#pragma once

#include <deque>
#include <stdexcept>
#include <thread>
#include <vector>

#include "braid/flow/stream.hpp"
#include "braid/pool/worker_pool.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "flow/gauge.hpp"

namespace pipelines {

/// What a source or a function throws.
struct failed : std::runtime_error {
  failed(int node_id, key k) : std::runtime_error("made to fail"), what_failed(node_id, k) {}
  const failure what_failed;
};

/// Who has won a race. Any thread.
class podium {
 public:
  explicit podium(const node& n) : of(&n) {}
  /// An item of `source` has come out of the race.
  void gave_item(int source) noexcept {
    const int input = input_with(*of, source);
    int nobody = -1;
    if (!winner_.compare_exchange_strong(nobody, input) && nobody != input) others_ = true;
  }
  int winner() const noexcept { return winner_; }
  /// Items of a second stream have come out.
  bool is_shared() const noexcept { return others_; }

  const node* const of;

 private:
  std::atomic<int> winner_{-1};
  std::atomic<bool> others_{false};
};

/// Outlives the stream that it makes.
class assembly {
 public:
  assembly() : own_(braid::with_cancel()) {}
  braid::stream<item> make(const node& of);
  /// What the channels still hold goes back; the threads end. The stream has gone.
  void take_back();

  /// What the channels have counted as lost.
  long counted_lost() const;

  const braid::context& ctx() const noexcept { return own_.ctx; }
  void cancel() const { own_.cancel("in the middle"); }
  /// Those that have begun, at random, to at most what their plan says.
  void resize_pools(braid::random_engine& random);
  /// The stream has gone: each item that went into a pool was counted by it, once.
  bool pools_are_settled() const;
  const std::deque<podium>& races() const noexcept { return races_; }
  const ledger& items() const noexcept { return items_; }
  const std::deque<gauge>& gauges() const noexcept { return gauges_; }

 private:
  using pool = braid::worker_pool<item, item>;
  struct pool_of {
    gauge* g;
    std::unique_ptr<pool> workers;
  };
  struct channel {
    explicit channel(braid::channel<item> of) : tx(std::move(of.tx)), rx(std::move(of.rx)) {}
    braid::sender<item> tx;
    braid::receiver<item> rx;
  };

  braid::stream<item> source(const node& of);
  braid::stream<item> several(const node& of);
  braid::stream<item> parallel(const node& of, braid::stream<item> from);
  braid::stream<item> through_pool(const node& of, braid::stream<item> from);
  std::unique_ptr<pool> make_pool(gauge& g);
  void enter(const node& of, const item& x) const;
  std::vector<item> parts_of(const node& of, const item& x);
  static braid::task<item> in_task(const assembly* self, gauge* g, item x);
  item on_thread(gauge& g, item x) const;

  const braid::cancellable own_;
  ledger items_;
  std::deque<gauge> gauges_;
  std::deque<podium> races_;
  std::deque<pool_of> pools_;
  std::deque<channel> channels_;
  std::vector<std::thread> feeders_;
};

}  // namespace pipelines
