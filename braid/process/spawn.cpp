#include "braid/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace braid::process::detail {
namespace {

// The dup2 calls of the child run in order 0, 1, 2; a source that is itself one of these numbers could be overwritten
// before it is copied, so it is moved above them first.
class descriptor_plan {
 public:
  descriptor_plan() noexcept { good_ = ::posix_spawn_file_actions_init(&actions_) == 0; }
  ~descriptor_plan() {
    if (good_) ::posix_spawn_file_actions_destroy(&actions_);
  }
  descriptor_plan(const descriptor_plan&) = delete;
  descriptor_plan& operator=(const descriptor_plan&) = delete;

  int fill(const spawn_request& request) noexcept {
    if (!good_) return ENOMEM;
    for (int target = 0; target < 3; ++target)
      if (const int error = place(request.descriptors[target], target)) return error;
    return request.directory != nullptr ? ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory) : 0;
  }

  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  int place(int source, int target) noexcept {
    if (source == target) return 0;
    if (source <= STDERR_FILENO) {
      moved_[target] = descriptor(::fcntl(source, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
      if (!moved_[target]) return errno;
      source = moved_[target].get();
    }
    return ::posix_spawn_file_actions_adddup2(&actions_, source, target);
  }

  posix_spawn_file_actions_t actions_;
  descriptor moved_[3];
  bool good_ = false;
};

void kill_and_reap(pid_t pid) noexcept {
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

spawn_attributes::spawn_attributes() {
  if (::posix_spawnattr_init(&attributes_) != 0) throw std::bad_alloc();
  sigset_t none;
  sigemptyset(&none);
  sigset_t to_default;
  sigfillset(&to_default);
  struct sigaction hang_up {};
  if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler == SIG_IGN) sigdelset(&to_default, SIGHUP);
  ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes_, 0);
  ::posix_spawnattr_setsigmask(&attributes_, &none);
  ::posix_spawnattr_setsigdefault(&attributes_, &to_default);
}

spawn_attributes::~spawn_attributes() {
  ::posix_spawnattr_destroy(&attributes_);
}

int spawn(const spawn_attributes& attributes, const spawn_request& request, spawned& result) {
  descriptor_plan plan;
  if (const int error = plan.fill(request)) return error;
  pid_t pid = 0;
  if (const int error =
          ::posix_spawn(&pid, request.path, plan.get(), attributes.get(), request.arguments, request.environment))
    return error;
  // The number cannot be another's yet: only we reap it.
  descriptor handle = open_process(pid);
  if (!handle) {
    const int error = errno;
    kill_and_reap(pid);
    return error;
  }
  result.pid = pid;
  result.handle = std::move(handle);
  return 0;
}

bool pidfd_works() noexcept {
  return static_cast<bool>(open_process(::getpid()));
}

descriptor open_process(pid_t pid) noexcept {
  return descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int signal_process(const descriptor& handle, int signal) noexcept {
  return ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0 ? 0 : errno;
}

}  // namespace braid::process::detail
