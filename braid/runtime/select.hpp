// select performs exactly one of several operations and returns its index.
//
//   auto in = rx.recv();  auto tick = braid::every(1s);  auto stop = ctx.done();
//   switch (const auto won = co_await braid::select(in, tick, stop); won) {  // on a thread: .get() for co_await
//     case 0: use(in.result()); break;
//     case 1: flush(); break;
//     case 2: co_return;
//   }
//
// Results live in the named operations; losers are unchanged and may be performed again. An operation that has
// finished (channel closed and drained, `after` fired, done seen) is reported once and then skipped; disable() and
// enable() do the same by hand. When no case is left, select returns braid::none without waiting.
#pragma once

#include <array>
#include <type_traits>

#include "braid/base/refused.hpp"
#include "braid/runtime/perform.hpp"

namespace braid {

/// Returned by select when no case is left, and by try_select when none is ready.
inline constexpr std::size_t none = detail::no_case;

/// Asks select for the first ready case instead of a random one. Unless the ready case is the first of all, it costs
/// one lock for each case.
struct biased_t {};
inline constexpr biased_t biased{};

namespace detail {

template<class Op>
concept select_case = std::derived_from<std::remove_cvref_t<Op>, operation>;

/// A case of select: named, or without a result that a loser would lose.
template<class Op>
concept kept_case = select_case<Op> &&
    (std::is_lvalue_reference_v<Op> || std::remove_cvref_t<Op>::may_be_temporary_case);
template<class... Ops>
concept lost_cases = (select_case<Ops> && ...) && !(kept_case<Ops> && ...);
#define BRAID_NAMED_CASES \
  "a case of select with a result has a name, so that a loser keeps its value: auto in = rx.recv(); select(in, ...)"

/// The result of select. It lives in the expression that performs it, since it may borrow temporaries of that
/// expression. `Cases` says where the pointers to the operations lie.
template<class Cases>
class [[nodiscard]] selection {
 public:
  selection(Cases cases, choice how) noexcept : cases_(cases), how_(how), suspension_(shield::no) {}
  selection(const selection&) = delete;
  selection& operator=(const selection&) = delete;

  /// Performs the select on the calling thread, which blocks. Throws braid::cancelled if the task's context is
  /// cancelled.
  std::size_t get() && { return perform(list(), suspension_.kind()); }
  expression_awaiter<selection> operator co_await() && noexcept { return {*this}; }

  // For the awaiter and shielded().
  bool suspend(performer& me, std::coroutine_handle<> coroutine) { return suspension_.suspend(list(), me, coroutine); }
  std::size_t resume() { return suspension_.resume(list()); }
  void set_shielded() noexcept { suspension_.set_shielded(); }

 private:
  case_list list() const noexcept { return {cases_, how_}; }
  Cases cases_;
  choice how_;
  suspension suspension_;
};

}  // namespace detail

/// Performs exactly one of `operations` (law O1), fair: each that is ready is equally likely to be taken (law O3).
/// Borrows them. Perform it with .get() on a thread or co_await in a coroutine.
template<detail::kept_case... Ops>
auto select(Ops&&... operations) {
  using cases = std::array<operation*, sizeof...(Ops)>;
  return detail::selection<cases>(cases{&operations...}, detail::choice::fair);
}

/// The same, but takes the first ready case in the given order: at one instant it was ready and none before it was (law
/// O12).
template<detail::kept_case... Ops>
auto select(biased_t, Ops&&... operations) {
  using cases = std::array<operation*, sizeof...(Ops)>;
  return detail::selection<cases>(cases{&operations...}, detail::choice::biased);
}

/// The same over a number of operations known at run time; the span's array is borrowed too.
inline auto select(std::span<operation* const> operations) {
  return detail::selection<std::span<operation* const>>(operations, detail::choice::fair);
}
inline auto select(biased_t, std::span<operation* const> operations) {
  return detail::selection<std::span<operation* const>>(operations, detail::choice::biased);
}

/// Performs one of `operations` if one is ready, and never waits. Returns its index, or braid::none if at one instant
/// no case was ready (law O12).
template<detail::kept_case... Ops>
std::size_t try_select(Ops&&... operations) {
  const std::array<operation*, sizeof...(Ops)> cases{&operations...};
  return detail::try_begin({cases, detail::choice::fair}, detail::performer::current());
}
inline std::size_t try_select(std::span<operation* const> operations) {
  return detail::try_begin({operations, detail::choice::fair}, detail::performer::current());
}

template<class... Ops>
requires detail::lost_cases<Ops...> BRAID_REFUSED(BRAID_NAMED_CASES)
detail::refused select(Ops&&...);
template<class... Ops>
requires detail::lost_cases<Ops...> BRAID_REFUSED(BRAID_NAMED_CASES)
detail::refused select(biased_t, Ops&&...);
template<class... Ops>
requires detail::lost_cases<Ops...> BRAID_REFUSED(BRAID_NAMED_CASES)
std::size_t try_select(Ops&&...);

}  // namespace braid
