// A min-heap whose links lie in its elements: push O(1), pop and erase O(log n) amortised, nothing allocated.
// M. Fredman, R. Sedgewick, D. Sleator, R. Tarjan: The pairing heap, Algorithmica 1 (1986), the two-pass variant.
#pragma once

#include <utility>

namespace braid::detail {

template<class T>
class heap_hook {
 public:
  heap_hook() = default;
  heap_hook(const heap_hook&) = delete;
  heap_hook& operator=(const heap_hook&) = delete;
  bool in_heap() const noexcept { return in_heap_; }

 private:
  template<class, class>
  friend class pairing_heap;
  T* child_ = nullptr;
  T* next_ = nullptr;  ///< Next sibling.
  T* prev_ = nullptr;  ///< Previous sibling; the parent for a first child; null for the root.
  bool in_heap_ = false;
};

/// A heap of T, which derives from heap_hook<T>; Less(a, b) orders it. Needs outside locking.
template<class T, class Less>
class pairing_heap {
 public:
  pairing_heap() = default;
  pairing_heap(const pairing_heap&) = delete;
  pairing_heap& operator=(const pairing_heap&) = delete;

  bool empty() const noexcept { return root_ == nullptr; }
  T* top() const noexcept { return root_; }

  void push(T& t) noexcept {
    t.in_heap_ = true;
    root_ = meld(root_, &t);
  }
  void pop() noexcept { erase(*root_); }
  void erase(T& t) noexcept {
    T* const rest = merge_siblings(std::exchange(t.child_, nullptr));
    if (&t == root_) {
      root_ = rest;
    } else {
      cut(t);
      root_ = meld(root_, rest);
    }
    t.in_heap_ = false;
  }

 private:
  static void cut(T& t) noexcept {
    if (t.prev_->child_ == &t) {
      t.prev_->child_ = t.next_;
    } else {
      t.prev_->next_ = t.next_;
    }
    if (t.next_) t.next_->prev_ = t.prev_;
    t.prev_ = t.next_ = nullptr;
  }
  static T* meld(T* a, T* b) noexcept {
    if (!a) return b;
    if (!b) return a;
    if (Less{}(*b, *a)) std::swap(a, b);
    b->prev_ = a;
    b->next_ = a->child_;
    if (b->next_) b->next_->prev_ = b;
    a->child_ = b;
    return a;
  }
  /// Melds the siblings in pairs from left to right, then the pairs from right to left.
  static T* merge_siblings(T* first) noexcept {
    T* pairs = nullptr;  // a stack threaded through next_
    while (first) {
      T* const a = first;
      T* const b = a->next_;
      first = b ? b->next_ : nullptr;
      a->prev_ = a->next_ = nullptr;
      if (b) b->prev_ = b->next_ = nullptr;
      T* const pair = meld(a, b);
      pair->next_ = pairs;
      pairs = pair;
    }
    T* merged = nullptr;
    while (pairs) {
      T* const pair = pairs;
      pairs = std::exchange(pair->next_, nullptr);
      merged = meld(merged, pair);
    }
    return merged;
  }

  T* root_ = nullptr;
};

}  // namespace braid::detail
