#include "watchdog.hpp"

#include <cstdio>
#include <cstdlib>

namespace accounting {

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
      std::fprintf(stderr, "nothing has moved for %lld s\n%s\n", static_cast<long long>(patience_.count()),
                   state_().c_str());
      std::abort();
    }
    seen = now;
  }
}

}  // namespace accounting
