// The fast way to make a process: one clone3 that also gives the pidfd and clears the signal handlers.
//
// posix_spawn sets or asks the disposition of each of the 64 signals in every child, with a system call each; here that
// was 40 % of a start. CLONE_CLEAR_SIGHAND (Linux 5.5) does it in the kernel. The child shares our memory and the
// calling thread sleeps until its exec (CLONE_VM | CLONE_VFORK), so nothing is copied; it runs on a stack of its own
// and makes raw system calls only. Every signal is blocked meanwhile, so no handler of ours runs in the child.
//
// The table of descriptors is shared at first too (CLONE_FILES), and is copied by the child as its first act, without
// what lies above its own (CLOSE_RANGE_UNSHARE, Linux 5.9). A copy made by clone would hold the pipes of all other
// children from then until the new child gets a processor, and a job's end would wait for that.
#pragma once

#include <signal.h>

#include "braid/process/spawn.hpp"

namespace braid::process::detail {

/// 0, or the errno of what failed, the exec in the child included; then no process is left. ENOSYS: this processor,
/// kernel or build (a sanitizer's) cannot, nothing has happened, and posix_spawn is to be used. `to_default` are the
/// signals that we ignore and the child shall not. Any thread.
int clone_spawn(const spawn_request& request, const sigset_t& to_default, spawned& result) noexcept;

}  // namespace braid::process::detail
