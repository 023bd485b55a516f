#include "braid/runtime/thread_cache.hpp"

#include <chrono>
#include <exception>

#include "braid/base/check.hpp"
#include "braid/base/home_process.hpp"
#include "braid/runtime/fork_safe_singleton.hpp"
#include "braid/runtime/signal_free_thread.hpp"

namespace braid::detail {
namespace {

constexpr std::chrono::seconds kept_idle{10};

}  // namespace

bool thread_cache::run(runnable& work) noexcept {
  try {
    thread_cache& all = fork_safe_singleton<thread_cache>::get();
    if (!all.give(work)) signal_free_thread([&all, &work] { all.live(&work); }).detach();
    return true;
  } catch (const std::exception&) {  // no thread, or no memory for one
    return false;
  }
}

bool thread_cache::give(runnable& work) noexcept {
  mutex_guard guard(mutex_);
  idle_thread* const other = idle_.pop_front();
  if (!other) return false;
  other->work = &work;
  other->called.unpark();
  return true;
}

void thread_cache::live(runnable* work) noexcept {
  idle_thread me;
  const home_process home;
  for (; work; work = wait_for_work(me)) {
    work->run();
    BRAID_CHECK(home.is_here(),
                "a function that runs on a thread of braid called fork(), and came back in the child process: end the "
                "child there, with exec or _exit");
  }
}

runnable* thread_cache::wait_for_work(idle_thread& me) noexcept {
  me.work = nullptr;
  {
    mutex_guard guard(mutex_);
    idle_.push_front(me);
  }
  if (me.called.park_until(std::chrono::steady_clock::now() + kept_idle)) return me.work;
  {
    mutex_guard guard(mutex_);
    if (me.linked()) return me.unlink(), nullptr;
  }
  me.called.park();  // it was given work just now
  return me.work;
}

}  // namespace braid::detail
