#include "flow/assembly.hpp"

#include <chrono>
#include <functional>

#include "braid/flow/concat.hpp"
#include "braid/flow/map.hpp"
#include "braid/flow/merge.hpp"
#include "braid/flow/merge_sorted.hpp"
#include "braid/flow/race.hpp"
#include "braid/flow/sources.hpp"
#include "braid/flow/stages.hpp"
#include "braid/sync/ticker.hpp"

namespace pipelines {
namespace {

using namespace std::chrono_literals;
using stream_of_items = braid::stream<item>;

/// One that runs in a stage's function.
struct in_function {
  explicit in_function(gauge& of) noexcept : g(of) { g.begin(); }
  ~in_function() { g.end(); }
  in_function(const in_function&) = delete;
  in_function& operator=(const in_function&) = delete;
  gauge& g;
};

bool takes_long(const node& of, const item& x) noexcept {
  return of.pace > 0 && (x.id.place + of.id) % (4 * of.pace) == 0;
}
void work_for(std::chrono::microseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
  }
}
void fail(const braid::sender<item>& tx, const node& of) {
  tx.close(std::make_exception_ptr(failed(of.id, {of.id, of.size, 0})));
}

}  // namespace

/// What every function does first.
void assembly::enter(const node& of, const item& x) const {
  if (of.cancels_at == x.id.place) cancel();
  if (of.fails_at != x.id.place) return;
  x.will_be(fate::failed);
  throw failed(of.id, x.id);
}

item assembly::on_thread(gauge& g, item x) const {
  const in_function here(g);
  enter(*g.of, x);
  if (takes_long(*g.of, x)) work_for(40us);
  return x;
}

braid::task<item> assembly::in_task(const assembly* self, gauge* g, item x) {
  const in_function here(*g);
  self->enter(*g->of, x);
  if (takes_long(*g->of, x)) {
    auto pause = braid::after(20us);
    co_await pause;
  }
  co_return std::move(x);
}

std::vector<item> assembly::parts_of(const node& of, const item& x) {
  enter(of, x);
  x.will_be(fate::split);
  std::vector<item> parts;
  for (int i = 0; i < of.parts(x.id); ++i)
    parts.emplace_back(items_, key{x.id.source, x.id.place, x.id.part * 3 + 1 + i});
  return parts;
}

stream_of_items assembly::source(const node& of) {
  if (of.form == 0)
    return braid::generate([this, &of, next = 0]() mutable -> std::optional<item> {
      if (next < of.size) return item(items_, {of.id, next++, 0});
      if (of.fails) throw failed(of.id, {of.id, of.size, 0});
      return std::nullopt;
    });
  const braid::channel_options<item> hook{.on_drop = [](item x) { x.will_be(fate::handed_back); }, .name = ""};
  channel& c = channels_.emplace_back(of.form == 1 ? braid::channel<item>(braid::unbounded, hook)
                                                   : braid::channel<item>(2, hook));
  const auto feed = [this, &of, &c] {
    for (int i = 0; i < of.size; ++i) {
      auto send = c.tx.send(item(items_, {of.id, i, 0}));
      if (send.get()) continue;
      return send.value().will_be(fate::handed_back);
    }
    if (of.fails) fail(c.tx, of);
    c.tx.close();
  };
  if (of.form == 1) {
    feed();
  } else {
    feeders_.emplace_back(feed);
  }
  return braid::from(c.rx);
}

stream_of_items assembly::several(const node& of) {
  std::vector<stream_of_items> inputs;
  for (const node& each : of.inputs) inputs.push_back(make(each));
  if (of.what == kind::race) {
    podium& race = races_.emplace_back(of);
    return braid::race(std::move(inputs)) | braid::inspect([&race](const item& x) { race.gave_item(x.id.source); });
  }
  if (of.what == kind::merge) return braid::merge(std::move(inputs));
  if (of.what == kind::concat) return braid::concat(std::move(inputs));
  return braid::merge_sorted(std::move(inputs), [](const item& a, const item& b) { return comes_before(a.id, b.id); });
}

