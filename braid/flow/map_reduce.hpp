// Sinks in which several workers reduce the items, each into a part of its own.
//
//   long sum = s | braid::reduce(braid::workers(8), 0L, std::plus{});
//   auto counts = files | braid::map_reduce<std::string, long>(braid::automatic, [](const auto& file, auto& emit) {
//     for (auto word : words_of(file)) emit(word, 1);
//   }, std::plus{});                                       // a std::unordered_map<std::string, long>
//
// The parts are joined at the end, in any order, so the function must be associative and commutative. Several workers
// call it at the same time, as const.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "braid/flow/combinable.hpp"
#include "braid/flow/keyed_table.hpp"
#include "braid/flow/sinks.hpp"

namespace braid {
namespace detail {

/// The function of map_reduce calls this for each pair that it finds.
template<class K, class V, class C>
struct emitter {
  keyed_table<K, V>& part;
  const C& combine;
  template<class Key, class Value>
  void operator()(Key&& key, Value&& value) {
    part.add(K(std::forward<Key>(key)), V(std::forward<Value>(value)), combine);
  }
};
template<class T, class F, class Emit>
concept emitted_by = std::invocable<const F&, const T&, Emit&>;
template<class T, class Take, class Part>
concept taken_into = std::invocable<const Take&, Part&, T>;
template<class T, class F, class A>
concept reduced_in_part = reduced_by<T, F, A> && std::constructible_from<A, T>;

/// Returns a sink: Take(part, item) takes items in on several workers, and Join(parts) joins their parts.
template<class S, class Take, class Join>
auto in_parts(workers count, Take take, Join join) {
  struct taker : ignore_all {
    std::shared_ptr<combinable<S>> all;
    Join join;
    auto result() { return join(all->take_all()); }
  };
  return sink{{},
              [count, take = std::move(take),
               join = std::move(join)]<taken_into<Take, S> T>(std::unique_ptr<pull_stage<T>> from) mutable {
                auto all = std::make_shared<combinable<S>>();
                auto work = [all, take = std::move(take)](T item) {
                  typename combinable<S>::loan mine(*all);
                  take(*mine, std::move(item));
                };
                auto last = map(count, std::move(work)).without_results().over(std::move(from));
                return bound(std::move(last), taker{{}, std::move(all), std::move(join)});
              }};
}

template<class A, class F>
auto reduce_in_parts(workers count, A start, F f) {
  const auto take = [f]<reduced_in_part<const F&, A> T>(std::optional<A>& part, T item) {
    if (part) {
      part = std::invoke(f, std::move(*part), std::move(item));
    } else {
      part.emplace(std::move(item));
    }
  };
  auto join = [f, start = std::move(start)](std::vector<std::optional<A>> all) mutable {
    A total = std::move(start);
    for (std::optional<A>& part : all)
      if (part) total = std::invoke(f, std::move(total), std::move(*part));
    return total;
  };
  return in_parts<std::optional<A>>(count, take, std::move(join));
}

template<class K, class V, class C>
std::unordered_map<K, V> join_tables(std::vector<keyed_table<K, V>> all, const C& combine) {
  std::unordered_map<K, V> total;
  for (keyed_table<K, V>& part : all) total.reserve(std::max(total.size(), part.entries().size()));
  for (keyed_table<K, V>& part : all) {
    for (auto& [key, value] : part.entries()) {
      const auto [at, fresh] = total.try_emplace(std::move(key), std::move(value));
      if (!fresh) at->second = std::invoke(combine, std::move(at->second), std::move(value));
    }
  }
  return total;
}

template<class K, class V, class F, class C>
auto map_reduce_in_parts(workers count, F f, C combine) {
  using emit_type = emitter<K, V, C>;
  const auto take = [f = std::move(f), combine]<emitted_by<F, emit_type> T>(keyed_table<K, V>& part, const T& item) {
    emit_type emit{part, combine};
    std::invoke(f, item, emit);
  };
  const auto join = [combine](std::vector<keyed_table<K, V>> all) { return join_tables(std::move(all), combine); };
  return in_parts<keyed_table<K, V>>(count, take, join);
}

}  // namespace detail

/// Reduces items to an A. The first item of a part is converted to A.
template<class A, class F>
auto reduce(workers count, A start, F f) {
  return detail::reduce_in_parts(count, std::move(start), std::move(f));
}
template<class A, class F>
auto reduce(const context& ctx, workers count, A start, F f) {
  return detail::under(ctx, reduce(count, std::move(start), std::move(f)));
}

/// f(item, emit) calls emit(key, value) any number of times; values of one key are combined. K has a std::hash.
template<class K, class V, class F, class C>
auto map_reduce(workers count, F f, C combine) {
  return detail::map_reduce_in_parts<K, V>(count, std::move(f), std::move(combine));
}
template<class K, class V, class F, class C>
auto map_reduce(const context& ctx, workers count, F f, C combine) {
  return detail::under(ctx, map_reduce<K, V>(count, std::move(f), std::move(combine)));
}

}  // namespace braid
