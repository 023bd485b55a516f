#include "pool_scene.hpp"

#include <thread>

#include "braid/sync/within.hpp"

namespace pool_accounting {
namespace {

using namespace std::chrono_literals;

braid::pool_options options_for(form of, job_book& book, braid::random_engine& random) {
  constexpr braid::when_full policies[]{braid::when_full::wait, braid::when_full::wait, braid::when_full::fail,
                                        braid::when_full::drop_oldest, braid::when_full::caller_runs};
  braid::pool_options made;
  made.queue = random.below(8);
  made.when_full = policies[random.below(of == form::plain ? 5 : 4)];
  if (made.when_full == braid::when_full::drop_oldest) ++made.queue;
  made.priorities = of != form::keyed && random.below(3) == 0;
  made.most_passes = 2;
  made.on_job_end = [&book](const std::exception_ptr& thrown) { book.job_end(!thrown); };
  return made;
}

braid::context with_book(const braid::context& parent, job_book& book) {
  return braid::with_value(parent, braid::on_lost_failure,
                           [&book](const braid::task_failure& f) { book.lost(f.exception); });
}

std::string describe(form of, int width, const braid::pool_options& o) {
  static constexpr const char* forms[]{"plain", "coroutine", "per_worker", "by_key"};
  return std::string(forms[static_cast<int>(of)]) + ", " + std::to_string(width) + " workers, queue " +
         std::to_string(o.queue) + ", when full " + std::to_string(static_cast<int>(o.when_full)) +
         (o.priorities ? ", with priorities" : "");
}

std::size_t key_of(const job& one) noexcept {
  return static_cast<std::size_t>(one.id % 3);
}

template<class F>
struct on_leaving {
  F f;
  ~on_leaving() { f(); }
};
template<class F>
on_leaving(F) -> on_leaving<F>;

}  // namespace

scene::scene(job_book& in, const braid::context& parent, braid::random_engine& random)
    : book(in),
      form_(static_cast<form>(random.below(4))),
      most_workers_(1 + static_cast<int>(random.below(4))),
      parent_(with_book(parent, in)) {
  for (std::size_t i = 0; i < contexts; ++i) contexts_.push_back(braid::with_cancel(parent_));
  braid::pool_options options = options_for(form_, book, random);
  ranked_ = options.priorities;
  refuses_when_full_ = options.when_full == braid::when_full::fail;
  const int width = 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(most_workers_)));
  text_ = describe(form_, width, options);
  pool_ = make_pool(form_, parent_, width, std::move(options));
}

std::unique_ptr<pool_type> scene::make_pool(form of, const braid::context& parent, int width,
                                            braid::pool_options options) {
  const auto plain = [this](const braid::context& ctx, const job& one) { return perform(ctx, one); };
  const auto later = [this](const braid::context& ctx, const job& one) {
    return perform_in_task(this, &ctx, one.id, one.does);
  };
  const auto make_own = [this] {
    if (++makes_ % 4 == 0) throw book.handler_not_made();
    return [this, busy = false](const braid::context& ctx, const job& one) mutable {
      if (std::exchange(busy, true)) book.went_wrong(one.id);
      const on_leaving then{[&] { busy = false; }};
      return perform(ctx, one);
    };
  };
  const auto keyed = [this](const braid::context& ctx, const job& one) {
    if (++busy_keys_[key_of(one)] != 1) book.went_wrong(one.id);
    const on_leaving then{[&] { --busy_keys_[key_of(one)]; }};
    return perform(ctx, one);
  };
  switch (of) {
    case form::coroutine:
      return std::make_unique<pool_type>(parent, width, later, std::move(options));
    case form::own:
      return std::make_unique<pool_type>(parent, width, braid::per_worker(make_own), std::move(options));
    case form::keyed:
      return std::make_unique<pool_type>(parent, width, braid::by_key(key_of), keyed, std::move(options));
    default:
      return std::make_unique<pool_type>(parent, width, plain, std::move(options));
  }
}

braid::context scene::some_context(braid::random_engine& random) {
  const std::lock_guard guard(mutex_);
  return contexts_[random.below(contexts)].ctx;
}

void scene::cancel_one(braid::random_engine& random) {
  braid::cancellable fresh = braid::with_cancel(parent_);
  {
    const std::lock_guard guard(mutex_);
    std::swap(fresh, contexts_[random.below(contexts)]);
  }
  fresh.cancel("not wanted");
}

job scene::make(way came, braid::random_engine& random) {
  const std::uint32_t pick = random.below(came == way::by_job ? 12 : 500);
  deed does = deed::value;
  if (pick < 6) does = deed::yields;
  if (pick == 11) does = deed::fails;
  if (pick >= 12 && pick < 60) does = deed::fails;
  if (pick >= 60 && pick < 80) does = deed::waits;
  if (pick >= 80 && pick < 160) does = deed::yields;
  if (pick >= 160 && pick < 190 && form_ != form::keyed) does = deed::asks_child;
  if (pick >= 190 && pick < 200 && form_ != form::keyed) does = deed::forgets_child;
  if (pick == 200 && random.below(2) == 0) does = deed::stops;
  return book.make(came, does);
}

