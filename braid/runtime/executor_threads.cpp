#include "braid/runtime/executor_threads.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <new>

#include "braid/base/check.hpp"
#include "braid/base/home_process.hpp"
#include "braid/runtime/signal_free_thread.hpp"

namespace braid::detail {
namespace {

constexpr std::chrono::seconds spare_for{10};  ///< How long a thread without work is kept.

}  // namespace

void executor_threads::start() {
  try {
    for (std::uint32_t i = 0; i < core_.width(); ++i) {
      mutex_guard guard(mutex_);
      add_member().sits_in = &core_.seat_at(i);
    }
  } catch (...) {
    core_.stop();
    stop_and_join();
    throw;
  }
}

/// The new thread takes this mutex first, so it sees whatever it is given before the mutex is released.
executor_threads::member& executor_threads::add_member() {
  members_.emplace_back(owner_, core_);
  const auto me = std::prev(members_.end());
  try {
    core_.prepare(*me);
    me->thread = signal_free_thread([this, me] { live(me); });
  } catch (...) {
    members_.pop_back();
    throw;
  }
  return *me;
}

void executor_threads::stop_and_join() noexcept {
  members last;
  {
    mutex_guard guard(mutex_);
    stopping_ = true;
    while (member* const spare = spares_.pop_front()) spare->called.unpark();
    // Threads that retire from now on stay where they are: no other thread touches either list.
    last.splice(last.end(), members_);
    last.splice(last.end(), retired_);
  }
  for (member& m : last) m.thread.join();
}

/// Takes no lock: the mutex may be held by a thread that does not exist in this process.
void executor_threads::leave_to_parent() noexcept {
  for (members* const some : {&members_, &retired_})
    detail::leave_to_parent(std::make_shared<const members>(std::move(*some)));
}

// --- a thread's life ---

void executor_threads::live(members::iterator me) noexcept {
  worker_slot() = static_cast<worker*>(&*me);
  { mutex_guard born(mutex_); }
  do {
    while (me->sits_in) {
      runnable* const work = core_.next(*me);
      if (!work) break;
      me->sits_in->begin_slice();
      work->run();
      owner_.check_threads();  // a task may have forked and returned in the child
    }
    if (runnable* const work = std::exchange(me->work, nullptr)) work->run();
    owner_.check_threads();
  } while (wait_for_a_call(me));
}

bool executor_threads::wait_for_a_call(members::iterator me) noexcept {
  {
    mutex_guard guard(mutex_);
    if (std::exchange(me->in_blocking_place, false)) --blocking_now_;
    if (stopping_ || me->sits_in) return false;  // with a seat, only because the scheduler has stopped
    if (take_queued_work(*me)) return true;
    spares_.push_back(*me);
  }
  if (!me->called.park_until(std::chrono::steady_clock::now() + spare_for)) {
    if (retire(me)) return false;
    me->called.park();  // its unpark is on its way
  }
  mutex_guard guard(mutex_);
  return me->sits_in || me->work;
}

bool executor_threads::take_queued_work(member& me) noexcept {
  if (blocking_now_ >= limits_.blocking) return false;
  me.work = blocking_queue_.pop();
  if (!me.work) return false;
  me.in_blocking_place = true;
  ++blocking_now_;
  return true;
}

/// Takes `me` off the lists. Returns false if it was called at the last moment.
bool executor_threads::retire(members::iterator me) noexcept {
  members ended;
  bool in_time = false;
  {
    mutex_guard guard(mutex_);
    in_time = me->list_hook<among_spares>::linked();
    if (in_time) {
      spares_.erase(*me);
      ended.splice(ended.end(), retired_);
      retired_.splice(retired_.end(), members_, me);
    }
  }
  for (member& m : ended) m.thread.join();  // their threads have ended, or do so now
  return in_time;
}

// --- giving a thread something to do ---

template<class Give>
bool executor_threads::call_somebody(Give give) noexcept {
  if (member* const spare = spares_.pop_front()) {
    give(*spare);
    spare->called.unpark();
    return true;
  }
  try {
    give(add_member());
    return true;
  } catch (...) {  // no memory, or no thread left in the system
    return false;
  }
}

bool executor_threads::lend(thread_wait& wait) noexcept {
  auto& me = static_cast<member&>(*static_cast<seat_worker*>(worker::current()));
  runnable_list stranded;
  bool lent = false;
  {
    mutex_guard guard(mutex_);
    lent = me.sits_in ? lend_seat(me) : me.in_blocking_place ? lend_place(me, wait) : true;
    if (lent) {
      waits_.push_back(wait);
      take_stranded(stranded);
    } else {
      wait.why_refused_ = describe_if_possible();
    }
  }
  give_to_seats(stranded);
  return lent;
}

bool executor_threads::lend_seat(member& me) noexcept {
  seat* const mine = me.sits_in;
  if (spares_.empty() && standing_in() >= limits_.spares) return false;
  if (!call_somebody([mine](member& other) { other.sits_in = mine; })) return false;
  me.sits_in = nullptr;
  return true;
}

/// Gives up the place, which may stay empty: queued work may need it while `me` waits.
bool executor_threads::lend_place(member& me, thread_wait& wait) noexcept {
  if (spares_.empty() && standing_in() >= limits_.spares) return false;
  --blocking_now_;
  me.in_blocking_place = false;
  wait.gave_place_up_ = true;
  start_next_blocking();  // without a thread for it now, a thread that ends blocking work takes it, or a seat
  return true;
}

void executor_threads::take_back(thread_wait& wait) noexcept {
  auto& me = static_cast<member&>(*static_cast<seat_worker*>(worker::current()));
  mutex_guard guard(mutex_);
  waits_.erase(wait);
  if (!wait.gave_place_up_) return;
  me.in_blocking_place = true;
  ++blocking_now_;
}

void executor_threads::run_blocking(runnable& work) noexcept {
  runnable_list stranded;
  {
    mutex_guard guard(mutex_);
    blocking_queue_.push(work);
    if (!start_next_blocking()) take_stranded(stranded);
  }
  give_to_seats(stranded);
}

/// Moves the queued work to `into` if no thread is left that would take it.
void executor_threads::take_stranded(runnable_list& into) noexcept {
  if (blocking_now_ > 0) return;
  while (runnable* const one = blocking_queue_.pop()) into.push(*one);
}

void executor_threads::give_to_seats(runnable_list& work) noexcept {
  while (runnable* const one = work.pop()) core_.ready(*one, arrival::fresh, nullptr);
}

/// Starts the first work of the queue if there is any and a place for it. Returns false if there is no thread.
bool executor_threads::start_next_blocking() noexcept {
  if (blocking_queue_.empty() || blocking_now_ >= limits_.blocking) return true;
  // Called with the mutex held, which the analysis cannot see.
  return call_somebody([this](member& other) BRAID_UNCHECKED_LOCKING { take_queued_work(other); });
}

// --- reports ---

/// Called where threads, and so perhaps memory, are short.
std::string executor_threads::describe_if_possible() noexcept {
  try {
    return describe_locked();
  } catch (const std::bad_alloc&) {
    return {};
  }
}

std::string executor_threads::describe() {
  mutex_guard guard(mutex_);
  return describe_locked();
}

std::string executor_threads::describe_locked() {
  std::map<std::string, std::size_t> waiting;
  std::size_t idle = 0, waits = 0;
  for (member* spare = spares_.front(); spare; spare = spares_.next(*spare)) ++idle;
  for (thread_wait* wait = waits_.front(); wait; wait = waits_.next(*wait), ++waits) ++waiting[wait->describe()];
  std::string text = "of the " + std::to_string(members_.size()) + " threads of the executor " +
                     std::to_string(core_.width()) + " sit in its seats";
  for (const auto& [what, count] : waiting) text += ", " + std::to_string(count) + " wait in " + what;
  const std::size_t accounted = core_.width() + idle + waits + blocking_now_;
  const std::size_t others = members_.size() - std::min(members_.size(), accounted);
  if (blocking_now_ > 0) text += ", " + std::to_string(blocking_now_) + " do blocking work";
  return text + ", " + std::to_string(others) + " have waited and run to the end of their slice, " +
         std::to_string(idle) + " are spare";
}

}  // namespace braid::detail
