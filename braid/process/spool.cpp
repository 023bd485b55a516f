#include "braid/process/spool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <system_error>

namespace braid::process {
namespace {

constexpr std::size_t longest_sendfile = 0x7ffff000;  // the most that one call of the kernel moves
constexpr std::size_t bounce_size = 32 * 1024;        // lies on the stack

// For file systems without O_TMPFILE: a named file whose name is removed before another process can use it.
descriptor open_then_unlink(const std::string& directory) {
  std::string name = directory + "/braid-spool-XXXXXX";
  descriptor file(::mkostemp(name.data(), O_CLOEXEC | O_APPEND));
  if (file) ::unlink(name.c_str());
  return file;
}

descriptor open_on_disk(const std::string& directory) {
  descriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600));
  if (!file && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) file = open_then_unlink(directory);
  if (file) return file;
  const int error = errno;
  const std::string what = "cannot make a file for a job's output in " + directory;
  const bool short_of_numbers = error == EMFILE || error == ENFILE;
  throw std::system_error(error, std::generic_category(),
                          what + (short_of_numbers ? "; use fewer slots or raise the limit of open files (ulimit -n)"
                                                   : "; set TMPDIR to a directory that can be written"));
}

descriptor open_in_memory() {
  descriptor file(::memfd_create("braid-spool", MFD_CLOEXEC));
  if (!file || ::fcntl(file.get(), F_SETFL, O_APPEND) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a file in memory for a job's output");
  return file;
}

// Holds SIGPIPE back from this thread. At its end it discards the one that our own write may have raised.
class sigpipe_hold {
 public:
  sigpipe_hold() noexcept {
    sigemptyset(&pipe_signal_);
    sigaddset(&pipe_signal_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_signal_, &before_);
  }
  ~sigpipe_hold() {
    const timespec no_wait{};
    if (broken_ && !was_pending_) {
      while (sigtimedwait(&pipe_signal_, nullptr, &no_wait) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  sigpipe_hold(const sigpipe_hold&) = delete;
  sigpipe_hold& operator=(const sigpipe_hold&) = delete;

  void note(int error) noexcept { broken_ = broken_ || error == EPIPE; }

 private:
  sigset_t pipe_signal_;
  sigset_t before_;
  bool was_pending_ = false;
  bool broken_ = false;
};

void wait_until_writable(int target) noexcept {
  pollfd entry{target, POLLOUT, 0};
  ::poll(&entry, 1, -1);
}

// Returns true if the write must be tried again.
bool passing(int error, int target) noexcept {
  if (error == EAGAIN) wait_until_writable(target);
  return error == EINTR || error == EAGAIN;
}

// Returns 0 or the errno of the write; `written` counts the bytes that are out.
int write_all(int target, const char* bytes, std::size_t count, std::uint64_t& written) noexcept {
  while (count > 0) {
    const ssize_t n = ::write(target, bytes, count);
    if (n < 0 && passing(errno, target)) continue;
    if (n < 0) return errno;
    bytes += n;
    count -= static_cast<std::size_t>(n);
    written += static_cast<std::uint64_t>(n);
  }
  return 0;
}

// For targets that sendfile refuses: files opened to append, some devices.
void copy_by_hand(int source, int target, std::uint64_t offset, std::uint64_t length, copy_outcome& outcome) {
  std::array<char, bounce_size> bounce;
  while (length > 0 && outcome.ok()) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(length, bounce.size()));
    const ssize_t n = ::pread(source, bounce.data(), want, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) outcome.read_error = errno;
    if (n <= 0) return;
    outcome.write_error = write_all(target, bounce.data(), static_cast<std::size_t>(n), outcome.bytes);
    offset += static_cast<std::uint64_t>(n);
    length -= static_cast<std::uint64_t>(n);
  }
}

// Returns true if sendfile has done it all or the target failed, false if the rest must be copied by hand.
bool copy_in_kernel(int source, int target, std::uint64_t offset, std::uint64_t length, copy_outcome& outcome) {
  auto position = static_cast<off_t>(offset);
  while (length > 0) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(length, longest_sendfile));
    const ssize_t n = ::sendfile(target, source, &position, want);
    if (n < 0 && passing(errno, target)) continue;
    // Either side may cause EIO: a copy by hand shows which.
    if (n < 0 && (errno == EINVAL || errno == ENOSYS || errno == EIO)) return false;
    if (n < 0) outcome.write_error = errno;
    if (n <= 0) return true;
    outcome.bytes += static_cast<std::uint64_t>(n);
    length -= static_cast<std::uint64_t>(n);
  }
  return true;
}

}  // namespace

std::string spool_directory(const std::string& asked) {
  if (!asked.empty()) return asked;
  const char* from_environment = std::getenv("TMPDIR");
  return from_environment != nullptr && *from_environment != '\0' ? from_environment : "/tmp";
}

spool::spool(place where, const std::string& directory)
    : file_(where == place::disk ? open_on_disk(spool_directory(directory)) : open_in_memory()) {}

copy_outcome spool::append(std::string_view bytes) noexcept {
  copy_outcome outcome;
  outcome.write_error = write_all(file_.get(), bytes.data(), bytes.size(), outcome.bytes);
  return outcome;
}

std::uint64_t spool::size() const {
  struct stat about {};
  if (::fstat(file_.get(), &about) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot ask for the size of a job's output");
  return static_cast<std::uint64_t>(about.st_size);
}

std::size_t spool::read(std::uint64_t offset, std::span<char> into) const {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t n = ::pread(file_.get(), into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw std::system_error(errno, std::generic_category(), "cannot read a job's output back");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  return got;
}

copy_outcome spool::copy_to(int target, std::uint64_t offset, std::uint64_t length) const {
  copy_outcome outcome;
  struct stat about {};
  if (::fstat(file_.get(), &about) != 0) {
    outcome.read_error = errno;
    return outcome;
  }
  const auto present = static_cast<std::uint64_t>(about.st_size);
  if (offset >= present) return outcome;
  length = std::min(length, present - offset);
  sigpipe_hold hold;
  if (!copy_in_kernel(file_.get(), target, offset, length, outcome))
    copy_by_hand(file_.get(), target, offset + outcome.bytes, length - outcome.bytes, outcome);
  hold.note(outcome.write_error);
  return outcome;
}

void spool::clear() {
  if (size() == 0) return;
  while (::ftruncate(file_.get(), 0) != 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot empty a job's output file");
  }
}

}  // namespace braid::process
