// Work that an executor can run. The link lies in the object: making it ready allocates nothing.
#pragma once

#include <cstddef>

namespace braid::detail {

class runnable {
 public:
  runnable() = default;
  runnable(const runnable&) = delete;
  runnable& operator=(const runnable&) = delete;

  /// Runs one slice on the calling worker. The object may be destroyed when run() returns.
  virtual void run() noexcept = 0;

 protected:
  ~runnable() = default;

 private:
  friend class runnable_list;
  runnable* next_ = nullptr;  ///< Guarded by what guards the list that holds it.
};

/// A first-in-first-out list of runnables. Needs outside locking.
class runnable_list {
 public:
  runnable_list() = default;
  runnable_list(const runnable_list&) = delete;
  runnable_list& operator=(const runnable_list&) = delete;

  bool empty() const noexcept { return head_ == nullptr; }
  void push(runnable& work) noexcept {
    work.next_ = nullptr;
    (head_ ? tail_->next_ : head_) = &work;
    tail_ = &work;
  }
  /// Removes and returns the oldest, or null.
  runnable* pop() noexcept {
    runnable* const first = head_;
    if (first) head_ = first->next_;
    return first;
  }
  /// Moves all of `other` behind the entries of this list. O(1).
  void append(runnable_list& other) noexcept {
    if (other.empty()) return;
    (head_ ? tail_->next_ : head_) = other.head_;
    tail_ = other.tail_;
    other.head_ = nullptr;
  }

 private:
  runnable* head_ = nullptr;
  runnable* tail_ = nullptr;
};

}  // namespace braid::detail
