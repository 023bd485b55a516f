#include "watchdog.hpp"

#include <cstdio>
#include <cstdlib>

#include "braid/inspect/stall_report.hpp"

namespace accounting {

watchdog::watchdog(std::chrono::seconds patience, std::function<unsigned long()> progress,
                   std::function<std::string()> state)
    : patience_(patience), progress_(std::move(progress)), state_(std::move(state)) {
  braid::record_waits();
  thread_ = std::thread([this] { watch(); });
}

watchdog::~watchdog() {
  {
    std::lock_guard guard(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void watchdog::watch() {
  std::unique_lock lock(mutex_);
  unsigned long seen = progress_();
  while (!ended_.wait_for(lock, patience_, [this] { return over_; })) {
    const unsigned long now = progress_();
    if (now == seen) {
      std::fprintf(stderr, "nothing has moved for %lld s\n%s%s\n", static_cast<long long>(patience_.count()),
                   braid::stalled_waits(patience_ / 2).c_str(), state_().c_str());
      std::abort();
    }
    seen = now;
  }
}

}  // namespace accounting
