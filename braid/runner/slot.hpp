// A place where one job runs at a time.
//
// Invariants
// 1. running_ points to the child of the try that is under way, from its start to its end; mutex_ guards the pointer
//    and every call on the child but the wait for its end, so another thread can freeze the tree.
// 2. frozen_ is what the run last asked for; a try that starts while it is set freezes its child at once.
// 3. The spools are reused only when no process of the last job is left that could write to them.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>

#include "braid/process/child.hpp"
#include "braid/process/launcher.hpp"
#include "braid/process/spool.hpp"
#include "braid/runner/command_template.hpp"
#include "braid/runner/job.hpp"
#include "braid/runner/run_clock.hpp"
#include "braid/runner/run_options.hpp"
#include "braid/sync/context.hpp"

namespace braid::runner {

/// What all slots of a run share; borrowed.
struct slot_surroundings {
  const command_template& command;
  const run_options& options;
  process::launcher& launcher;
  const run_clock& clock;
  const context& stop;   ///< cancelled: end what runs, SIGTERM first
  const context& hurry;  ///< cancelled: SIGKILL at once
};

class slot {
 public:
  slot(std::size_t number, const slot_surroundings& shared) : number_(number), shared_(shared) {}

  [[nodiscard]] std::size_t number() const { return number_; }

  /// One try of `what`, from start to end, on the calling thread; how it ended. The outcome's spools are this slot's
  /// and hold until the next call. Throws process::spawn_error if the command cannot be started for any input, and
  /// std::system_error if there is no room for its output.
  [[nodiscard]] outcome run(const job& what);

  /// Stops the tree of the running job, and of those to come, or lets it go on. Any thread.
  void freeze(bool frozen);

 private:
  std::optional<process::child> start(const job& what, outcome& result);
  job_state watch(process::child& child);
  void end_tree(process::child& child);
  void note_end(process::child& child, job_state why, outcome& result);
  void ready_spools();

  const std::size_t number_;
  const slot_surroundings& shared_;
  std::optional<process::spool> out_, err_;
  bool spools_are_free_ = false;

  std::mutex mutex_;
  process::child* running_ = nullptr;
  bool frozen_ = false;
};

}  // namespace braid::runner
