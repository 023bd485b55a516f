#include "braid/runtime/fork.hpp"

#include "braid/base/check.hpp"
#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/thread_wait.hpp"

namespace braid::detail {
namespace {

/// The performer of a fork that runs elsewhere, under the same scope as its maker (law O11).
class fork_performer final : public performer {
 public:
  explicit fork_performer(const performer& maker) : performer(maker.env(), maker.scope()) {
    if (scope()) scope()->enroll(*this);
  }
  ~fork_performer() {
    if (scope()) scope()->leave(*this);
  }
};

constexpr int looks_before_sleep = 10;
constexpr std::int64_t look_every_ns = 1'000;

}  // namespace

void fork::wait() noexcept {
  for (int i = 0; i < looks_before_sleep && !done_.has_token(); ++i) spin_for(look_every_ns);
  if (done_.has_token()) return done_.park();
  thread_wait what("fork_join()");
  if (!what.lend()) {
    const std::string sentence =
        "fork_join() waits for work that another thread has taken, and no thread is left to take "
        "over its own: " +
        what.why_refused();
    fail(sentence.c_str());
  }
  done_.park();
  what.take_back();
}

void fork::run() noexcept {
  {
    fork_performer me(for_);  // leaves the maker's scope before the maker continues
    current_performer_guard guard(me);
    try {
      call();
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  done_.unpark();
}

}  // namespace braid::detail
