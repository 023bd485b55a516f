// What runs a stream, and the value that it gives.
//
//   s | braid::for_each(print)                        // one after the other, where the stream is driven
//   s | braid::for_each(braid::workers(8), store)     // eight at a time
//   std::vector<T> all = s | braid::collect();
//   s | braid::collect_into(all)                      // appends; what came before a failure is in `all` then
//   long sum = s | braid::reduce(0L, std::plus{});
//   std::vector<T> three = s | braid::first(3);       // no more is asked for
//   std::size_t n = s | braid::count();
//   bool any = s | braid::any_of(is_bad);             // stops at the first; all_of likewise
//   s | braid::to(tx);                                // sends each, until the channel is closed
//
// Each takes a context first if it is to run under another one than the current: s | braid::count(ctx).
#pragma once

#include <concepts>
#include <optional>
#include <utility>

#include "braid/flow/limited.hpp"
#include "braid/flow/map.hpp"
#include "braid/flow/send_stage.hpp"
#include "braid/flow/takers.hpp"

namespace braid {
namespace detail {

/// A sink: Bind(producer<T>) gives the bound_sink.
template<class Bind>
struct sink {
  std::optional<context> ctx;
  Bind binder;

  template<class T>
  requires std::invocable<Bind&&, std::unique_ptr<producer<T>>>
  auto bind(std::unique_ptr<producer<T>> from) && { return std::move(binder)(std::move(from)); }
};

template<class T, class Taker>
bound_sink<T, Taker> bound(std::unique_ptr<producer<T>> last, Taker taker) {
  return {std::move(last), std::move(taker)};
}

inline auto collect_under(std::optional<context> ctx) {
  return sink{std::move(ctx),
              []<class T>(std::unique_ptr<producer<T>> from) { return bound(std::move(from), collector<T>{}); }};
}
template<class T>
auto collect_into_under(std::optional<context> ctx, std::vector<T>& to) {
  return sink{std::move(ctx),
              [&to](std::unique_ptr<producer<T>> from) { return bound(std::move(from), appender<T>{to}); }};
}
inline auto count_under(std::optional<context> ctx) {
  return sink{std::move(ctx),
              []<class T>(std::unique_ptr<producer<T>> from) { return bound(std::move(from), counter{}); }};
}
inline auto first_under(std::optional<context> ctx, std::size_t most) {
  return sink{std::move(ctx), [most]<class T>(std::unique_ptr<producer<T>> from) {
                std::unique_ptr<producer<T>> some = std::make_unique<limited_to<T>>(std::move(from), most);
                return bound(std::move(some), collector<T>{});
              }};
}
template<class A, class F>
auto reduce_under(std::optional<context> ctx, A start, F f) {
  return sink{std::move(ctx),
              [start = std::move(start), f = std::move(f)]<class T>(std::unique_ptr<producer<T>> from) mutable {
                return bound(std::move(from), reducer<A, F>{std::move(start), std::move(f)});
              }};
}
template<class P>
auto search_under(std::optional<context> ctx, P is, bool wanted) {
  return sink{std::move(ctx), [is = std::move(is), wanted]<class T>(std::unique_ptr<producer<T>> from) mutable {
                return bound(std::move(from), searcher<P>{std::move(is), wanted});
              }};
}
/// Nobody wants the stage's results.
template<class Stage>
auto run_only(std::optional<context> ctx, Stage stage) {
  return sink{std::move(ctx), [stage = std::move(stage)]<class T>(std::unique_ptr<producer<T>> from) mutable {
                return bound(std::move(stage).over(std::move(from)), ignore_all{});
              }};
}

/// The number of the stage's results.
template<class Stage>
auto count_over(std::optional<context> ctx, Stage stage) {
  return sink{std::move(ctx), [stage = std::move(stage)]<class T>(std::unique_ptr<producer<T>> from) mutable {
                return bound(std::move(stage).over(std::move(from)), counter{});
              }};
}

}  // namespace detail

template<class F>
auto for_each(F f) {
  return detail::run_only(std::nullopt, map(std::move(f)));
}
template<class F>
auto for_each(const context& ctx, F f) {
  return detail::run_only(ctx, map(std::move(f)));
}
template<class F, class... Options>
auto for_each(workers count, F f, Options... options) {
  return detail::run_only(std::nullopt, map(count, std::move(f), options...));
}
template<class F, class... Options>
auto for_each(const context& ctx, workers count, F f, Options... options) {
  return detail::run_only(ctx, map(count, std::move(f), options...));
}

inline auto collect() {
  return detail::collect_under(std::nullopt);
}
inline auto collect(const context& ctx) {
  return detail::collect_under(ctx);
}
template<class T>
auto collect_into(std::vector<T>& to BRAID_LIFETIMEBOUND) {
  return detail::collect_into_under(std::nullopt, to);
}
template<class T>
auto collect_into(const context& ctx, std::vector<T>& to BRAID_LIFETIMEBOUND) {
  return detail::collect_into_under(ctx, to);
}

/// f(f(f(start, a), b), c) ...: one after the other, where the stream is driven.
template<class A, class F>
auto reduce(A start, F f) {
  return detail::reduce_under(std::nullopt, std::move(start), std::move(f));
}
template<class A, class F>
auto reduce(const context& ctx, A start, F f) {
  return detail::reduce_under(ctx, std::move(start), std::move(f));
}

inline auto count() {
  return detail::count_under(std::nullopt);
}
inline auto count(const context& ctx) {
  return detail::count_under(ctx);
}

/// The first `most` items, or all if there are fewer.
inline auto first(std::size_t most) {
  return detail::first_under(std::nullopt, most);
}
inline auto first(const context& ctx, std::size_t most) {
  return detail::first_under(ctx, most);
}

template<class P>
auto any_of(P is) {
  return detail::search_under(std::nullopt, std::move(is), true);
}
template<class P>
auto any_of(const context& ctx, P is) {
  return detail::search_under(ctx, std::move(is), true);
}
template<class P>
auto all_of(P is) {
  return detail::search_under(std::nullopt, std::move(is), false);
}
template<class P>
auto all_of(const context& ctx, P is) {
  return detail::search_under(ctx, std::move(is), false);
}

/// Gives how many were sent. An item that the channel refuses, since it was closed, is dropped.
template<class T>
auto to(sender<T> tx) {
  return detail::count_over(std::nullopt, detail::send_each<T>{std::move(tx)});
}
template<class T>
auto to(const context& ctx, sender<T> tx) {
  return detail::count_over(ctx, detail::send_each<T>{std::move(tx)});
}

}  // namespace braid