stream_of_items assembly::parallel(const node& of, stream_of_items from) {
  gauge& g = gauges_.emplace_back(of);
  auto before = std::move(from) | braid::inspect([&g](const item&) { g.pulled(); });
  const auto with = [&](auto f) {
    const braid::slack slack(of.slack);
    if (of.ordered) return std::move(before) | braid::map(of.workers, f, slack, braid::ordered) | count_out(g);
    return std::move(before) | braid::map(of.workers, f, slack) | count_out(g);
  };
  if (of.what == kind::plain) return with([this, &g](item x) { return on_thread(g, std::move(x)); });
  return with([this, &g](item x) { return in_task(this, &g, std::move(x)); });
}

std::unique_ptr<assembly::pool> assembly::make_pool(gauge& g) {
  const int workers = g.of->workers;
  if (g.of->form == 0)
    return std::make_unique<pool>(own_.ctx, workers, [this, &g](item x) { return on_thread(g, std::move(x)); });
  return std::make_unique<pool>(own_.ctx, workers, [this, &g](item x) { return in_task(this, &g, std::move(x)); });
}

stream_of_items assembly::through_pool(const node& of, stream_of_items from) {
  gauge& g = gauges_.emplace_back(of);
  const pool& workers = *pools_.emplace_back(pool_of{&g, make_pool(g)}).workers;
  auto before = std::move(from) | braid::inspect([&g](const item&) { g.pulled(); });
  const auto value = braid::map([](braid::job_result<item, item> one) { return std::move(one.outcome).value(); });
  const braid::slack slack(of.slack);
  if (of.ordered) return std::move(before) | braid::through(workers, slack, braid::ordered) | count_out(g) | value;
  return std::move(before) | braid::through(workers, slack) | count_out(g) | value;
}

void assembly::resize_pools(braid::random_engine& random) {
  for (const pool_of& each : pools_)
    if (each.g->all_pulled() > 0)
      each.workers->resize(1 + static_cast<int>(random.below(static_cast<std::uint32_t>(each.g->of->workers))));
}

bool assembly::pools_are_settled() const {
  for (const pool_of& each : pools_) {
    const braid::pool_stats s = each.workers->stats();
    if (s.running + s.queued + s.waiting > 0) return false;
    if (static_cast<long>(s.succeeded + s.failed + s.dropped) != each.g->all_pulled()) return false;
  }
  return true;
}

stream_of_items assembly::make(const node& of) {
  if (of.what == kind::source) return source(of);
  if (of.what >= kind::merge) return several(of);
  stream_of_items from = make(of.inputs[0]);
  switch (of.what) {
    case kind::filter:
      return std::move(from) | braid::filter([this, &of](const item& x) {
               enter(of, x);
               if (!of.passes(x.id)) x.will_be(fate::filtered);
               return of.passes(x.id);
             });
    case kind::serial:
      return std::move(from) |
             braid::map([this, &g = gauges_.emplace_back(of)](item x) { return on_thread(g, std::move(x)); });
    case kind::flat_map:
      return std::move(from) | braid::flat_map([this, &of](const item& x) { return parts_of(of, x); });
    case kind::chunk: {
      const auto flat = braid::flat_map([&of](std::vector<item>& v) {
        if (v.empty() || v.size() > static_cast<std::size_t>(of.size))
          throw std::logic_error("a chunk of a wrong size");
        return std::move(v);
      });
      if (of.form == 1) return std::move(from) | braid::chunk(of.size, 20us) | flat;
      return std::move(from) | braid::chunk(of.size) | flat;
    }
    case kind::throttle:
      return std::move(from) | braid::throttle({.tokens = 1, .per = 2us, .burst = 4});
    case kind::pool:
      return through_pool(of, std::move(from));
    default:
      return parallel(of, std::move(from));
  }
}

long assembly::counted_lost() const {
  long all = 0;
  for (const channel& c : channels_) all += static_cast<long>(c.tx.dropped());
  return all;
}

void assembly::take_back() {
  for (channel& c : channels_)
    for (const item& x : c.rx.close()) x.will_be(fate::handed_back);
  for (std::thread& each : feeders_) each.join();
}

}  // namespace pipelines
