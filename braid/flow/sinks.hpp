// Sinks: each runs a stream and gives a value.
//
//   s | braid::for_each(print)                        // one after the other, where the stream is driven
//   s | braid::for_each(braid::workers(8), store)     // eight at a time
//   std::vector<T> all = s | braid::collect();
//   s | braid::collect_into(all)                      // appends; after a failure, `all` has what came before it
//   long sum = s | braid::reduce(0L, std::plus{});
//   std::vector<T> three = s | braid::first(3);       // no more is pulled
//   std::size_t n = s | braid::count();
//   bool any = s | braid::any_of(is_bad);             // stops at the first; all_of likewise
//   s | braid::to(tx);                                // sends each, until the channel (or broadcast) is closed
//   s | braid::to(lanes, braid::round_robin);         // to several channels (lanes.hpp); or braid::by_key(key_of)
//
// To run under a context other than the current one, a sink takes that context first: s | braid::count(ctx).
#pragma once

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "braid/flow/accumulators.hpp"
#include "braid/flow/first_items.hpp"
#include "braid/flow/map.hpp"
#include "braid/flow/send_stage.hpp"
#include "braid/flow/stream.hpp"

namespace braid {
namespace detail {

/// A sink: Bind(pull_stage<T>) gives the bound_sink.
template<class Bind>
struct sink {
  std::optional<context> ctx;
  Bind binder;

