#include "conformance/stage.hpp"

#include "braid/base/check.hpp"
#include "conformance/parked.hpp"

namespace braid::conformance {

std::string_view name_of(player p) noexcept {
  switch (p) {
    case player::thread:
      return "thread";
    case player::task_of_one_worker:
      return "task";
    case player::task_of_two_workers:
      break;
  }
  return "task_of_two";
}

void actor::wait_until_parked() const noexcept {
  while (!performer_.load()) std::this_thread::yield();
  conformance::wait_until_parked(*performer_.load());
}

void actor::play_here(const scene& f) {
  enter();
  try {
    f(self(true)).play_here();
  } catch (...) {
    error_ = std::current_exception();
  }
}

task<> stage::play_as_task(actor* a, scene f) {
  a->enter();
  script s = f(self(false));
  co_await s;
}

actor& stage::play(player how, scene f) {
  finished_ = false;
  actor& a = actors_.emplace_back();
  if (how == player::thread) {
    a.thread_ = std::thread([&a, f = std::move(f)] { a.play_here(f); });
  } else {
    company_of(how).group.spawn(play_as_task, &a, std::move(f));
  }
  return a;
}

/// Returns when each worker has run something: what a thread allocates at its start is no law's business.
stage::company::company(std::size_t workers, random_source& random)
    : executor(workers), group(context(environment{.executor = &executor, .random = &random})) {
  std::atomic<std::size_t> present{0};
  for (std::size_t i = 0; i < workers; ++i)
    group.spawn([&] {
      ++present;
      while (present < workers) std::this_thread::yield();
    });
  group.join().get();
}

stage::company& stage::company_of(player how) {
  const bool one = how == player::task_of_one_worker;
  std::optional<company>& it = one ? one_ : two_;
  if (!it) it.emplace(one ? 1 : 2, random_);
  return *it;
}

void stage::finish() {
  finished_ = true;
  std::exception_ptr first;
  for (actor& a : actors_) {
    if (a.thread_.joinable()) a.thread_.join();
    if (std::exception_ptr thrown = std::exchange(a.error_, nullptr); thrown && !first) first = thrown;
  }
  for (std::optional<company>* c : {&one_, &two_}) {
    try {
      if (*c) (*c)->group.join().get();
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

stage::~stage() {
  BRAID_CHECK(finished_, "a test ended without finish() of its stage, while scripts may use its variables");
}

}  // namespace braid::conformance
