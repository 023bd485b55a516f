#include "braid/flow/stage_width.hpp"

#include <algorithm>
#include <utility>

namespace braid::detail {

stage_width::stage_width(const stage_options& options, const environment& env) : slack_(options.stated_slack()) {
  const braid::workers& count = options.count();
  set(count.in(env));
  most_workers_ = count.shared() ? static_cast<std::size_t>(adjustable_workers::most) : workers_;
  if (!count.is_automatic()) return;
  adaptive_ = std::make_unique<adaptive>(env.clock_or_default(), concurrency_controller(workers_));
  most_workers_ = concurrency_controller::most;
  set(adaptive_->controller.width());
  due_ = adaptive_->controller.due();
}

void stage_width::set(std::size_t workers) noexcept {
  workers_ = workers;
  most_in_flight_ = workers + slack_for(workers);
}

bool stage_width::adapt() noexcept {
  adaptive& a = *adaptive_;
  const std::chrono::nanoseconds now = a.now();
  if (a.awaited_since) a.starved += now - std::exchange(*a.awaited_since, now);
  a.controller.observe(now, a.starved);
  due_ = a.controller.due();
  const std::size_t before = std::exchange(workers_, a.controller.width());
  if (workers_ != before) set(workers_);
  return workers_ > before;
}

void stage_width::adaptive::starves() noexcept {
  if (!awaited_since) awaited_since = now();
}

void stage_width::adaptive::is_fed() noexcept {
  if (awaited_since) starved += now() - *std::exchange(awaited_since, std::nullopt);
}

}  // namespace braid::detail
