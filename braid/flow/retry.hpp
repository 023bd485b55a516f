// retry(policy, f): calls f again if it fails, after a wait that grows.
//
//   s | braid::map(8, braid::retry(3, fetch))                      // up to 3 further tries
//   s | braid::map(8, braid::retry({.retries = 5, .first = 50ms}, braid::timeout(2s, fetch)))
//
// Throws the last failure. The end of the context does not count as a failure and is thrown at once; a timeout() inside
// retry() does count. The waits are jittered (retry_policy.hpp), on the context's clock. Each try copies the item.
#pragma once

#include <concepts>
#include <utility>

#include "braid/base/argument.hpp"
#include "braid/base/retry_policy.hpp"
#include "braid/sync/map_call.hpp"
#include "braid/sync/ticker.hpp"

namespace braid {
namespace detail {

template<class F>
class retried_call {
 public:
  retried_call(retry_policy policy, F f) : policy_(policy), f_(std::move(f)) {}

  template<std::copy_constructible T>
  requires maps<const F, T>
  auto operator()(const context& ctx, T item) const {
    if constexpr (maps_by_task<const F, T>) {
      return run_task(this, ctx, std::move(item));
    } else {
      return run(ctx, item);
    }
  }

 private:
  template<class T>
  call_result<const F, T> run(const context& ctx, const T& item) const {
    for (unsigned tries = 1;; ++tries) {
      try {
        return call(f_, ctx, T(item));
      } catch (...) {
        if (ctx.is_cancelled() || !policy_.allows(tries)) throw;
      }
      static_cast<void>(after(wait_before(tries)).get());
    }
  }
  template<class T>
  static call_result<const F, T> run_task(const retried_call* self, context ctx, T item) {
    for (unsigned tries = 1;; ++tries) {
      try {
        T copy(item);
        auto work = call(self->f_, ctx, std::move(copy));
        co_return co_await work;
      } catch (...) {
        if (ctx.is_cancelled() || !self->policy_.allows(tries)) throw;
      }
      auto pause = after(self->wait_before(tries));
      static_cast<void>(co_await pause);
    }
  }
  duration wait_before(unsigned failures) const {
    return std::chrono::duration_cast<duration>(policy_.delay(failures, performer::current().random()));
  }

  retry_policy policy_;
  F f_;
};

}  // namespace detail

template<class F>
auto retry(retry_policy policy, F f) {
  return detail::retried_call<F>(policy, std::move(f));
}
/// Throws std::invalid_argument if `retries` is below 0.
template<class F>
auto retry(int retries, F f) {
  const int checked = detail::checked_argument("retries", retries, 0);
  return retry(retry_policy{.retries = static_cast<unsigned>(checked)}, std::move(f));
}

}  // namespace braid
