#include "braid/runner/retry_desk.hpp"

#include <algorithm>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/sync/ticker.hpp"

namespace braid::runner {
namespace {

constexpr std::size_t most_waiting = 1024;

}  // namespace

retry_desk::retry_desk(context drain, sender<job> due, give_up dropped)
    : drain_(std::move(drain)),
      dropped_(std::move(dropped)),
      intake_(16),
      thread_([this, due = std::move(due)]() mutable { serve(std::move(due)); }) {}

retry_desk::~retry_desk() {
  close();
  thread_.join();
}

void retry_desk::put(outcome last, std::chrono::nanoseconds wait) {
  auto in = intake_.tx.emplace(std::chrono::steady_clock::now() + wait, std::move(last));
  if (!in.get()) dropped_(std::move(in.value().last));
}

void retry_desk::serve(sender<job> due) {
  const auto later = [](const waiting_job& a, const waiting_job& b) { return a.due > b.due; };
  std::vector<waiting_job> waiting;  // a heap, the earliest first
  auto in = intake_.rx.recv();
  auto stop = drain_.done();
  for (bool open = true; open;) {
    waiting.size() < most_waiting ? in.enable() : in.disable();
    after next(real_clock(), waiting.empty() ? std::chrono::steady_clock::time_point::max() : waiting.front().due);
    if (waiting.empty()) next.disable();
    switch (select(biased, stop, next, in).get()) {
      case 1:
        std::ranges::pop_heap(waiting, later);
        // The channel is unbounded, and closed only when no job is left.
        static_cast<void>(due.emplace(std::move(waiting.back().last.input), waiting.back().last.tries).get());
        waiting.pop_back();
        break;
      case 2:
        if (auto fresh = in.result()) {
          waiting.push_back(std::move(*fresh));
          std::ranges::push_heap(waiting, later);
          break;
        }
        [[fallthrough]];
      default:
        open = false;
    }
  }
  for (auto& left : intake_.rx.close()) dropped_(std::move(left.last));
  for (auto& left : waiting) dropped_(std::move(left.last));
}

}  // namespace braid::runner
