// An object that the process makes at its first use and never destroys: at exit its threads are left to the system.
//
// Invariants
// 1. made_ is null until it points to the object, and does not change after that. In the child of a fork, which has
//    none of its parent's threads, it is null again, and the next use makes a new object there.
// 2. The thread that sets making_ makes the object; others wait for it.
#pragma once

#include <pthread.h>

#include <atomic>
#include <thread>

namespace braid::detail {

/// One object for each T, held by the static members. T{} may start threads.
template<class T>
class fork_safe_singleton {
 public:
  /// Any thread. Costs one load once the object is made. Throws what T{} throws; the next use then tries again.
  static T& get() {
    static_cast<void>(watches_forks_);  // forces its registration, at the start of the program
    for (;;) {
      if (T* const made = made_.load()) return *made;
      if (making_.exchange(true)) {
        std::this_thread::yield();
        continue;
      }
      const turn mine;
      if (T* const made = made_.load()) return *made;
      T* const fresh = new T;
      made_.store(fresh);
      return *fresh;
    }
  }

 private:
  struct turn {
    ~turn() { making_.store(false); }
  };
  static void forget() noexcept {
    made_.store(nullptr);
    making_.store(false);
  }
  static inline const int watches_forks_ = pthread_atfork(nullptr, nullptr, forget);
  static inline std::atomic<T*> made_{nullptr};
  static inline std::atomic<bool> making_{false};
};

}  // namespace braid::detail
