#include "braid/process/late_output.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace braid::process::detail {
namespace {

constexpr int reads_at_once = 16;  // of one pipe, before the others have their turn

}  // namespace

late_output::late_output() : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!poll_) throw std::system_error(errno, std::generic_category(), "cannot watch children: epoll_create1");
}

void late_output::take(descriptor pipe, teller tell) {
  const std::lock_guard guard(mutex_);
  while (pipes_.size() >= most_ && !pipes_.empty()) give_up(pipes_.begin(), false);
  const std::uint64_t number = ++last_;
  const auto place = pipes_.try_emplace(number).first;
  place->second = {std::move(pipe), std::move(tell), 0};
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, place->second.pipe.get(), &event) != 0) give_up(place, false);
}

/// Returns false at the pipe's end.
bool late_output::read_some(held& from) noexcept {
  std::array<char, 16 * 1024> dropped;
  for (int reads = 0; reads < reads_at_once;) {
    const ssize_t n = ::read(from.pipe.get(), dropped.data(), dropped.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 && errno == EAGAIN;
    from.dropped += static_cast<std::uint64_t>(n);
    ++reads;
  }
  return true;
}

/// Removes the pipe from epoll: a descriptor copied into a child before its exec would keep it watched after its close.
late_output::held late_output::let_go(held_map::iterator which) noexcept {
  held gone = std::move(which->second);
  ::epoll_ctl(poll_.get(), EPOLL_CTL_DEL, gone.pipe.get(), nullptr);  // fails for a pipe that could not be watched
  pipes_.erase(which);
  return gone;
}

void late_output::drain() noexcept {
  std::array<epoll_event, 16> events;
  const std::lock_guard guard(mutex_);
  const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t order = events[static_cast<std::size_t>(i)].data.u64;  // a copy: epoll_event is packed
    const auto found = pipes_.find(order);
    if (found == pipes_.end() || read_some(found->second)) continue;
    const held ended = let_go(found);
    ended.tell({.dropped = ended.dropped});
  }
}

void late_output::give_up(held_map::iterator which, bool at_end) noexcept {
  const bool open = read_some(which->second);
  const held given = let_go(which);
  given.tell({given.dropped, open, at_end});
}

void late_output::end() noexcept {
  const std::lock_guard guard(mutex_);
  while (!pipes_.empty()) give_up(pipes_.begin(), true);
}

void late_output::hold_at_most(std::size_t most) noexcept {
  const std::lock_guard guard(mutex_);
  most_ = most;
}

}  // namespace braid::process::detail
