// map: calls f on every item, by several workers at a time.
//
//   s | braid::map(f)                                // one after the other, where the stream is driven
//   s | braid::map(8, f)                             // eight at a time; results come out as they are ready
//   s | braid::map(8, f, braid::ordered)             // the same, in the order of the items
//   s | braid::map(8, f, braid::slack(0))            // at most 8 items are pulled and not yet taken
//
// f takes (T) or (context, T). Several workers call a plain f at the same time, so it must be callable as const; they
// run on up to the stated number of threads (law F0). The thread that drives the stream is one of them only while items
// are known to be short: a result is seen when it is ready, however long other items take (law F7). A coroutine f has
// up to the stated number of tasks at a time, on the executor. `braid::automatic` in place of the number finds it while
// the stage runs, and `braid::adjustable_workers` can be changed meanwhile (workers.hpp).
//
// If f throws, the results before it come out, then the exception, then nothing (law F2). "Before" is by the order of
// the items if the stage is ordered, else by the order in which results were ready.
#pragma once

#include <memory>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/flow/plain_map.hpp"
#include "braid/flow/serial_map.hpp"
#include "braid/flow/stage_options.hpp"
#include "braid/flow/task_map.hpp"

namespace braid {
namespace detail {

/// If Serial, f does one item after the other. Else several workers call it at the same time, a plain f as const.
template<class F, class T, bool Serial>
concept does_items = maps<F, T> &&(Serial || maps<const F, T> || maps_by_task<F, T>);

/// The result of map(): a stage that has no input yet.
template<class F, bool Serial>
struct map_stage {
  F f;
  stage_options options;

  /// For a sink that ignores the results.
  map_stage without_results() && {
    options.show_no_results();
    return std::move(*this);
  }

  template<class T>
  requires does_items<F, T, Serial>
  auto over(std::unique_ptr<pull_stage<T>> from) && {
    using base = pull_stage<mapped<F, T>>;
    if constexpr (maps_by_task<F, T>) {
      return make_derived<base, task_map<T, F>>(std::move(from), std::move(f), options);
    } else if constexpr (Serial) {
      return make_derived<base, serial_map<T, F>>(std::move(from), std::move(f));
    } else {
      return make_derived<base, plain_map<T, F>>(std::move(from), std::move(f), options);
    }
  }
};

}  // namespace detail

template<class F>
detail::map_stage<std::decay_t<F>, true> map(F&& f) {
  return {std::forward<F>(f), detail::stage_options(1)};
}
template<class F, class... Options>
detail::map_stage<std::decay_t<F>, false> map(workers count, F&& f, Options... options) {
  return {std::forward<F>(f), detail::stage_options(std::move(count), options...)};
}

}  // namespace braid
