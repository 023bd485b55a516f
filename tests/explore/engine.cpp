#include "explore/engine.hpp"

#include <algorithm>
#include <exception>

#include "explore/arena.hpp"

namespace explore {

engine& engine::get() {
  static engine the_one;
  return the_one;
}

int engine::turn(const step& next) {
  if (!active_ || current_ < 0) return 0;
  explored& me = threads_[current_];
  me.next = next;
  if (booting_) {
    me.stack.switch_to(director_);
  } else {
    dispatch(me.stack);
  }
  return me.picked;
}

bool engine::sleep(const step& asleep, bool timed) {
  if (current_ < 0) fail("the code outside the explored threads waits for ever", &asleep.place);
  explored& me = threads_[current_];
  me.state = mode::asleep;
  me.next = asleep;
  me.slept = choices_.size();
  me.timed = timed;
  dispatch(me.stack);
  return me.picked != 1;
}

void engine::wake(const void* where) {
  if (!active_) return;
  explored* longest = nullptr;
  for (explored& t : threads_)
    if (t.state == mode::asleep && t.next.where == where && (longest == nullptr || t.slept < longest->slept))
      longest = &t;
  if (longest == nullptr) return;
  longest->state = mode::ready;
  longest->next = {.what = action::resume, .place = longest->next.place};
  if (script_ == nullptr) search_->woke(static_cast<int>(longest - threads_.data()));
}

void engine::note(std::uint64_t before, std::uint64_t after) noexcept {
  if (!tracing_ || current_ < 0 || events_.empty()) return;
  events_.back().before = before;
  events_.back().after = after;
  events_.back().noted = true;
}

void engine::fail(const std::string& sentence, const std::source_location* place) {
  const arena::closed_here own;
  failure_ = sentence;
  if (place != nullptr) failure_ += " (" + place_text(*place) + ")";
  if (current_ >= 0) failure_ += ", in thread " + std::string(1, static_cast<char>('a' + current_));
  leave(current_ >= 0 ? threads_[current_].stack : director_);
  std::abort();  // nobody comes back to a failed schedule
}

void engine::misused() {
  if (!how_->misuse_allowed) return;
  misused_ = true;
  leave(current_ >= 0 ? threads_[current_].stack : director_);
}

void engine::drop_locals() {
  thread_locals& mine = locals();
  if (mine.own != nullptr) mine.destroy(mine.own);
  mine = {};
}

void engine::leave(fiber& from) {
  from.switch_to(fiber::home());
}

situation engine::survey() const {
  situation at;
  at.threads = count_;
  for (int i = 0; i < count_; ++i) {
    const explored& t = threads_[i];
    if (t.state == mode::ended) continue;
    at.intents[i] = {t.next.where, t.next.writes};
    if (t.state == mode::asleep) {
      if (t.timed && t.timeouts_left > 0) at.enabled |= set_of({i, 1});
      if (t.spurious_left > 0) at.enabled |= set_of({i, 2});
    } else if (t.next.enabled == nullptr || t.next.enabled(t.next.where, t.next.unwanted)) {
      at.enabled |= all_of(i) & ((choice_set(1) << (i * max_alternatives + t.next.alternatives)) - 1);
      if (i == last_) at.running = i;
    }
  }
  if (at.enabled == 0 && how_->timeouts > 0) {
    for (int i = 0; i < count_; ++i)
      if (threads_[i].state == mode::asleep && threads_[i].timed) at.enabled |= set_of({i, 1});
  }
  return at;
}

choice engine::decide(const situation& at) {
  const arena::closed_here own;
  if (script_ == nullptr) {
    const choice c = search_->next(at);
    if (search_->diverged()) fail("the program is not deterministic: the same choices led to other steps", nullptr);
    return c;
  }
  const std::size_t position = choices_.size();
  if (position >= script_->size()) return first_of(at.running >= 0 ? at.enabled & all_of(at.running) : at.enabled);
  const choice c = (*script_)[position];
  if ((at.enabled & set_of(c)) == 0) fail("the schedule to replay does not fit this program", nullptr);
  return c;
}

// Picks who goes next and switches to it; returns when `from` is picked again.
void engine::dispatch(fiber& from) {
  const situation at = survey();
  if (at.enabled == 0) {
    if (!all_ended()) fail("deadlock: " + who_waits(), nullptr);
    current_ = -1;
    from.switch_to(director_);
    return;
  }
  if (choices_.size() >= static_cast<std::size_t>(how_->max_steps)) fail("the schedule does not end", nullptr);
  const choice c = decide(at);
  explored& picked = threads_[c.thread];
  picked.picked = c.alternative;
  if (picked.state == mode::asleep) picked.state = mode::ready;
  if (c.alternative == 1 && picked.next.what == action::sleep && picked.timeouts_left > 0) --picked.timeouts_left;
  if (c.alternative == 2 && picked.next.what == action::sleep) --picked.spurious_left;
  {
    const arena::closed_here own;
    choices_.push_back(c);
    if (tracing_) events_.push_back({c, picked.next});
  }
  last_ = current_ = c.thread;
  if (&picked.stack != &from) from.switch_to(picked.stack);
}

bool engine::all_ended() const noexcept {
  return std::all_of(threads_.begin(), threads_.begin() + count_, [](auto& t) { return t.state == mode::ended; });
}

void engine::run_thread(void* self) {
  engine& e = get();
  const int index = static_cast<int>(static_cast<explored*>(self) - e.threads_.data());
  try {
    e.world_->threads_[index]();
    e.drop_locals();
  } catch (const std::exception& error) {
    e.fail(std::string("an exception left the thread: ") + error.what(), nullptr);
  } catch (...) {
    e.fail("an exception left the thread", nullptr);
  }
  explored& me = e.threads_[index];
  me.state = mode::ended;
  me.next = {};
  if (e.booting_) {
    me.stack.switch_to(e.director_);
  } else {
    e.dispatch(me.stack);
  }
}

void engine::boot() {
  booting_ = true;
  for (int i = 0; i < count_; ++i) {
    explored& t = threads_[i];
    t.state = mode::ready;
    t.spurious_left = how_->spurious;
    t.timeouts_left = how_->timeouts;
    t.next = {};
    t.stack.arm(&engine::run_thread, &t);
    current_ = i;
    director_.switch_to(t.stack);
    current_ = -1;
  }
  booting_ = false;
}

void engine::play() {
  world_ = new world;
  (*scenario_)(*world_);
  count_ = world_->count_;
  boot();
  last_ = -1;
  dispatch(director_);
  current_ = -1;
  for (int i = 0; i < world_->check_count_; ++i) world_->checks_[i]();
  delete world_;
  drop_locals();
}

void engine::direct(void* self) {
  engine& e = *static_cast<engine*>(self);
  try {
    e.play();
  } catch (const std::exception& error) {
    e.fail(std::string("an exception left the scenario: ") + error.what(), nullptr);
  }
  e.leave(e.director_);
}

void engine::perform_schedule() {
  arena::reset();
  choices_.clear();
  events_.clear();
  failure_.clear();
  locals_.fill({});
  misused_ = false;
  for (explored& t : threads_) t.state = mode::ended;
  count_ = 0;
  current_ = -1;
  last_ = -1;
  director_.arm(&engine::direct, this);
  active_ = true;
  arena::open(true);
  fiber::home().switch_to(director_);
  arena::open(false);
  active_ = false;
  current_ = -1;
}

}  // namespace explore
