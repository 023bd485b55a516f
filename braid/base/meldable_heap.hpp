// A max-heap whose links lie in its elements: top O(1), push and erase O(log n) expected whatever came before, nothing
// allocated. A. Gambin, A. Malinowski: Randomized meldable priority queues, SOFSEM 1998.
#pragma once

#include <utility>

#include "braid/base/random.hpp"

namespace braid::detail {

/// Costs nothing while its element is in no heap: the links are set by push.
template<class T>
class meld_hook {
  template<class, class>
  friend class meldable_heap;
  T* left_;
  T* right_;
  T* parent_;
};

/// A heap of T, which derives from meld_hook<T>; Before(a, b) orders it. Needs outside locking.
template<class T, class Before>
class meldable_heap {
 public:
  meldable_heap() = default;
  meldable_heap(const meldable_heap&) = delete;
  meldable_heap& operator=(const meldable_heap&) = delete;

  /// Returns the first element in the order; null if the heap is empty.
  T* top() const noexcept { return root_; }
  void push(T& t) noexcept {
    hook(t).left_ = hook(t).right_ = hook(t).parent_ = nullptr;
    root_ = meld(root_, &t);
  }
  void erase(T& t) noexcept {
    T* const rest = meld(hook(t).left_, hook(t).right_);
    T* const parent = hook(t).parent_;
    if (rest) hook(*rest).parent_ = parent;
    if (!parent) {
      root_ = rest;
    } else {
      (hook(*parent).left_ == &t ? hook(*parent).left_ : hook(*parent).right_) = rest;
    }
  }

 private:
  static meld_hook<T>& hook(T& t) noexcept { return t; }
  /// Walks down both heaps at once. A coin flip decides on which side of the greater element the walk continues, so
  /// that the expected path is short whatever the shape.
  T* meld(T* a, T* b) noexcept {
    T* root = nullptr;
    T* parent = nullptr;
    T** link = &root;
    while (a && b) {
      if (Before{}(*b, *a)) std::swap(a, b);
      *link = a;
      hook(*a).parent_ = parent;
      parent = a;
      link = coin_() >> 63 ? &hook(*a).left_ : &hook(*a).right_;
      a = *link;
    }
    T* const rest = a ? a : b;
    *link = rest;
    if (rest) hook(*rest).parent_ = parent;
    return root;
  }

  T* root_ = nullptr;
  random_engine coin_{1};
};

}  // namespace braid::detail
