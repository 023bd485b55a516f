// The one place that makes processes: posix_spawn and pidfd_open, never fork.
//
// glibc's posix_spawn is clone(CLONE_VM | CLONE_VFORK): no page table is copied, so its price does not grow with our
// memory; the calling thread sleeps until the exec, all others run on. glibc blocks every signal meanwhile, so no
// handler of ours runs in the child.
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include "braid/process/descriptor.hpp"

namespace braid::process::detail {

/// Everything of a start that is the same for every child. Immutable after construction, so any thread may read it.
class spawn_attributes {
 public:
  /// Dispositions: all default, but SIGHUP stays ignored if it is ignored now. Throws std::bad_alloc.
  spawn_attributes();
  ~spawn_attributes();
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

/// What differs. Pointers are borrowed for the call; `descriptors` become 0, 1 and 2 and may be any open ones.
struct spawn_request {
  const char* path = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;  // null: ours
  int descriptors[3] = {0, 1, 2};
};

struct spawned {
  pid_t pid = 0;
  descriptor handle;  // pidfd
};

/// 0, or the errno of what failed, the exec in the child included; then no process is left. Any thread.
/// EMFILE after the program has already begun (no number left for the pidfd) kills it again.
int spawn(const spawn_attributes& attributes, const spawn_request& request, spawned& result);

/// False on a kernel without pidfd_open.
bool pidfd_works() noexcept;

/// pidfd_open; empty if there is no such process. Any thread.
descriptor open_process(pid_t pid) noexcept;

/// Signals the process behind a pidfd; 0 or errno. Any thread.
int signal_process(const descriptor& handle, int signal) noexcept;

}  // namespace braid::process::detail
