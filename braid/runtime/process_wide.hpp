// An object that the process makes at its first use and never destroys: at exit its threads are left to the system.
//
// Invariants
// 1. made_ is null, or points to the object, for ever; but in the child of a fork, which has none of its parent's
//    threads, it is null again, and the next use makes a new object there.
// 2. Who sets making_ makes the object; others wait for it.
#pragma once

#include <pthread.h>

#include <atomic>
#include <thread>

namespace braid::detail {

/// One for each T, by its static members. T{} may start threads.
template<class T>
class process_wide {
 public:
  /// Any thread; one load once it is made. Throws what T{} throws, and the next use tries again.
  static T& get() {
    static_cast<void>(watches_forks_);  // which makes it be registered, at the start of the program
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
