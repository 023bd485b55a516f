#include "braid/process/clone_spawn.hpp"

#include <cerrno>

#include "braid/base/sanitized.hpp"

#if BRAID_SANITIZED || !defined(__x86_64__)  // a sanitizer does not know the child's stack

namespace braid::process::detail {
int clone_spawn(const spawn_request&, const sigset_t&, spawned&) noexcept {
  return ENOSYS;
}
}  // namespace braid::process::detail

#else

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace braid::process::detail {
namespace {

/// The child's instructions, and its error if it fails: the child writes into our memory.
struct errand {
  const spawn_request& request;
  const sigset_t& to_default;
  int error;
};

/// Makes a system call by its number, so that no wrapper touches the calling thread's errno or cancellation state.
/// Returns -errno if it fails.
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0) noexcept {
  long result = number;
  register long fourth asm("r10") = d;
  asm volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
  return result;
}

template<class T>
long address(T* pointer) noexcept {
  return static_cast<long>(reinterpret_cast<std::intptr_t>(pointer));
}

/// The kernel's struct of rt_sigaction; all zero is SIG_DFL.
struct kernel_sigaction {
  void* handler;
  unsigned long flags;
  void* restorer;
  unsigned long mask;
};

long take_default_dispositions(const sigset_t& signals) noexcept {
  const kernel_sigaction by_default{};
  for (int signal = 1; signal < NSIG; ++signal)
    if (sigismember(&signals, signal) == 1)
      call(SYS_rt_sigaction, signal, address(&by_default), 0, sizeof by_default.mask);
  return 0;
}

/// Gives the child a table of descriptors of its own. The uppermost ones that it must not have are not even copied.
long leave_our_descriptors(const spawn_request& request) noexcept {
  if (!request.closed_early.empty()) {
    const auto& [first, last] = request.closed_early.back();
    const auto own = static_cast<unsigned>(std::ranges::max(request.descriptors)) + 1;
    if (call(SYS_close_range, std::max(first, own), last, CLOSE_RANGE_UNSHARE) == 0) return 0;
  }
  return call(SYS_unshare, CLONE_FILES);  // also on kernels before 5.9
}

long take_descriptors(const int (&descriptors)[3]) noexcept {
  for (int target = 0; target < 3; ++target)
    if (descriptors[target] != target)
      if (const long done = call(SYS_dup2, descriptors[target], target); done < 0) return done;
  return 0;
}

long become(const errand& told) noexcept {
  const spawn_request& request = told.request;
  if (const long done = leave_our_descriptors(request); done < 0) return done;
  if (const long done = take_descriptors(request.descriptors); done < 0) return done;
  // Fails on kernels before 5.9; then the exec closes them.
  for (const descriptor_range& each : request.closed_early) call(SYS_close_range, each.first, each.last, 0);
  if (const long done = call(SYS_setpgid, 0, 0); done < 0) return done;
  take_default_dispositions(told.to_default);
  if (request.directory != nullptr)
    if (const long done = call(SYS_chdir, address(request.directory)); done < 0) return done;
  if (request.descriptor_limit != nullptr) call(SYS_prlimit64, 0, RLIMIT_NOFILE, address(request.descriptor_limit), 0);
  const unsigned long none = 0;
  call(SYS_rt_sigprocmask, SIG_SETMASK, address(&none), 0, sizeof none);
  return call(SYS_execve, address(request.path), address(request.arguments), address(request.environment));
}

[[noreturn]] void run_child(errand* told) noexcept {
  told->error = static_cast<int>(-become(*told));
  for (;;) call(SYS_exit_group, 127);
}

/// Calls clone3. The child runs run_child(told) on the stack that the arguments name, and never returns from here.
long clone_into(clone_args& arguments, errand& told) noexcept {
  long result = SYS_clone3;
  register void (*child)(errand*) asm("r8") = run_child;
  register errand* errand_of_child asm("r9") = &told;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r9, %%rdi\n\t"
      "call *%%r8\n\t"
      "hlt\n"
      "1:"
      : "+a"(result)
      : "D"(&arguments), "S"(sizeof arguments), "r"(child), "r"(errand_of_child)
      : "rcx", "r11", "memory");
  return result;
}

}  // namespace

int clone_spawn(const spawn_request& request, const sigset_t& to_default, spawned& result) noexcept {
  alignas(16) std::byte stack[16 * 1024];
  int handle = -1;
  errand told{request, to_default, 0};
  clone_args arguments{};
  arguments.flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_PIDFD | CLONE_CLEAR_SIGHAND;
  arguments.pidfd = static_cast<std::uint64_t>(address(&handle));
  arguments.exit_signal = SIGCHLD;
  arguments.stack = static_cast<std::uint64_t>(address(stack));
  arguments.stack_size = sizeof stack;

  sigset_t held, before;
  sigfillset(&held);
  // SIGCHLD stays unblocked: the kernel drops it at once if it has no handler, but not if it is blocked. A child that
  // ends before our thread runs again would leave it pending and wake every thread that waits for signals.
  sigdelset(&held, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &held, &before);
  const long pid = clone_into(arguments, told);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);

  if (pid < 0) return pid == -EINVAL ? ENOSYS : static_cast<int>(-pid);
  result.pid = static_cast<pid_t>(pid);
  result.handle = descriptor(handle);
  if (told.error == 0) return 0;
  reap(result.pid);
  result = {};
  return told.error;
}

}  // namespace braid::process::detail

#endif
