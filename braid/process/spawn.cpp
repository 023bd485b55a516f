#include "braid/process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

#include "braid/process/clone_spawn.hpp"

namespace braid::process::detail {
namespace {

// A source that is itself 0, 1 or 2 could be overwritten before it is copied, so it is moved above them first. Then the
// child can copy in any order.
class descriptors_above {
 public:
  /// Returns 0 or errno. `request` then names the moved descriptors.
  int move_up(spawn_request& request) noexcept {
    for (int target = 0; target < 3; ++target) {
      int& source = request.descriptors[target];
      if (source == target || source > STDERR_FILENO) continue;
      moved_[target] = descriptor(::fcntl(source, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
      if (!moved_[target]) return errno;
      source = moved_[target].get();
    }
    return 0;
  }

 private:
  descriptor moved_[3];
};

class file_actions {
 public:
  file_actions() noexcept { good_ = ::posix_spawn_file_actions_init(&actions_) == 0; }
  ~file_actions() {
    if (good_) ::posix_spawn_file_actions_destroy(&actions_);
  }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;

  int fill(const spawn_request& request) noexcept {
    if (!good_) return ENOMEM;
    for (int target = 0; target < 3; ++target) {
      if (request.descriptors[target] == target) continue;
      if (const int error = ::posix_spawn_file_actions_adddup2(&actions_, request.descriptors[target], target))
        return error;
    }
    // The last range has no upper end; the others are left to the exec.
    if (!request.closed_early.empty())
      if (const int error = ::posix_spawn_file_actions_addclosefrom_np(
              &actions_, static_cast<int>(request.closed_early.back().first)))
        return error;
    return request.directory != nullptr ? ::posix_spawn_file_actions_addchdir_np(&actions_, request.directory) : 0;
  }
  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
  bool good_ = false;
};

// Returns empty with errno ETIMEDOUT if there was none for watch_patience. While none is left, our own threads take
// descriptors only for moments.
descriptor open_process_patiently(pid_t pid) noexcept {
  for (auto left = watch_patience; left.count() > 0; --left) {
    if (descriptor handle = open_process(pid)) return handle;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  errno = ETIMEDOUT;
  return {};
}

int posix_spawn(const spawn_attributes& attributes, const spawn_request& request, spawned& result) noexcept {
  file_actions actions;
  if (const int error = actions.fill(request)) return error;
  // Finds a lack of descriptors before the program begins, so that one that has begun is not started again.
  descriptor reserved(::fcntl(request.descriptors[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!reserved) return errno;
  pid_t pid = 0;
  if (const int error =
          ::posix_spawn(&pid, request.path, actions.get(), attributes.get(), request.arguments, request.environment))
    return error;
  // The number cannot mean another process yet: only we reap it.
  reserved.reset();
  descriptor handle = open_process_patiently(pid);
  if (!handle) {
    const int error = errno;
    ::kill(-pid, SIGKILL);
    reap(pid);
    return error;
  }
  if (request.descriptor_limit != nullptr) ::prlimit(pid, RLIMIT_NOFILE, request.descriptor_limit, nullptr);
  result.pid = pid;
  result.handle = std::move(handle);
  return 0;
}

}  // namespace

spawn_attributes::spawn_attributes() {
  if (::posix_spawnattr_init(&attributes_) != 0) throw std::bad_alloc();
  sigset_t none;
  sigemptyset(&none);
  sigset_t to_default;
  sigfillset(&to_default);
  sigemptyset(&ignored_);
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) sigaddset(&ignored_, signal);
  }
  if (sigismember(&ignored_, SIGHUP) == 1) sigdelset(&to_default, SIGHUP);
  sigdelset(&ignored_, SIGHUP);
  sigaddset(&ignored_, SIGPIPE);
  ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes_, 0);
  ::posix_spawnattr_setsigmask(&attributes_, &none);
  ::posix_spawnattr_setsigdefault(&attributes_, &to_default);
}

spawn_attributes::~spawn_attributes() {
  ::posix_spawnattr_destroy(&attributes_);
}

int spawn(const spawn_attributes& attributes, const spawn_request& request, spawned& result) {
  descriptors_above moved;
  spawn_request plain = request;
  if (const int error = moved.move_up(plain)) return error;
  const int error = clone_spawn(plain, attributes.ignored(), result);
  return error == ENOSYS ? posix_spawn(attributes, plain, result) : error;
}

void reap(pid_t pid) noexcept {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
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
