// select_list<Op>: operations of one type, whose number is known at run time, as the cases of a select. The list may
// change between two selects.
//
//   braid::select_list in(receivers, [](const auto& rx) { return rx.recv(); });   // receivers: a vector
//   auto stop = ctx.done();
//   for (;;) {
//     const std::size_t won = co_await braid::select(in.cases(stop));   // on a thread: select(...).get()
//     if (won == in.size()) co_return;                                  // the first case after the list: stop
//     if (auto v = in[won].result()) use(won, *v);
//     else in.erase(won);                                               // closed and drained
//   }
//
// Operations do not move: the list builds each in a place where it stays until it is erased. Do not use the list while
// a select over it runs. One thread or task at a time uses it, as with an operation.
#pragma once

#include <concepts>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/runtime/select.hpp"

namespace braid {

template<std::derived_from<operation> Op>
class select_list {
 public:
  select_list() = default;
  /// Makes one operation for each element of `from`: the one that `make(element)` returns. It may borrow the element.
  template<class Range, class F>
  select_list(Range& from, F make) {
    for (auto& each : from) add([&] { return make(each); });
  }
  select_list(select_list&&) noexcept = default;
  select_list& operator=(select_list&&) noexcept = default;

  /// Adds the operation that `make()` returns as the last case: in.add([&] { return rx.recv(); }). The reference is
  /// valid until the operation is erased.
  template<std::invocable F>
  requires std::same_as<std::invoke_result_t<F>, Op> Op& add(F&& make) {
    owned_.push_back(std::unique_ptr<Op>(new Op(std::forward<F>(make)())));
    return *owned_.back();
  }
  /// Destroys an operation; those behind it move up by one. O(size).
  void erase(std::size_t index) {
    check(index);
    owned_.erase(owned_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  void clear() noexcept { owned_.clear(); }

  std::size_t size() const noexcept { return owned_.size(); }
  bool empty() const noexcept { return owned_.empty(); }
  Op& operator[](std::size_t index) {
    check(index);
    return *owned_[index];
  }

  /// Returns the cases for select(...), select(biased, ...) and try_select(...): the operations of the list, then
  /// `others`, the first of which has the index size(). Valid until the next call, or until the list changes. With a
  /// list that grows, allocates once for each new length.
  template<std::derived_from<operation>... Others>
  std::span<operation* const> cases(Others&... others) {
    cases_.clear();
    for (const auto& each : owned_) cases_.push_back(each.get());
    (cases_.push_back(&others), ...);
    return cases_;
  }

 private:
  void check(std::size_t index) const {
    BRAID_CHECK(index < owned_.size(),
                "a select_list was asked for a case that it does not have: it has size() operations, and those that "
                "cases(others...) adds are yours");
  }
  std::vector<std::unique_ptr<Op>> owned_;
  std::vector<operation*> cases_;
};

template<class Range, class F>
select_list(Range&, F) -> select_list<std::invoke_result_t<F&, decltype(*std::begin(std::declval<Range&>()))>>;

}  // namespace braid
