// Deduces the types of the jobs and results of worker_pool pool(n, handler) from the signature of the handler.
#pragma once

#include "braid/base/refused.hpp"
#include "braid/flow/lanes.hpp"
#include "braid/flow/workers.hpp"
#include "braid/pool/pool_handler.hpp"
#include "braid/pool/pool_options.hpp"
#include "braid/sync/context.hpp"

namespace braid {

template<class Job, class R>
class worker_pool;

namespace detail {

/// The type of the job can be deduced from F.
template<class F>
concept names_its_job = requires {
  typename signature_of<F>::job;
};
/// Stands for a type that cannot be deduced.
struct unknown_job {};
template<class F>
struct pool_of {
  using job = unknown_job;
  using value = unknown_job;
};
template<names_its_job F>
struct pool_of<F> : signature_of<F> {};

}  // namespace detail

template<class F>
worker_pool(workers, F, pool_options = {})
    -> worker_pool<typename detail::pool_of<F>::job, typename detail::pool_of<F>::value>;
template<class F>
worker_pool(context, workers, F, pool_options = {})
    -> worker_pool<typename detail::pool_of<F>::job, typename detail::pool_of<F>::value>;
template<class Key, class F>
worker_pool(workers, detail::keyed<Key>, F, pool_options = {})
    -> worker_pool<typename detail::pool_of<F>::job, typename detail::pool_of<F>::value>;
template<class Key, class F>
worker_pool(context, workers, detail::keyed<Key>, F, pool_options = {})
    -> worker_pool<typename detail::pool_of<F>::job, typename detail::pool_of<F>::value>;

template<>
class worker_pool<detail::unknown_job, detail::unknown_job> {
 public:
  template<class... Args>
  BRAID_REFUSED(BRAID_POOL_JOB)
  explicit worker_pool(Args&&...);
  template<class F>
  BRAID_REFUSED(BRAID_POOL_JOB)
  worker_pool(workers, F, pool_options);
};

}  // namespace braid
