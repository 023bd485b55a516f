// One episode: a few channels, a few actors on them, and a conductor that cancels, closes and lets time pass under
// them. It ends when every actor has left; then every value is accounted for.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actor.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "crew.hpp"

namespace accounting {

/// What all episodes share.
class stage {
 public:
  ledger book;
  crew threads{3};
  braid::work_stealing_executor one_worker{1};
  braid::work_stealing_executor two_workers{2};
  tally counts;
  std::array<std::uint64_t, fates> fates_seen{};
};

class episode {
 public:
  episode(stage& on, std::uint64_t seed);
  /// Runs to its end. Empty if every value is accounted for; else the fault.
  std::string run();
  /// For the watchdog; any thread.
  std::string describe();

 private:
  /// The conductor's own ends, where it is the one that closes.
  struct line {
    std::optional<braid::sender<tracked>> tx;
    std::optional<braid::receiver<tracked>> rx;
    bool rendezvous;
  };
  void make_channels();
  void make_actors();
  std::vector<seat> seats_for(std::size_t actor);
  void start(braid::task_group& group);
  void conduct(braid::task_group& group);
  bool wait_for_progress();
  void close(line& l);
  std::string account();
  std::uint64_t done() const noexcept;

  stage& on_;
  braid::random_engine random_;
  braid::manual_clock clock_;
  const bool manual_time_;
  const bool by_dropping_;  ///< One channel, sides kept apart, closed by nobody: it ends when the ends are dropped.
  const bool with_hook_;    ///< Channels have an on_drop.
  braid::executor& executor_;
  braid::cancellable root_;
  std::vector<line> lines_;
  std::size_t dropped_unhooked_ = 0;

  std::mutex mutex_;  ///< Covers the vector, for the watchdog.
  std::vector<std::unique_ptr<actor>> actors_;
  std::uint64_t script_ = 0;    ///< Operations that all actors would do if nothing ended them.
  std::size_t on_threads_ = 0;  ///< The first so many actors are threads.
};

}  // namespace accounting
