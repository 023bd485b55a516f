// Turns signals into calls on the engine, and gives the view its ticks. One thread.
//
//   SIGINT (terminal)               1st: drain   2nd: SIGTERM to the jobs   3rd: SIGKILL
//   SIGINT (no terminal), SIGTERM   1st: SIGTERM to the jobs   2nd: SIGKILL
//   SIGQUIT (^\), SIGABRT           SIGKILL
//   any of these once more          the end at once, 128 + signal: output that stdout did not take is lost
//   SIGHUP                          drain
//   SIGTSTP                         jobs, their timeouts and braid stop until SIGCONT
//   SIGUSR1 / SIGUSR2               one slot more / fewer
//   any other that would end the program, sent by another process: as SIGTERM
//
// The thread never waits for stdout or stderr: it handles a signal even if their reader takes nothing more.
//
// A signal that was ignored when braid started (nohup, a background job of a script) stays ignored.
#pragma once

#include <signal.h>

#include <atomic>
#include <thread>

#include "braid/base/descriptor.hpp"
#include "braid/process/launcher.hpp"
#include "braid/runner/engine.hpp"
#include "cmd/braid/progress_view.hpp"

namespace braid::cmd {

/// Blocks these signals in the calling thread, which must not have started another thread yet: threads inherit the
/// mask. A blocked signal that stands for a fault of our own (SIGSEGV, SIGABRT of abort()) still ends the program. Also
/// ignores SIGPIPE and SIGXFSZ: a closed stdout and a limit of file sizes are errors like any other. Returns the
/// signals to wait for.
[[nodiscard]] sigset_t hold_signals();

class signal_handler {
 public:
  signal_handler(const sigset_t& held, runner::engine& engine, process::launcher& launcher, progress_view& view);
  /// Ends and joins the thread.
  ~signal_handler();

  /// Returns the last signal that asked the run to stop; 0 if there is none.
  [[nodiscard]] int stopped_by() const { return stopped_by_; }
  /// Returns true if a signal asked for the end of running jobs.
  [[nodiscard]] bool jobs_were_ended() const { return stage_ >= 2; }

 private:
  void serve();
  /// Obeys the signal, also where there is no memory to tell of it.
  void take(int signal);
  void obey(int signal);
  void stop_harder(int signal);
  [[noreturn]] void leave(int signal);
  void stand_still();

  runner::engine& engine_;
  process::launcher& launcher_;
  progress_view& view_;
  const bool terminal_;
  descriptor signals_, end_;
  std::atomic<int> stopped_by_ = 0;
  std::atomic<int> stage_ = 0;  ///< 1 draining, 2 terminating, 3 killing
  std::thread thread_;
};

}  // namespace braid::cmd
