// task::get(): runs a task that belongs to no group, on behalf of a thread that waits for it.
#include "braid/runtime/cancel_scope.hpp"
#include "braid/runtime/executor.hpp"
#include "braid/runtime/task.hpp"
#include "braid/runtime/thread_wait.hpp"

namespace braid::detail {
namespace {

environment with_executor(environment env) {
  env.executor = &env.executor_or_default();
  return env;
}

/// Lies on the waiting thread's stack. It has a scope of its own, so that its executor can cancel it.
class root_task final : public performer {
 public:
  explicit root_task(const performer& caller)
      : root_task(make_scope<cancel_scope>(caller.scope(), with_executor(caller.env()))) {}

  void run_to_end(promise_base& promise, std::coroutine_handle<> frame) {
    thread_wait wait("the end of a task that was run with get()");
    if (!wait.lend()) throw no_thread_left(wait.why_refused());
    promise.start_in(*this, nullptr);
    own_scope_->enroll(*this);
    env().executor->enroll(*this);
    first_ = frame;
    env().executor->ready(*this, arrival::fresh);
    ended_.park();
    wait.take_back();
  }

 private:
  explicit root_task(scope_ref scope) : performer(scope->env(), scope.get()), own_scope_(std::move(scope)) {}
  void run() noexcept override {
    if (const std::coroutine_handle<> first = std::exchange(first_, nullptr)) return drive(first);
    performer::run();
  }
  void finished() noexcept override {
    own_scope_->leave(*this);
    env().executor->leave(*this);
    ended_.unpark();  // last: the thread continues and destroys this object
  }

  const scope_ref own_scope_;
  std::coroutine_handle<> first_;  ///< Until it has started.
  parker ended_;
};

}  // namespace

void run_to_end(promise_base& promise, std::coroutine_handle<> frame) {
  root_task(performer::current()).run_to_end(promise, frame);
}

}  // namespace braid::detail
