// A stream is a lazy description of work: a source, stages, and then a sink, which runs it.
//
//   for (int square : braid::from(std::views::iota(1, 101)) | braid::map(3, [](int x) { return x * x; })) ...
//   long sum = braid::from(numbers) | braid::map(8, weigh) | braid::reduce(0L, std::plus{});
//   auto pages = co_await urls.into(braid::collect());           // in a coroutine, on a named stream
//
// Words: a *source* gives items, a *stage* turns a stream into another one, a *sink* runs a stream and gives a value.
// The sink pulls: nothing happens before it does. No more is pulled than the sink asks for, except for what a parallel
// stage may have in flight (law F1). The *driver* of a stream is the calling thread in `s | sink`, or the coroutine in
// `s.into(sink)`. It also runs items itself.
//
//   sources      from(range)  from(receiver)  generate(f)  lines(path)  ticks(interval)
//   fan-ins      merge  merge_sorted  concat  race                   several streams become one
//   stages       map  filter  inspect  flat_map  chunk  throttle     after each other, in any order
//   sinks        for_each  collect  collect_into  reduce  map_reduce  count  first  any_of  all_of  to
//   decorators   retry  timeout                                      around the function of a map
//
// Each goes with each. docs/streams.md says what each asks of the items, which order it keeps and how much it may hold.
//
// A pull is one call inside the other through all stages, on the stack of the driver. A stage takes at most 400 bytes
// of it in an optimised build, so that 10,000 stages, built in a loop, fit on a thread with 8 MiB.
//
// An exception of a function comes out of the sink, after the items before it (law F2). A `for` over a stream throws it
// where the item would have come. All that still runs is then cancelled and joined. The same happens when a stream is
// dropped or left early (law F3). That blocks the thread; in a coroutine, `co_await s.stop()` does it without blocking.
//
// Everything in a stream runs under one context: a child of the current one, or of the one that the sink is given
// first, for_each(ctx, print). That context ends with the stream. A stream is one run: it cannot be copied, and the run
// uses it up.
#pragma once

#include <iterator>
#include <memory>
#include <utility>

#include "braid/base/refused.hpp"
#include "braid/flow/stream_run.hpp"

namespace braid {

template<class T>
class stream;

namespace detail {

/// A stage: over(pull_stage<T>) gives the pull_stage after it.
template<class S, class T>
concept stage_over = requires(S&& s, std::unique_ptr<pull_stage<T>> from) {
  std::forward<S>(s).over(std::move(from));
};
template<class T, class Stage>
concept goes_into = stage_over<Stage, T>;
/// A sink: bind(pull_stage<T>) gives {last, taker}: the stages with what the sink adds, and the taker of the items.
template<class S, class T>
concept sink_of = requires(S&& s, std::unique_ptr<pull_stage<T>> from) {
  std::forward<S>(s).bind(std::move(from));
  s.ctx;
};

}  // namespace detail

template<class T>
class [[nodiscard]] stream {
 public:
  using value_type = T;

  explicit stream(std::unique_ptr<detail::pull_stage<T>> last) noexcept : last_(std::move(last)) {}
  stream(stream&&) noexcept = default;
  stream& operator=(stream&&) noexcept = default;
  /// Cancels and joins what still runs, on the calling thread.
  ~stream() = default;

  /// Runs the stream into `sink` and gives its value, in a coroutine. Uses the stream up.
  template<class Sink>
  requires detail::sink_of<Sink, T>
  auto into(Sink sink) & { return run_in_task(take(), std::move(sink)); }

  /// Cancels and joins what still runs. Uses the stream up.
  task<> stop() & {
    last_.reset();
    return stop_run(std::move(run_));
  }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(detail::stream_run<T>& run) : run_(&run) { ++*this; }
    T& operator*() const noexcept { return *item_; }
    iterator& operator++() {
      item_.reset();
      item_ = run_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !item_; }

   private:
    detail::stream_run<T>* run_ = nullptr;
    mutable std::optional<T> item_;
  };
  /// Pulls item by item, on the calling thread. May be called once.
  iterator begin() {
    run_ = std::make_unique<detail::stream_run<T>>(take(), current_context());
    return iterator(*run_);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  // For the operators: takes out the last stage of the stream.
  std::unique_ptr<detail::pull_stage<T>> take() {
    BRAID_CHECK(last_, "a stream was used that has been run, or was moved from: a stream is one run");
    return std::move(last_);
  }

 private:
  template<class Sink>
  using value_of =
      decltype(std::declval<Sink>().bind(std::declval<std::unique_ptr<detail::pull_stage<T>>>()).taker.result());
  template<class Sink>
  static context context_of(const Sink& sink) {
    return sink.ctx ? *sink.ctx : current_context();
  }
  template<class Sink>
  static task<value_of<Sink>> run_in_task(std::unique_ptr<detail::pull_stage<T>> from, Sink sink) {
    auto bound = std::move(sink).bind(std::move(from));
    const context wanted = context_of(sink);
    detail::stream_run run(std::move(bound.last), wanted);
    co_await detail::drive_in_task(&run, &bound.taker);
    co_return bound.taker.result();
  }
  static task<> stop_run(std::unique_ptr<detail::stream_run<T>> run) {
    if (run) co_await run->stop();
  }

  std::unique_ptr<detail::pull_stage<T>> last_;  ///< Null once the stream is run.
  std::unique_ptr<detail::stream_run<T>> run_;   ///< The run of an iterator.
};

/// Puts a stage after a stream. A named stream is moved into it: std::move(s) | map(f).
template<class T, class Stage>
requires detail::stage_over<Stage, T>
auto operator|(stream<T>&& from, Stage stage) {
  auto last = std::move(stage).over(from.take());
  using item = typename decltype(last)::element_type::value_type;
  return stream<item>(std::move(last));
}

/// Runs the stream into the sink and returns the sink's value. Blocks the calling thread.
template<class T, class Sink>
requires detail::sink_of<Sink, T>
auto operator|(stream<T>&& from, Sink sink) {
  auto bound = std::move(sink).bind(from.take());
  detail::stream_run run(std::move(bound.last), sink.ctx ? *sink.ctx : current_context());
  try {
    while (auto item = run.next())
      if (!bound.taker.take(std::move(*item))) break;
  } catch (...) {
    run.cancel();
    detail::give_up(bound.taker, run);
    throw;
  }
  return bound.taker.result();
}
template<class T, class Sink>
requires detail::sink_of<Sink, T>
auto operator|(stream<T>& from, Sink sink) {
  return std::move(from) | std::move(sink);
}

template<class T, class Stage>
requires detail::stage_over<Stage, T> BRAID_REFUSED(
    "a named stream is moved into its next stage, since it is one run: std::move(s) | map(f)")
detail::refused operator|(stream<T>&, Stage);

template<class T, class After>
requires(!detail::stage_over<After, T> && !detail::sink_of<After, T>) BRAID_REFUSED(
    "this stage or sink does not go with the items of the stream: its function is called with (item), and that of a "
    "map "
    "or for_each also with (context, item); if several workers call it, as const, so it is not a mutable lambda")
detail::refused operator|(const stream<T>&, After);

}  // namespace braid
