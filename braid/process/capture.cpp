#include "braid/process/capture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <new>
#include <string>
#include <system_error>

#include "braid/base/check.hpp"
#include "braid/process/spawn_error.hpp"

namespace braid::process {
namespace {

using clock = std::chrono::steady_clock;

// Bytes found by one look: a child that wrote more is polled, one that wrote less is left alone for an interval. A
// small pipe counts as busy from a quarter of its capacity: an unprivileged user of many pipes gets small ones.
constexpr std::uint64_t busy_bytes = 16 * 1024;
// A sibling closes its copies of our pipes within this time, unless the processors are busy.
constexpr std::chrono::milliseconds start_patience{2};
// Most bytes read in one go, before the flag, the deadline and the child's end are checked again.
constexpr std::uint64_t most_at_once = 1 << 20;

// The read end is non-blocking; the write end is as a shell would make it.
void make_pipe(descriptor& read_end, descriptor& write_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    const int error = errno;
    throw spawn_error(spawn_failure::no_resources, error,
                      "cannot make a pipe for a job's output: " + std::generic_category().message(error));
  }
  read_end = descriptor(ends[0]);
  write_end = descriptor(ends[1]);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

// Returns the number of bytes read, at most about `most`; closes the pipe at its end.
std::uint64_t drain_into(record& kept, descriptor& pipe, std::uint64_t most) {
  std::uint64_t got = 0;
  while (pipe && got < most) {
    const std::span<char> room = kept.room();
    const ssize_t n = ::read(pipe.get(), room.data(), room.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      BRAID_CHECK(errno == EAGAIN, "a pipe of a child's output cannot be read");
      break;
    }
    if (n == 0) {
      pipe.reset();
      break;
    }
    kept.filled(static_cast<std::size_t>(n));
    got += static_cast<std::uint64_t>(n);
  }
  return got;
}

// Returns the number of ready descriptors. A signal does not end it early. With `until` in the past, does not wait.
int poll_until(pollfd* ends, nfds_t count, clock::time_point until) {
  for (;;) {
    timespec left{};
    if (until != clock::time_point::max()) {
      const auto span = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(until - clock::now()));
      left = {static_cast<time_t>(span.count() / 1'000'000'000), static_cast<long>(span.count() % 1'000'000'000)};
    }
    const int ready = ::ppoll(ends, count, until == clock::time_point::max() ? nullptr : &left, nullptr);
    if (ready >= 0) return ready;
    BRAID_CHECK(errno == EINTR || errno == ENOMEM, "poll refuses the descriptors of a running child");
  }
}

}  // namespace

void capture::open() {
  failure_told_ = false;
  for (stream& each : streams_) {
    each.kept.clear();
    try {
      static_cast<void>(each.kept.room());  // allocates, while a lack of memory still harms no child
    } catch (const std::bad_alloc&) {
      throw spawn_error(spawn_failure::no_resources, ENOMEM, "no memory is left for a job's output");
    }
    make_pipe(each.read_end, each.write_end);
  }
}

void capture::close_write_ends() noexcept {
  for (stream& each : streams_) each.write_end.reset();
}

void capture::close() noexcept {
  close_write_ends();
  for (stream& each : streams_) each.read_end.reset();
}

attended capture::attend(const child& running, const event_flag* stop, time_point deadline) {
  return wait(running.handle(), stop, deadline);
}

attended capture::attend_rest(const event_flag* stop, time_point deadline) {
  return wait(-1, stop, deadline);
}

attended capture::wait(int child_handle, const event_flag* stop, time_point deadline) {
  for (bool napping = !all_ended();;) {
    std::array<pollfd, 4> ends{pollfd{child_handle, POLLIN, 0}, pollfd{stop != nullptr ? stop->file() : -1, POLLIN, 0},
                               pollfd{streams_[0].read_end.get(), POLLIN, 0},
                               pollfd{streams_[1].read_end.get(), POLLIN, 0}};
    const auto until = napping ? std::min(deadline, clock::now() + look_interval) : deadline;
    poll_until(ends.data(), napping ? 2 : 4, until);
    if (ends[0].revents != 0) return attended::ended;
    if (ends[1].revents != 0) return attended::stopped;
    const std::uint64_t got = read_available(most_at_once);
    if (failed() && !std::exchange(failure_told_, true)) return attended::cannot_keep;
    if (clock::now() >= deadline) return attended::timed_out;
    napping = got > 0 && got < busy_bytes && !all_ended() && got < capacity() / 4;
  }
}

std::uint64_t capture::read_available(std::uint64_t most) {
  std::uint64_t got = 0;
  for (stream& each : streams_) got += drain_into(each.kept, each.read_end, most);
  return got;
}

/// Returns the capacity of the larger pipe that is still held.
std::uint64_t capture::capacity() const noexcept {
  int most = 0;
  for (const stream& each : streams_)
    if (each.read_end) most = std::max(most, ::fcntl(each.read_end.get(), F_GETPIPE_SZ));
  return static_cast<std::uint64_t>(most);
}

bool capture::read_rest(child& ended) {
  if (all_ended()) return true;
  // Reads at least all that the pipes can hold: the child may have written that before its end.
  if (read_available(most_at_once) >= most_at_once) read_available(capacity());
  if (all_ended()) return true;
  // Another child that was just made holds copies of the write ends, and closes them before its exec. The end of the
  // pipes then wakes us, while a wait for the gate would hold up all starts.
  const auto now = clock::now();
  if (read_until(now + start_patience)) return true;
  ended.wait_for_starts(now + late_patience);
  return read_until(now + late_patience);
}

/// Returns true once the pipes have ended, or false if the time has passed first. Reads meanwhile.
bool capture::read_until(time_point until) {
  for (;;) {
    read_available(most_at_once);
    if (all_ended()) return true;
    if (clock::now() >= until) return false;
    std::array<pollfd, 2> ends{pollfd{streams_[0].read_end.get(), POLLIN, 0},
                               pollfd{streams_[1].read_end.get(), POLLIN, 0}};
    poll_until(ends.data(), ends.size(), until);
  }
}

ino_t capture::held_pipe() const noexcept {
  for (const stream& each : streams_) {
    struct stat about {};
    if (each.read_end && ::fstat(each.read_end.get(), &about) == 0) return about.st_ino;
  }
  return 0;
}

}  // namespace braid::process
