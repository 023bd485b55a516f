// The fast way to make a process: one clone3 that also gives the pidfd and clears the signal handlers.
//
// posix_spawn sets or queries the disposition of each of the 64 signals in every child, with a system call each; here
// that was 40 % of a start. CLONE_CLEAR_SIGHAND (Linux 5.5) does it in the kernel. The child shares our memory, and the
// calling thread sleeps until the child's exec (CLONE_VM | CLONE_VFORK), so nothing is copied. The child runs on a
// stack of its own and makes raw system calls only. Every signal but SIGCHLD is blocked meanwhile, so no handler of
// ours runs in the child.
//
// The table of descriptors is shared as well at first (CLONE_FILES). The child's first act is to copy it, without what
// lies above its own descriptors (CLOSE_RANGE_UNSHARE, Linux 5.9). A copy made by clone would hold the pipes of all
// other children from then until the new child gets a processor. A job's end would wait for that.
#pragma once

#include <signal.h>

#include "braid/process/spawn.hpp"

namespace braid::process::detail {

/// Returns 0, or the errno of what failed, including the exec in the child; then no process is left. ENOSYS means that
/// this processor, kernel or build (a sanitizer's) cannot do it: nothing has happened, and posix_spawn must be used.
/// `to_default` are the signals that we ignore and the child must not. Any thread.
int clone_spawn(const spawn_request& request, const sigset_t& to_default, spawned& result) noexcept;

}  // namespace braid::process::detail
