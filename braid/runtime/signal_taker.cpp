#include "braid/runtime/signal_taker.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <string>
#include <vector>

#include "braid/base/annotated_mutex.hpp"
#include "braid/base/argument.hpp"
#include "braid/runtime/fork_safe_singleton.hpp"
#include "braid/runtime/signal_free_thread.hpp"

namespace braid::detail {
namespace {

constexpr int most_signals = 64;
std::atomic<std::uint64_t> arrived{0};
std::atomic<parker*> watcher{nullptr};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<parker*>::is_always_lock_free);

constexpr std::uint64_t bit_of(int number) noexcept {
  return std::uint64_t{1} << (number - 1);
}

extern "C" void note_braid_signal(int number) {
  const int error = errno;
  arrived.fetch_or(bit_of(number));
  if (parker* const sleeper = watcher.load()) sleeper->unpark();
  errno = error;
}

std::uint64_t set_of(std::initializer_list<int> numbers) {
  std::uint64_t set = 0;
  for (const int number : numbers) {
    checked_argument("signal", number, 1, most_signals);
    for (const int fault : {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
      if (number == fault) refuse_argument("signal", std::to_string(number), "one that a program can take and go on");
    set |= bit_of(number);
  }
  if (set == 0) refuse_argument("number of signals", "0", "at least 1");
  return set;
}

}  // namespace

class signal_hub {
 public:
  signal_hub() {
    static const int watches_forks = pthread_atfork(nullptr, nullptr, end_in_child);
    static_cast<void>(watches_forks);
    signal_free_thread([this] { serve(); }).detach();
    current_.store(this);
    watcher.store(&sleeper_);
  }
  static bool is_current(const signal_hub* hub) noexcept { return current_.load() == hub; }

  void add(signal_taker& taker) {
    mutex_guard guard(mutex_);
    takers_.reserve(takers_.size() + 1);
    std::uint64_t installed = 0;
    for (std::uint64_t rest = taker.set(); rest != 0; rest &= rest - 1) {
      const int number = std::countr_zero(rest) + 1;
      if (!install(number)) {
        uninstall(installed);
        refuse_argument("signal", std::to_string(number), "one that the system lets a program take");
      }
      installed |= bit_of(number);
    }
    takers_.push_back(&taker);
  }
  void remove(signal_taker& taker) noexcept {
    mutex_guard guard(mutex_);
    takers_.erase(std::find(takers_.begin(), takers_.end(), &taker));
    uninstall(taker.set());
  }

 private:
  struct disposition {
    struct sigaction before;
    std::size_t takers;
  };

  [[noreturn]] void serve() noexcept {
    for (;;) {
      if (const std::uint64_t come = arrived.exchange(0)) {
        deliver(come);
      } else {
        sleeper_.park();
      }
    }
  }
  void deliver(std::uint64_t come) noexcept {
    wake_chain wakes;  // its destructor wakes, after the mutex is released
    mutex_guard guard(mutex_);
    for (signal_taker* const taker : takers_) taker->deliver(come, wakes);
  }
  bool install(int number) noexcept BRAID_REQUIRES(mutex_) {
    disposition& of = dispositions_[static_cast<std::size_t>(number)];
    if (of.takers > 0) return ++of.takers, true;
    struct sigaction note {};
    note.sa_handler = note_braid_signal;
    note.sa_flags = SA_RESTART;
    sigfillset(&note.sa_mask);
    if (sigaction(number, nullptr, &of.before) != 0) return false;
    of.takers = 1;  // before the handler: the child of a fork in between restores what was there
    if (sigaction(number, &note, nullptr) == 0) return true;
    of.takers = 0;
    return false;
  }
  void uninstall(std::uint64_t set) noexcept BRAID_REQUIRES(mutex_) {
    for (std::uint64_t rest = set; rest != 0; rest &= rest - 1) {
      const int number = std::countr_zero(rest) + 1;
      disposition& of = dispositions_[static_cast<std::size_t>(number)];
      if (of.takers == 1) sigaction(number, &of.before, nullptr);
      --of.takers;
    }
  }
  /// Runs on the only thread of the child: nothing else touches the hub, whatever state a lock is in.
  static void end_in_child() noexcept BRAID_UNCHECKED_LOCKING {
    watcher.store(nullptr);
    arrived.store(0);
    signal_hub* const hub = current_.exchange(nullptr);
    if (!hub) return;
    for (int number = 1; number <= most_signals; ++number) {
      const disposition& of = hub->dispositions_[static_cast<std::size_t>(number)];
      if (of.takers > 0) sigaction(number, &of.before, nullptr);
    }
  }

  static inline std::atomic<signal_hub*> current_{nullptr};
  parker sleeper_;
  annotated_mutex mutex_;  ///< Covers what follows.
  std::vector<signal_taker*> takers_ BRAID_GUARDED_BY(mutex_);
  std::array<disposition, most_signals + 1> dispositions_ BRAID_GUARDED_BY(mutex_){};
};

signal_taker::signal_taker(std::initializer_list<int> numbers) : set_(set_of(numbers)) {}

void signal_taker::start_taking() {
  hub_ = &fork_safe_singleton<signal_hub>::get();
  hub_->add(*this);
}

void signal_taker::stop_taking() noexcept {
  if (is_of_this_process()) hub_->remove(*this);
}

bool signal_taker::is_of_this_process() const noexcept {
  return signal_hub::is_current(hub_);
}

}  // namespace braid::detail
