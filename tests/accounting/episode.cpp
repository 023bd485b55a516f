#include "episode.hpp"

#include <thread>

namespace accounting {

using namespace std::chrono_literals;

episode::episode(stage& on, std::uint64_t seed)
    : on_(on),
      random_(seed),
      manual_time_(random_.below(3) == 0),
      by_dropping_(random_.below(4) == 0),
      with_hook_(random_.below(4) != 0),
      executor_(random_.below(2) == 0 ? on.one_worker : on.two_workers),
      root_(braid::with_cancel(
          braid::context(braid::environment{.executor = &executor_, .clock = manual_time_ ? &clock_ : nullptr}))) {
  make_channels();
  make_actors();
}

namespace {

/// Most are rendezvous, where selects meet.
constexpr std::uint32_t rendezvous_below = 13;

braid::channel<tracked> make_channel(std::uint32_t flavour, std::size_t capacity,
                                     braid::channel_options<tracked> options) {
  switch (flavour) {
    case 13:
    case 14:
      return braid::channel<tracked>(capacity, std::move(options));
    case 15:
      return braid::channel<tracked>(braid::unbounded, std::move(options));
    case 16:
      return braid::channel<tracked>(braid::drop_oldest(capacity), std::move(options));
    case 17:
      return braid::channel<tracked>(braid::drop_newest(capacity), std::move(options));
    case 18:
    case 19:
      return braid::channel<tracked>(braid::priority(capacity - 1, &tracked::rank, 3), std::move(options));
    default:
      return braid::channel<tracked>(0, std::move(options));
  }
}

}  // namespace

void episode::make_channels() {
  const std::size_t count = by_dropping_ ? 1 : 1 + random_.below(2);
  for (std::size_t i = 0; i < count; ++i) {
    braid::channel_options<tracked> options;
    if (with_hook_) options.on_drop = [](tracked&& v) { v.settle(fate::dropped); };
    const std::uint32_t flavour = random_.below(20);
    auto [tx, rx] = make_channel(flavour, 1 + random_.below(3), std::move(options));
    lines_.push_back({std::move(tx), std::move(rx), flavour < rendezvous_below});
  }
}

/// Sides are kept apart in half of the episodes; in the other each actor has both ends of everything.
std::vector<seat> episode::seats_for(std::size_t actor_index) {
  const bool both = !by_dropping_ && actor_index >= 2 && random_.below(2) == 0;
  std::vector<seat> seats;
  for (const line& l : lines_) {
    seat s{{}, {}, l.rendezvous};
    if (both || actor_index % 2 == 0) s.tx = l.tx;
    if (both || actor_index % 2 == 1) s.rx = l.rx;
    seats.push_back(std::move(s));
  }
  return seats;
}

void episode::make_actors() {
  const std::size_t count = 2 + 2 * random_.below(2);
  on_threads_ = random_.below(3);  // 0, 1, 2: tasks alone, mixed, threads on both ends
  const unsigned operations = 10 + random_.below(28);
  for (std::size_t i = 0; i < count; ++i) {
    actors_.push_back(std::make_unique<actor>(on_.book, random_(), seats_for(i), operations, root_.ctx,
                                              manual_time_ ? &clock_ : nullptr));
  }
  script_ = count * operations;
  std::vector<actor*> all;
  for (const auto& a : actors_) all.push_back(a.get());
  for (actor* a : all) a->meets(all);
}

namespace {

/// The ends go also where the group has been cancelled before the task began, so that it is skipped.
struct give_up_ends {
  void operator()(actor* who) const noexcept { who->leaves(); }
};
using living_actor = std::unique_ptr<actor, give_up_ends>;

braid::task<> live(living_actor who) {
  co_await live_as_task(*who);
}

}  // namespace

void episode::start(braid::task_group& group) {
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    actor& a = *actors_[i];
    if (i < on_threads_) {
      on_.threads.run(i, [&a] { live_on_thread(a); });
    } else {
      group.spawn(live, living_actor(&a));
    }
  }
}

std::uint64_t episode::done() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& a : actors_) sum += a->done();
  return sum;
}

/// Until a few operations have ended; false: it seems that all are parked.
bool episode::wait_for_progress() {
  const std::uint64_t before = done(), enough = before + 1 + random_.below(8);
  for (int i = 0; i < 100 && done() < enough; ++i) {
    if (manual_time_) clock_.advance(10us);
    std::this_thread::yield();
  }
  return done() > before;
}

void episode::close(line& l) {
  switch (random_.below(3)) {
    case 0:
      l.tx->close();
      break;
    case 1:
      l.tx->close(std::make_exception_ptr(closed_with{}));
      break;
    default:
      for (tracked& v : l.rx->close()) v.settle(fate::returned);
  }
}

void episode::conduct(braid::task_group& group) {
  if (by_dropping_) lines_.clear();
  // The channels are closed under actors that have more to do, however slow the build: part of the script is left.
  const std::uint64_t enough = script_ * (50 + random_.below(45)) / 100;
  for (int stalls = 0; done() < enough && stalls < 8;) {
    if (!wait_for_progress()) ++stalls;
    const std::uint32_t pick = random_.below(64);
    if (pick < 60) actors_[random_.below(static_cast<std::uint32_t>(actors_.size()))]->cancel_own();
    if (pick == 61) group.cancel("chaos");
    if (pick == 62) root_.cancel("chaos");
    if (pick == 63 && !lines_.empty()) close(lines_[random_.below(static_cast<std::uint32_t>(lines_.size()))]);
  }
  for (line& l : lines_) close(l);
}

std::string episode::run() {
  {
    braid::task_group group(root_.ctx);
    start(group);
    conduct(group);
    on_.threads.wait();
    try {
      group.join().get();
    } catch (const braid::cancelled&) {
    }
  }
  return account();
}

std::string episode::account() {
  for (line& l : lines_) {
    l.rx.reset();
    dropped_unhooked_ += l.tx->dropped();
  }
  lines_.clear();
  const std::uint64_t destroyed_before = on_.fates_seen[static_cast<std::size_t>(fate::destroyed)];
  std::string fault = on_.book.fault(on_.fates_seen);
  const std::uint64_t destroyed = on_.fates_seen[static_cast<std::size_t>(fate::destroyed)] - destroyed_before;
  const bool countable = !by_dropping_ || with_hook_;  // else no sender is left to be asked
  if (fault.empty() && countable && destroyed != dropped_unhooked_)
    fault =
        std::to_string(destroyed) + " values were destroyed, the channels counted " + std::to_string(dropped_unhooked_);
  for (const auto& a : actors_) {
    if (fault.empty()) fault = a->fault();
    on_.counts.add(a->counts());
  }
  on_.book.clear();
  return fault;
}

std::string episode::describe() {
  std::lock_guard guard(mutex_);
  std::string text = std::string(by_dropping_ ? "ends by dropping, " : "ends by closing, ") +
                     (manual_time_ ? "manual clock, " : "real clock, ") +
                     (&executor_ == &on_.one_worker ? "1 worker" : "2 workers");
  for (std::size_t i = 0; i < actors_.size(); ++i)
    text +=
        "\n  actor " + std::to_string(i) + (i < on_threads_ ? ", a thread: " : ", a task: ") + actors_[i]->describe();
  return text;
}

}  // namespace accounting
