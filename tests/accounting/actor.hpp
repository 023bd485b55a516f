// One line of control of an episode, a thread or a task: it performs random operations on its ends of the channels
// and books what becomes of every value that passes through its hands.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "braid/base/random.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "ledger.hpp"
#include "tally.hpp"

namespace accounting {

/// What a channel is closed with, where it is closed with an error.
struct closed_with {};

/// An actor's ends of one channel: one of them, or both.
struct seat {
  std::optional<braid::sender<tracked>> tx;
  std::optional<braid::receiver<tracked>> rx;
  bool rendezvous = false;
};

class actor {
 public:
  /// `clock` times the waits of selects; null: the default one.
  actor(ledger& book, std::uint64_t seed, std::vector<seat> seats, unsigned operations, braid::context parent,
        braid::clock* clock);
  /// The others, whose contexts it may cancel. Before it starts.
  void meets(std::vector<actor*> peers) { peers_ = std::move(peers); }

  // --- what steps ask ---
  bool goes_on() const noexcept;
  std::uint32_t below(std::uint32_t bound) noexcept { return random_.below(bound); }
  seat& any_seat() noexcept { return seats_[below(static_cast<std::uint32_t>(seats_.size()))]; }
  tracked make(bool by_select) noexcept { return book_.make(by_select); }
  braid::duration short_time() noexcept;
  braid::clock& clock() const;
  /// A context of its own, which anybody may cancel; a fresh one once it is.
  braid::context ctx();
  void cancel_own();
  void cancel_a_peer() { peers_[below(static_cast<std::uint32_t>(peers_.size()))]->cancel_own(); }

  // --- what steps report ---
  void starts(kind k) noexcept { doing_ = static_cast<int>(k); }
  void record(kind k, outcome o) noexcept;
  void received(tracked value, bool by_select, bool rendezvous) noexcept;
  void found(std::string fault) { fault_ = std::move(fault); }
  /// Gives up its ends.
  void leaves() noexcept {
    seats_.clear();
    doing_ = -1;
  }

  bool parked = false;  ///< Of the operation in hand; written by watched<>.

  // --- what the episode asks ---
  const tally& counts() const noexcept { return counts_; }
  const std::string& fault() const noexcept { return fault_; }
  std::uint64_t done() const noexcept { return done_; }
  std::string describe() const;

 private:
  ledger& book_;
  braid::random_engine random_;
  std::vector<seat> seats_;
  unsigned operations_;
  const braid::context parent_;
  braid::clock* const clock_;
  std::vector<actor*> peers_;
  unsigned closed_seen_ = 0;
  tally counts_;
  std::string fault_;

  std::mutex mutex_;  ///< Covers own_.
  std::optional<braid::cancellable> own_;

  std::atomic<std::uint64_t> done_{0};
  std::atomic<int> doing_{-2};  ///< The kind in hand; -2: not started, -1: has left.
};

/// The whole life of an actor in either style.
braid::task<> live_as_task(actor& a);
void live_on_thread(actor& a);

}  // namespace accounting
