// A circuit breaker: after three failures in a row calls are refused at once, without troubling the server. After a
// rest one call is let through on trial; if that goes well, all are again.
#include <braid/braid.hpp>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

using outcome = std::pair<int, bool>;  // the era of a call, and whether it went well

/// Gives those who ask on `leave` the present era, or 0: refused. An era ends with `limit` failures in a row; what
/// calls of earlier ones report is ignored.
braid::task<> breaker(int limit, braid::duration rest, braid::sender<int> leave, braid::receiver<outcome> outcomes) {
  int era = 1, failures = 0;
  auto seen = outcomes.recv();
  auto rested = braid::after(braid::duration::max());  // never, until it is reset
  auto answer = leave.send(era);
  for (;;) switch (const auto won = co_await braid::select(braid::biased, seen, rested, answer); won) {
      case 0: {
        const auto call = seen.result();
        if (!call) co_return;
        if (call->first != era) break;
        failures = call->second ? 0 : failures + 1;  // on trial it is past the limit already: one more is enough
        if (failures >= limit) ++era, rested.reset(rest);
        answer.refill(failures >= limit ? 0 : era);
        break;
      }
      case 1:
        answer.refill(era);  // for one call, the trial
        break;
      case 2:
        if (!answer.result()) co_return;
        answer.refill(failures >= limit ? 0 : era);
    }
}

/// What f(argument) gives; throws without calling it while the breaker is open.
template<class T, class F, class A>
braid::task<T> guarded(braid::receiver<int> leave, braid::sender<outcome> outcomes, F f, A argument) {
  const std::optional<int> era = co_await leave.recv();
  if (era.value_or(0) == 0) throw std::runtime_error("refused");
  std::exception_ptr failed;
  std::optional<T> given;
  try {
    given = co_await f(std::move(argument));
  } catch (...) {
    failed = std::current_exception();
  }
  auto report = outcomes.emplace(*era, !failed);
  static_cast<void>(co_await braid::shielded(report));  // also if we are cancelled
  if (failed) std::rethrow_exception(failed);
  co_return std::move(*given);
}

braid::task<std::string> page(bool server_is_up) {
  if (!server_is_up) throw std::runtime_error("the server is down");
  co_return "the page";
}

int main() {
  braid::manual_clock clock;  // the rest takes as long as we say
  braid::task_group group(braid::with_environment(braid::context(), {.clock = &clock}));
  auto [answers, leave] = braid::channel<int>(0);
  auto [outcomes, seen] = braid::channel<outcome>(0);
  group.spawn(breaker, 3, 1s, std::move(answers), std::move(seen));
  const auto call = [&](bool server_is_up) -> std::string {
    try {
      return guarded<std::string>(leave, outcomes, page, server_is_up).get();
    } catch (const std::runtime_error& failure) {
      return failure.what();
    }
  };
  for (int i = 0; i < 4; ++i) std::puts(call(false).c_str());
  clock.advance(1s);
  while (call(true) == "refused") continue;  // the breaker wakes in its own time
  std::puts(call(true).c_str());
}
