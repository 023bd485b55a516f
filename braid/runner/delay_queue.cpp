#include "braid/runner/delay_queue.hpp"

#include <algorithm>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/sync/ticker.hpp"

namespace braid::runner {
namespace {

constexpr std::size_t most_waiting = 1024;

const detail::constant_cause& at_the_end() {
  static const detail::constant_cause it(error_code::cancelled, "no job is tried again");
  return it;
}

}  // namespace

delay_queue::delay_queue(try_again due, give_up dropped)
    : due_(std::move(due)),
      dropped_(std::move(dropped)),
      ending_((at_the_end(), with_cancel())),
      intake_(16),
      thread_([this] { serve(); }) {}

void delay_queue::end() {
  ending_.cancel(at_the_end());
  if (thread_.joinable()) thread_.join();
}

void delay_queue::put(outcome last, std::chrono::nanoseconds wait) {
  auto in = intake_.tx.emplace(std::chrono::steady_clock::now() + wait, std::move(last));
  if (!in.get()) dropped_(std::move(in.value().last));
}

void delay_queue::serve() {
  const auto later = [](const waiting_job& a, const waiting_job& b) { return a.due > b.due; };
  std::vector<waiting_job> waiting;  // a heap, the earliest first
  auto in = intake_.rx.recv();
  auto stop = ending_.ctx.done();
  for (bool open = true; open;) {
    waiting.size() < most_waiting ? in.enable() : in.disable();
    after next(real_clock(), waiting.empty() ? std::chrono::steady_clock::time_point::max() : waiting.front().due);
    if (waiting.empty()) next.disable();
    switch (select(biased, stop, next, in).get()) {
      case 1:
        std::ranges::pop_heap(waiting, later);
        due_({.input = std::move(waiting.back().last.input), .tries = waiting.back().last.tries});
        waiting.pop_back();
        break;
      case 2:
        waiting.push_back(std::move(*in.result()));  // only this thread closes it
        std::ranges::push_heap(waiting, later);
        break;
      default:
        open = false;
    }
  }
  for (auto& left : intake_.rx.close()) dropped_(std::move(left.last));
  for (auto& left : waiting) dropped_(std::move(left.last));
}

}  // namespace braid::runner