void scene::tell(braid::future<int>& ended, int id) {
  try {
    const int value = ended.result();
    book.told_value(id, value);
  } catch (...) {
    book.told(id, std::current_exception());
  }
}

void scene::check_refusal(int id) noexcept {
  try {
    throw;
  } catch (const braid::pool_closed&) {
    if (!may_be_ended) book.went_wrong(id);
  } catch (const braid::queue_full&) {
    if (!refuses_when_full_) book.went_wrong(id);
  } catch (const braid::cancelled&) {  // timed out, too
  } catch (...) {
    book.went_wrong(id);
  }
}

void scene::take_back(const std::vector<job>& handed_back) {
  for (const job& each : handed_back) book.handed_back(each.id);
}

// --- what handlers do ---

/// False: it has to wait.
bool scene::do_at_once(int id, deed does) {
  if (does == deed::fails) throw failed_on_purpose(id);
  if (does == deed::yields)
    for (int i = 0; i < 3; ++i) std::this_thread::yield();
  return does == deed::value || does == deed::yields;
}

job scene::make_child() {
  braid::random_engine random(turns);
  return make(way::by_job, random);
}

void scene::ask_child() {
  auto submit = pool_->submit(make_child());
  const int id = submit.job().id;
  std::optional<braid::future<int>> child = offer(submit, [&] { return std::optional(submit.get()); });
  if (!child) return;
  try {
    static_cast<void>(braid::select(*child).get());
  } catch (const braid::cancelled&) {  // its parent was, and it has an outcome of its own
    book.unasked(id, true);
    throw;
  }
  tell(*child, id);
}
void scene::forget_child() {
  auto submit = pool_->submit(make_child());
  const int id = submit.job().id;
  if (offer(submit, [&] { return std::optional(submit.get()); })) book.unasked(id, true);
}

void scene::wait_as(const braid::context& ctx, deed does) {
  if (does == deed::asks_child) return ask_child();
  if (does == deed::forgets_child) return forget_child();
  if (does == deed::stops) {
    may_be_ended = true;
    return take_back(pool_->stop().get());
  }
  auto end = ctx.done();
  static_cast<void>(braid::try_within(20us, end).get());
}

void scene::note_end(int id, const std::exception_ptr& thrown) noexcept {
  try {
    if (thrown) std::rethrow_exception(thrown);
    book.ended(id, true);
  } catch (const failed_on_purpose&) {
    book.ended(id, false, true);
  } catch (...) {
    book.ended(id, false);
  }
}

int scene::perform(const braid::context& ctx, const job& one) {
  book.began(one.id);
  std::exception_ptr thrown;
  try {
    if (!do_at_once(one.id, one.does)) wait_as(ctx, one.does);
  } catch (...) {
    thrown = std::current_exception();
  }
  note_end(one.id, thrown);
  if (thrown) std::rethrow_exception(thrown);
  return one.id;
}

braid::task<> scene::ask_child_in_task(scene* self) {
  auto submit = self->pool_->submit(self->make_child());
  const int id = submit.job().id;
  std::optional<braid::future<int>> child;
  try {
    braid::future<int> accepted = co_await submit;
    child.emplace(std::move(accepted));
  } catch (...) {
    self->check_refusal(id);
  }
  child ? self->book.accepted(id) : self->book.refused(submit.job().id);
  if (!child) co_return;
  std::exception_ptr cancelled;
  try {
    static_cast<void>(co_await braid::select(*child));
  } catch (...) {
    cancelled = std::current_exception();
  }
  cancelled ? self->book.unasked(id, true) : self->tell(*child, id);
  if (cancelled) std::rethrow_exception(cancelled);
}

braid::task<> scene::wait_in_task(scene* self, const braid::context* ctx, deed does) {
  if (does == deed::asks_child) {
    auto asked = ask_child_in_task(self);
    co_return co_await asked;
  }
  if (does == deed::forgets_child) co_return self->forget_child();
  if (does == deed::stops) {
    self->may_be_ended = true;
    auto end = self->pool_->stop();
    const std::vector<job> taken = co_await end;
    co_return self->take_back(taken);
  }
  auto end = ctx->done();
  braid::after late(20us);
  static_cast<void>(co_await braid::select(end, late));
}

braid::task<int> scene::perform_in_task(scene* self, const braid::context* ctx, int id, deed does) {
  self->book.began(id);
  std::exception_ptr thrown;
  try {
    if (!self->do_at_once(id, does)) {
      auto waiting = wait_in_task(self, ctx, does);
      co_await waiting;
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  self->note_end(id, thrown);
  if (thrown) std::rethrow_exception(thrown);
  co_return id;
}

}  // namespace pool_accounting