  template<class T>
  requires std::invocable<Bind&&, std::unique_ptr<pull_stage<T>>>
  auto bind(std::unique_ptr<pull_stage<T>> from) && { return std::move(binder)(std::move(from)); }
};

template<class T, class Taker>
bound_sink<T, Taker> bound(std::unique_ptr<pull_stage<T>> last, Taker taker) {
  return {std::move(last), std::move(taker)};
}

/// Returns the same sink, run under `ctx`.
template<class Sink>
Sink under(const context& ctx, Sink s) {
  s.ctx.emplace(ctx);
  return s;
}

template<class T, class Make>
concept taken_by = std::invocable<Make&, std::type_identity<T>>;
/// f(total, item) is the new total.
template<class T, class F, class A>
concept reduced_by = std::is_invocable_r_v<A, F, A, T>;
template<class T, class P>
concept asked_by = std::predicate<P&, T&>;

/// Returns a sink that gives items of type T to the taker Make(type_identity<T>).
template<class Make>
auto take_with(Make make) {
  return sink{{}, [make = std::move(make)]<taken_by<Make> T>(std::unique_ptr<pull_stage<T>> from) mutable {
                auto taker = make(std::type_identity<T>{});
                return bound(std::move(from), std::move(taker));
              }};
}
/// Returns a sink that adds `stage`, and gives its results to `taker`.
template<class Stage, class Taker>
auto take_after(Stage stage, Taker taker) {
  return sink{{},
              [stage = std::move(stage),
               taker = std::move(taker)]<goes_into<Stage> T>(std::unique_ptr<pull_stage<T>> from) mutable {
                return bound(std::move(stage).over(std::move(from)), std::move(taker));
              }};
}

/// Returns a sink that counts the items sent.
template<class End, class Policy>
auto send_to(std::vector<End> lanes, Policy policy) {
  using T = typename End::value_type;
  checked_argument("number of channels of to()", lanes.size(), 1);
  return take_after(
      stage{[lanes = std::move(lanes), policy = std::move(policy)](std::unique_ptr<pull_stage<T>> from) mutable {
        return make_stage<send_stage<T, End, Policy>>(std::move(from), std::move(lanes), std::move(policy));
      }},
      counter{});
}

}  // namespace detail

template<class F>
auto for_each(F f) {
  return detail::take_after(map(std::move(f)), detail::ignore_all{});
}
template<class F, class... Options>
auto for_each(workers count, F f, Options... options) {
  return detail::take_after(map(std::move(count), std::move(f), options...).without_results(), detail::ignore_all{});
}
template<class... Args>
auto for_each(const context& ctx, Args... args) {
  return detail::under(ctx, for_each(std::move(args)...));
}

inline auto collect() {
  return detail::take_with([]<class T>(std::type_identity<T>) { return detail::collector<T>(); });
}
inline auto collect(const context& ctx) {
  return detail::under(ctx, collect());
}
template<class T>
auto collect_into(std::vector<T>& to BRAID_LIFETIMEBOUND) {
  return detail::take_with([&to](std::type_identity<T>) { return detail::appender<T>(to); });
}
template<class T>
auto collect_into(const context& ctx, std::vector<T>& to BRAID_LIFETIMEBOUND) {
  return detail::under(ctx, collect_into(to));
}

/// Gives f(f(f(start, a), b), c) ..., one item after the other, where the stream is driven.
template<class A, class F>
auto reduce(A start, F f) {
  return detail::take_with(
      [start = std::move(start), f = std::move(f)]<detail::reduced_by<F&, A> T>(std::type_identity<T>) mutable {
        return detail::reducer<A, F>{std::move(start), std::move(f)};
      });
}
template<class A, class F>
auto reduce(const context& ctx, A start, F f) {
  return detail::under(ctx, reduce(std::move(start), std::move(f)));
}

inline auto count() {
  return detail::take_with([]<class T>(std::type_identity<T>) { return detail::counter{}; });
}
inline auto count(const context& ctx) {
  return detail::under(ctx, count());
}

/// Gives the first `most` items, or all if there are fewer.
inline auto first(std::size_t most) {
  return detail::sink{{}, [most]<class T>(std::unique_ptr<detail::pull_stage<T>> from) {
                        auto some = detail::make_stage<detail::first_items<T>>(std::move(from), most);
                        return detail::bound(std::move(some), detail::collector<T>());
                      }};
}
inline auto first(const context& ctx, std::size_t most) {
  return detail::under(ctx, first(most));
}

template<class P>
auto any_of(P is) {
  return detail::take_with([is = std::move(is)]<detail::asked_by<P> T>(std::type_identity<T>) mutable {
    return detail::searcher<P>{std::move(is), true};
  });
}
template<class P>
auto any_of(const context& ctx, P is) {
  return detail::under(ctx, any_of(std::move(is)));
}
template<class P>
auto all_of(P is) {
  return detail::take_with([is = std::move(is)]<detail::asked_by<P> T>(std::type_identity<T>) mutable {
    return detail::searcher<P>{std::move(is), false};
  });
}
template<class P>
auto all_of(const context& ctx, P is) {
  return detail::under(ctx, all_of(std::move(is)));
}

/// Gives the number of items sent. An item that is refused as the channel is closed is dropped and ends the stream.
template<class T>
auto to(sender<T> tx) {
  return detail::send_to(std::vector<sender<T>>{std::move(tx)}, detail::in_turn(round_robin));
}
/// Sends every item to every subscriber; it is copied for each but the last. An item without a subscriber is dropped
/// and ends the stream.
template<std::copy_constructible T>
auto to(publisher<T> tx) {
  return detail::send_to(std::vector<publisher<T>>{std::move(tx)}, detail::in_turn(round_robin));
}
/// Sends to the lanes in turn. Throws std::invalid_argument if there are none. A closed lane is passed over; the item
/// that the last one refuses is dropped.
template<class T>
auto to(std::vector<sender<T>> lanes, round_robin_t) {
  return detail::send_to(std::move(lanes), detail::in_turn(round_robin));
}
/// Sends equal keys to one lane, in order. An item whose lane is closed is dropped and ends the stream.
template<class T, detail::key_of<T> KeyOf>
auto to(std::vector<sender<T>> lanes, detail::keyed<KeyOf> by) {
  return detail::send_to(std::move(lanes), std::move(by));
}
template<class T, detail::no_key_of<T> KeyOf>
BRAID_REFUSED(BRAID_KEY_OF_ITEMS)
detail::refused to(std::vector<sender<T>>, detail::keyed<KeyOf>);
template<class... Args>
auto to(const context& ctx, Args... args) {
  return detail::under(ctx, to(std::move(args)...));
}

}  // namespace braid
