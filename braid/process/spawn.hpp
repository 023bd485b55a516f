// The one place that makes processes: clone3 if it can (clone_spawn.hpp), else posix_spawn and pidfd_open. Never fork.
//
// Both share our memory with the child until its exec. No page table is copied, so the price does not grow with our
// memory. The calling thread sleeps until the exec; all others run on. Signals are blocked meanwhile, so no handler of
// ours runs in the child.
#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <span>

#include "braid/base/descriptor.hpp"
#include "braid/process/inherited_descriptors.hpp"

namespace braid::process::detail {

/// The part of a start that is the same for every child. Immutable after construction, so any thread may read it.
class spawn_attributes {
 public:
  /// Dispositions: all default, but SIGHUP stays ignored if it is ignored now. Of the signals that the program begins
  /// to ignore later, SIGPIPE gets its default back, and others stay ignored. Throws std::bad_alloc.
  spawn_attributes();
  ~spawn_attributes();
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  const posix_spawnattr_t* get() const noexcept { return &attributes_; }
  /// Signals ignored by us, but not by children.
  const sigset_t& ignored() const noexcept { return ignored_; }

 private:
  sigset_t ignored_;
  posix_spawnattr_t attributes_;
};

/// The part of a start that differs. Pointers are borrowed for the call; `descriptors`, any open ones, become 0 to 2.
struct spawn_request {
  const char* path = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;  // null for ours
  int descriptors[3] = {0, 1, 2};
  std::span<const descriptor_range> closed_early;  // see command
  const rlimit* descriptor_limit = nullptr;        // the child's RLIMIT_NOFILE; null for ours
};

struct spawned {
  pid_t pid = 0;
  descriptor handle;  // pidfd
};

/// How long to try to watch a child that has started, while descriptors or memory are lacking.
inline constexpr std::chrono::milliseconds watch_patience{10'000};

/// Returns 0, or the errno of what failed, including the exec in the child; then no process is left. Any thread. An
/// errno of a shortage means that nothing of the program has run. ETIMEDOUT, from posix_spawn alone, means that it ran,
/// could not be watched, and was killed. With posix_spawn its first instructions may see our RLIMIT_NOFILE.
int spawn(const spawn_attributes& attributes, const spawn_request& request, spawned& result);

/// Waits for a child that has ended or is about to, and reaps it. Any thread.
void reap(pid_t pid) noexcept;

/// Returns false on a kernel without pidfd_open.
bool pidfd_works() noexcept;

/// Calls pidfd_open; returns empty if there is no such process. Any thread.
descriptor open_process(pid_t pid) noexcept;

/// Signals the process behind a pidfd; returns 0 or errno. Any thread.
int signal_process(const descriptor& handle, int signal) noexcept;

}  // namespace braid::process::detail
