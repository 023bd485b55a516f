#include "braid/process/watcher.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <new>
#include <system_error>
#include <utility>

#include "braid/base/check.hpp"
#include "braid/process/descendant_table.hpp"
#include "braid/process/job.hpp"
#include "braid/process/spawn.hpp"

namespace braid::process::detail {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds sweep_interval{1000};

descriptor checked(int number, const char* what) {
  if (number < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor(number);
}

// A thread inherits the signal mask of its creator.
template<typename body>
std::thread make_thread_without_signals(body run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread made(run);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return made;
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
}

}  // namespace

watcher::watcher(descendant_table& table)
    : table_(table),
      poll_(checked(::epoll_create1(EPOLL_CLOEXEC), "cannot watch children: epoll_create1")),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "cannot watch children: eventfd")) {
  for (const auto& [file, mark] : {std::pair<int, void*>{wake_.get(), nullptr}, {late_.file(), &late_}}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = mark;
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, file, &event) != 0)
      throw std::system_error(errno, std::generic_category(), "cannot watch children: epoll_ctl");
  }
  thread_ = make_thread_without_signals([this] { run(); });
}

watcher::~watcher() {
  stop_ = true;
  wake();
  thread_.join();
}

void watcher::check_thread() const noexcept {
  BRAID_CHECK(!has_lost_thread(),
              "a launcher that was made before fork() is used in the child process, or a child of it is: they are the "
              "parent's. Make a launcher after the fork");
}

void watcher::note_start() noexcept {
  if (resting_.exchange(false)) wake();
}

int watcher::watch(job& started) noexcept {
  note_start();
  if (started.finish_if_over()) return 0;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.ptr = &started;
  for (auto left = watch_patience; left.count() > 0; --left) {
    if (::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, started.handle().get(), &event) == 0) return 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (started.finish_if_over()) return 0;
  }
  return ETIMEDOUT;
}

exit_status watcher::wait_for_end_of(job& watched) {
  check_thread();
  std::unique_lock guard(ended_lock_);
  some_ended_.wait(guard, [&watched] { return watched.ended().status().has_value(); });
  return *watched.ended().status();
}

void watcher::wake() noexcept {
  const std::uint64_t one = 1;
  // Fails only if the counter is full, and then the thread is awake already.
  [[maybe_unused]] const ssize_t n = ::write(wake_.get(), &one, sizeof one);
}

void watcher::run() noexcept {
  auto next_sweep = clock::now() + sweep_interval;
  while (!stop_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_sweep - clock::now());
    handle_events(resting_ ? -1 : static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count()));
    if (clock::now() < next_sweep) continue;
    next_sweep = clock::now() + sweep_interval;
    resting_ = true;
    // After the flag is set: a job that starts in between sees it and wakes us.
    try {
      table_.sweep();
      tell_stops();
    } catch (const std::bad_alloc&) {  // the next sweep may find memory
      resting_ = false;
    }
    if (!table_.idle()) resting_ = false;
  }
}

void watcher::on_terminal_stop(std::function<bool(pid_t, int)> tell) {
  const std::lock_guard guard(tell_lock_);
  tell_stop_ = std::move(tell);
}

void watcher::tell_stops() {
  const std::lock_guard guard(tell_lock_);
  if (!tell_stop_) return;
  for (const auto& [pid, signal] : table_.stopped_by_terminal())
    if (tell_stop_(pid, signal)) table_.note_told(pid);
}

void watcher::handle_events(int timeout_ms) noexcept {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(poll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    void* const mark = events[static_cast<std::size_t>(i)].data.ptr;
    if (mark == &late_) {
      late_.drain();
      continue;
    }
    if (mark == nullptr) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const ssize_t n = ::read(wake_.get(), &ignored, sizeof ignored);
      continue;
    }
    static_cast<job*>(mark)->finish();
  }
  { const std::lock_guard guard(ended_lock_); }
  some_ended_.notify_all();
}

}  // namespace braid::process::detail
