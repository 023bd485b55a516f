// A doubly linked list whose links lie in its elements: nothing is allocated, and an element is removed in O(1) without
// access to its list. An element with several hooks (one Tag each) can be in several lists at once.
#pragma once

#include <utility>

namespace braid::detail {

struct unset_t {};
inline constexpr unset_t unset;

template<class Tag>
class list_hook {
 public:
  list_hook() noexcept : next_(nullptr) {}
  /// Leaves the hook uninitialised, which saves a store. Requires that linked() is not called before the first
  /// insertion.
  explicit list_hook(unset_t) noexcept {}
  list_hook(const list_hook&) = delete;
  list_hook& operator=(const list_hook&) = delete;

  bool linked() const noexcept { return next_ != nullptr; }
  void unlink() noexcept {
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = nullptr;
  }

 private:
  template<class, class>
  friend class intrusive_list;
  list_hook* prev_;  ///< Valid only while linked.
  list_hook* next_;  ///< Null while in no list.
};

/// A first-in-first-out list of T, which derives from list_hook<Tag>. Needs outside locking.
template<class T, class Tag>
class intrusive_list {
 public:
  intrusive_list() noexcept { head_.prev_ = head_.next_ = &head_; }
  intrusive_list(const intrusive_list&) = delete;
  intrusive_list& operator=(const intrusive_list&) = delete;

  bool empty() const noexcept { return head_.next_ == &head_; }
  T* front() noexcept { return empty() ? nullptr : element(head_.next_); }
  T* next(T& t) noexcept {
    list_hook<Tag>* const after = static_cast<list_hook<Tag>&>(t).next_;
    return after == &head_ ? nullptr : element(after);
  }
  void push_back(T& t) noexcept {
    list_hook<Tag>& hook = t;
    hook.prev_ = head_.prev_;
    hook.next_ = &head_;
    head_.prev_->next_ = &hook;
    head_.prev_ = &hook;
  }
  void push_front(T& t) noexcept {
    list_hook<Tag>& hook = t;
    hook.prev_ = &head_;
    hook.next_ = head_.next_;
    head_.next_->prev_ = &hook;
    head_.next_ = &hook;
  }
  /// Removes and returns the first element; null if there is none.
  T* pop_front() noexcept {
    T* const first = front();
    if (first) static_cast<list_hook<Tag>*>(first)->unlink();
    return first;
  }
  /// Moves all of `from`, in its order, behind the elements of this list.
  void splice_back(intrusive_list& from) noexcept {
    if (from.empty()) return;
    list_hook<Tag>* const first = from.head_.next_;
    list_hook<Tag>* const last = from.head_.prev_;
    from.head_.prev_ = from.head_.next_ = &from.head_;
    first->prev_ = head_.prev_;
    last->next_ = &head_;
    head_.prev_->next_ = first;
    head_.prev_ = last;
  }
  static void erase(T& t) noexcept { static_cast<list_hook<Tag>&>(t).unlink(); }

 private:
  static T* element(list_hook<Tag>* hook) noexcept { return static_cast<T*>(hook); }
  list_hook<Tag> head_;
};

}  // namespace braid::detail
