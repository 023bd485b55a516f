#include "pool_episode.hpp"

#include <thread>

#include "braid/sync/within.hpp"

namespace pool_accounting {

episode::episode(hall& in, std::uint64_t seed)
    : hall_(in),
      random_(seed),
      executor_(random_.below(2) ? in.one_worker : in.two_workers),
      scene_(in.book, braid::context(braid::environment{.executor = &executor_}), random_),
      text_(scene_.text() + (&executor_ == &in.one_worker ? ", executor of 1" : ", executor of 2")) {
  for (int i = 0; i < 4; ++i) clients_.push_back(std::make_unique<client>(scene_, random_()));
}

template<class F>
auto episode::counted(F work) {
  ++busy_;
  return [this, work] {
    work();
    --busy_;
  };
}

void episode::start(braid::task_group& group) {
  for (std::size_t t = 0; t < 2; ++t)
    hall_.threads.run(t, counted([one = clients_[t].get()] { one->work(turns_each); }));
  group.spawn(counted([one = clients_[2].get()] { one->work(turns_each); }));
  group.spawn(client::work_in_task, clients_[3].get(), turns_each);
}

std::string episode::run() {
  {
    braid::task_group group(braid::context(braid::environment{.executor = &executor_}));
    start(group);
    conduct();
    hall_.threads.wait();
    group.join().get();
  }
  end_pool(0);
  end_pool(1 + random_.below(2));
  check_sum();
  const braid::pool_stats end = scene_.pool().stats();
  scene_.pool_goes();
  std::string fault = hall_.book.fault(end, hall_.jobs);
  if (fault.empty()) fault = fault_;
  hall_.book.clear();
  return fault;
}

void episode::conduct() {
  const std::uint64_t enough = 4 * turns_each * (10 + random_.below(100)) / 100;
  while (busy_ > 0 && scene_.turns < enough) {
    wait_for_progress();
    disturb();
  }
  if (busy_ == 0) return;
  scene_.is_over = true;
  end_pool(random_.below(3));
}

/// Or for a while, if nobody gets on.
void episode::wait_for_progress() {
  const std::uint64_t wanted = scene_.turns + 1 + random_.below(12);
  for (int i = 0; i < 200 && scene_.turns < wanted && busy_ > 0; ++i) std::this_thread::yield();
}

/// At every moment each accepted job is counted in one place.
void episode::check_sum() {
  const braid::pool_stats now = scene_.pool().stats();
  const std::uint64_t all = now.queued + now.running + now.succeeded + now.failed + now.dropped;
  ++hall_.sums;
  if (all == now.accepted || !fault_.empty()) return;
  fault_ = "the pool counts " + std::to_string(now.accepted) + " accepted jobs, and " + std::to_string(all) +
           " in all places: " + std::to_string(now.queued) + " queued, " + std::to_string(now.running) + " running, " +
           std::to_string(now.succeeded) + " succeeded, " + std::to_string(now.failed) + " failed, " +
           std::to_string(now.dropped) + " dropped";
}

void episode::disturb() {
  check_sum();
  const std::uint32_t pick = random_.below(9);
  if (pick < 3) {
    scene_.pool().resize(1 + static_cast<int>(random_.below(static_cast<std::uint32_t>(scene_.most_workers()))));
    ++hall_.resizes;
  } else if (pick < 5) {
    scene_.pool().pause();
    for (std::uint32_t i = random_.below(10); i > 0; --i) std::this_thread::yield();
    scene_.pool().resume();
    ++hall_.pauses;
  } else if (pick < 7) {
    scene_.cancel_one(random_);
    ++hall_.cancels;
  } else if (pick == 7) {
    auto idle = scene_.pool().wait_idle();
    static_cast<void>(braid::try_within(std::chrono::microseconds(random_.below(200)), idle).get());
  }
}

void episode::end_pool(std::uint32_t how) {
  scene_.may_be_ended = true;
  switch (how) {
    case 0:
      ++hall_.drained;
      return scene_.pool().drain().get();
    case 1:
      ++hall_.stopped;
      return scene_.take_back(scene_.pool().stop().get());
    default:
      ++hall_.aborted;
      return scene_.take_back(scene_.pool().abort("enough").get());
  }
}

}  // namespace pool_accounting
