// timeout(limit, f): f with a time limit for each item.
//
//   s | braid::map(8, braid::timeout(2s, fetch))
//
// At its limit, a coroutine f is cancelled wherever it waits, and a plain f where it waits through braid. Both may take
// the context, as (context, T), and check it themselves. Then timed_out is thrown. A plain f that does neither keeps
// its worker until it returns, and its result counts.
#pragma once

#include <utility>

#include "braid/sync/map_call.hpp"
#include "braid/sync/scoped_performer.hpp"
#include "braid/sync/task_group.hpp"

namespace braid {
namespace detail {

template<class F>
class timed_call {
 public:
  timed_call(duration limit, F f) : limit_(limit), f_(std::move(f)) {}

  template<class T>
  requires maps<const F, T>
  auto operator()(const context& ctx, T item) const {
    if constexpr (maps_by_task<const F, T>) {
      return run_task(this, ctx, std::move(item));
    } else {
      const context limited = with_timeout(ctx, limit_);
      scoped_performer me(limited);
      const current_performer_guard here(me);
      return call(f_, limited, std::move(item));
    }
  }

 private:
  template<class T>
  static call_result<const F, T> run_task(const timed_call* self, context ctx, T item) {
    const context limited = with_timeout(ctx, self->limit_);
    task_group group(limited);
    auto work = group.async([self](T argument) { return call(self->f_, current_context(), std::move(argument)); },
                            std::move(item));
    co_await group.join();
    co_return co_await work;
  }

  duration limit_;
  F f_;
};

}  // namespace detail

template<class F>
auto timeout(duration limit, F f) {
  return detail::timed_call<F>(limit, std::move(f));
}

}  // namespace braid
