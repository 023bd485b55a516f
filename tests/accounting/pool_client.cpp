#include "pool_client.hpp"

#include <ranges>

#include "braid/sync/within.hpp"

namespace pool_accounting {

using namespace std::chrono_literals;

void client::work(int turns) {
  for (int n = 0; n < turns && !is_enough(); ++n) turn();
  settle_kept();
}

void client::turn() {
  ++scene_.turns;
  switch (const std::uint32_t pick = random_.below(40)) {
    case 0:
      return run_stream(way::stream);
    case 1:
      return run_stream(way::left_stream);
    case 2:
      return run_stream(way::ended_stream);
    case 3:
      return run_batch();
    case 4:
      return random_.below(2) ? attach() : submit(way::submit);
    default:
      submit(static_cast<way>(pick % 5));
  }
}

// --- submits ---

void client::submit(way how) {
  const bool under = how == way::under_context;
  const braid::context ctx = under ? scene_.some_context(random_) : scene_.pool().ctx();
  auto op = scene_.pool().submit(ctx, scene_.make(how, random_), scene_.some_priority(random_));
  const int id = op.job().id;
  using given = std::optional<braid::future<int>>;
  given future = scene_.offer(op, [&]() -> given {
    switch (how) {
      case way::in_time:
        return braid::within(std::chrono::microseconds(random_.below(60)), op).get();
      case way::under_context:
        return braid::within(ctx, op).get();
      case way::by_select: {
        braid::after late(std::chrono::microseconds(random_.below(60)));
        return braid::select(op, late).get() == 0 ? given(op.result()) : std::nullopt;
      }
      case way::at_once:
        return braid::try_select(op) == 0 ? given(op.result()) : std::nullopt;
      default:
        return op.get();
    }
  });
  if (future) return keep_or_ask(std::move(*future), id);
  if (scene_.is_over) ++closed_turns_;
}

void client::keep_or_ask(braid::future<int> future, int id) {
  switch (random_.below(8)) {
    case 0:
      return scene_.book.unasked(id, true);
    case 1:
      try {
        const int value = braid::within(std::chrono::microseconds(random_.below(30)), future).get();
        return scene_.book.told_value(id, value);
      } catch (const braid::timed_out&) {
      } catch (...) {
        return scene_.book.told(id, std::current_exception());
      }
      if (random_.below(2)) return scene_.book.unasked(id, true);
      return wait_for(future, id);
    case 2:
    case 3:
      return wait_for(future, id);
    default:
      kept_.emplace_back(id, std::move(future));
      if (kept_.size() > 6) settle_kept();
  }
}

void client::wait_for(braid::future<int>& future, int id) {
  static_cast<void>(braid::select(future).get());
  scene_.tell(future, id);
}

void client::settle_kept() {
  for (auto& [id, future] : kept_) wait_for(future, id);
  kept_.clear();
}

// --- streams and batches ---

braid::stream<job> client::some_jobs(way how) {
  ids_.clear();
  last_told_ = -1;
  return braid::generate([this, how, left = 1 + random_.below(10)]() mutable -> std::optional<job> {
    if (left-- == 0) return std::nullopt;
    job one = scene_.make(how, random_);
    scene_.book.accepted(one.id);
    ids_.emplace_back(one.id, false);
    return one;
  });
}

void client::note(const result& one) {
  const int id = one.job.id;
  for (auto& [each, told] : ids_)
    if (each == id) told = true;
  if (in_order_ && id < last_told_) scene_.book.went_wrong(id);
  last_told_ = id;
  if (one.outcome) return scene_.book.told_value(id, *one.outcome);
  scene_.book.told(id, one.outcome.error().exception);
}

void client::settle_ids() {
  for (const auto& [id, told] : ids_)
    if (!told) scene_.book.unasked(id, false);
}

/// It is joined when this returns.
void client::drive(way how, braid::stream<result> results) {
  if (how == way::ended_stream) {
    const braid::context ctx = scene_.some_context(random_);
    return std::move(results) | braid::for_each(ctx, [this](const result& one) { note(one); });
  }
  const std::uint32_t enough = how == way::left_stream ? random_.below(6) : 100;
  std::uint32_t seen = 0;
  for (const result& one : results) {
    note(one);
    if (++seen > enough) return;
  }
}

void client::run_stream(way how) {
  in_order_ = random_.below(2) == 0;
  const braid::slack slack(static_cast<int>(random_.below(5)));
  auto jobs = some_jobs(how);
  try {
    drive(how, in_order_ ? std::move(jobs) | braid::through(scene_.pool(), slack, braid::ordered)
                         : std::move(jobs) | braid::through(scene_.pool(), slack));
  } catch (const braid::cancelled&) {
  }
  settle_ids();
  if (scene_.is_over) ++closed_turns_;
}

void client::run_batch() {
  ids_.clear();
  in_order_ = true, last_told_ = -1;
  const auto next = [this](int) {
    job one = scene_.make(way::batch, random_);
    scene_.book.accepted(one.id);
    ids_.emplace_back(one.id, false);
    return one;
  };
  const int count = static_cast<int>(random_.below(12));
  try {
    const std::vector<int> values = scene_.pool().run(std::views::iota(0, count) | std::views::transform(next));
    for (std::size_t i = 0; i < ids_.size() && i < values.size(); ++i) {
      ids_[i].second = true;
      scene_.book.told_value(ids_[i].first, values[i]);
    }
  } catch (const braid::batch_error<job, int>& e) {
    for (const result& one : e.outcomes()) note(one);
  } catch (const braid::cancelled&) {
  }
  settle_ids();
  if (scene_.is_over) ++closed_turns_;
}

void client::attach() {
  ids_.clear();
  in_order_ = false;
  const braid::channel<job> jobs(braid::unbounded);
  braid::channel<result> results(random_.below(3));
  for (std::uint32_t left = 1 + random_.below(8); left > 0; --left) {
    job one = scene_.make(way::attached, random_);
    ids_.emplace_back(one.id, false);
    static_cast<void>(jobs.tx.send(std::move(one)).get());
  }
  jobs.tx.close();
  braid::future<std::size_t> fed = scene_.pool().attach(jobs.rx, std::move(results.tx));
  for (const result& one : results.rx) {
    scene_.book.accepted(one.job.id);
    note(one);
  }
  try {
    static_cast<void>(fed.get());
  } catch (const braid::cancelled&) {
  }
  for (const job& one : jobs.rx.close()) {
    scene_.book.refused(one.id);
    std::erase_if(ids_, [&](const auto& each) { return each.first == one.id; });
  }
  for (const auto& [id, told] : ids_)
    if (!told) scene_.book.accepted(id);
  settle_ids();
  if (scene_.is_over) ++closed_turns_;
}

// --- as a task ---

braid::task<> client::work_in_task(client* self, int turns) {
  scene& on = self->scene_;
  for (int n = 0; n < turns && !self->is_enough(); ++n) {
    ++on.turns;
    auto op = on.pool().submit(on.make(way::in_task, self->random_));
    const int id = op.job().id;
    std::optional<braid::future<int>> future;
    try {
      braid::future<int> accepted = co_await braid::within(100us, op);
      future.emplace(std::move(accepted));
    } catch (...) {
      on.check_refusal(id);
    }
    future ? on.book.accepted(id) : on.book.refused(op.job().id);
    if (!future && on.is_over) ++self->closed_turns_;
    if (!future) continue;
    static_cast<void>(co_await braid::select(*future));
    on.tell(*future, id);
  }
}

}  // namespace pool_accounting
