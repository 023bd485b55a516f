// A place where one job runs at a time.
//
// Invariants
// 1. running_ points to the child of the current try, from its start to its end. mutex_ guards the pointer, input_ and
//    every call on the child except the wait for its end, so another thread can freeze the tree.
// 2. frozen_ is the last request of the run; a try that starts while it is set freezes its child at once.
// 3. Each try has its own pipes (process/capture.hpp). If a leftover of the try still holds a pipe when the outcome is
//    made, that pipe goes to the launcher, never to another try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "braid/base/descriptor.hpp"
#include "braid/process/capture.hpp"
#include "braid/process/child.hpp"
#include "braid/process/event_flag.hpp"
#include "braid/process/inherited_descriptors.hpp"
#include "braid/process/launcher.hpp"
#include "braid/runner/command_template.hpp"
#include "braid/runner/job.hpp"
#include "braid/runner/run_clock.hpp"
#include "braid/runner/run_observer.hpp"
#include "braid/runner/run_options.hpp"

namespace braid::runner {

/// The state that all slots of a run share; borrowed.
struct slot_surroundings {
  const command_template& command;
  const run_options& options;
  process::launcher& launcher;
  run_observer& observer;
  const run_clock& clock;
  const process::event_flag& stop;                      ///< set: end running jobs, SIGTERM first
  const process::event_flag& hurry;                     ///< set: SIGKILL at once
  std::vector<process::descriptor_range> closed_early;  ///< descriptors that no child inherits; see process::command
};

class slot {
 public:
  slot(std::size_t number, const slot_surroundings& shared) : number_(number), shared_(shared) {}

  [[nodiscard]] std::size_t number() const { return number_; }

  /// Runs one try of `what`, from start to end, on the calling thread, and returns how it ended. The outcome's records
  /// belong to this slot and are valid until the next call. Throws process::spawn_error if the command cannot be
  /// started for any input, and shortage if it cannot be started for the moment. Throws std::bad_alloc if there was no
  /// memory to see a started job to its end; its whole tree has been killed then.
  [[nodiscard]] outcome run(const job& what);

  /// Returns the number of the input whose job has this process as its child; 0 if there is none. Any thread.
  [[nodiscard]] std::uint64_t input_of(pid_t child);

  /// Stops the tree of the running job and of later ones, or lets them continue. Any thread.
  void freeze(bool frozen);

 private:
  class known_child;

  std::optional<process::child> start(const job& what, outcome& result);
  job_state watch(process::child& child, outcome& result);
  void end_tree(process::child& child, outcome& result);
  void await_end(process::child& child, const std::vector<process::process_info>& refused);
  bool ends(process::child& child, const process::event_flag* stop, std::chrono::steady_clock::time_point until);
  void note_end(process::child& child, job_state why, outcome& result);
  void note_output(outcome& result);
  void note_leftovers(process::child& child, outcome& result);
  void drain_late(const outcome& result);

  const std::size_t number_;
  const slot_surroundings& shared_;
  process::capture capture_;

  std::mutex mutex_;
  process::child* running_ = nullptr;
  std::uint64_t input_ = 0;  ///< of running_
  bool frozen_ = false;
};

}  // namespace braid::runner
