// Something an executor can run. The link lies in the object: making it ready allocates nothing.
#pragma once

namespace braid::detail {

class runnable {
 public:
  runnable() = default;
  runnable(const runnable&) = delete;
  runnable& operator=(const runnable&) = delete;

  /// Runs one slice on the calling worker. The object may be gone when it returns.
  virtual void run() noexcept = 0;

 protected:
  ~runnable() = default;

 private:
  friend class run_queue;
  runnable* next_ = nullptr;  ///< Guarded by the lock of the queue that holds it.
};

/// First in, first out, of runnables. Needs outside locking.
class run_queue {
 public:
  bool empty() const noexcept { return head_ == nullptr; }
  void push(runnable& work) noexcept {
    work.next_ = nullptr;
    (head_ ? tail_->next_ : head_) = &work;
    tail_ = &work;
  }
  /// The oldest, or null.
  runnable* pop() noexcept {
    runnable* const first = head_;
    if (first) head_ = first->next_;
    return first;
  }

 private:
  runnable* head_ = nullptr;
  runnable* tail_ = nullptr;
};

}  // namespace braid::detail
