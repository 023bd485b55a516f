#include "explore/search.hpp"

#include <algorithm>
#include <bit>

#include "explore/step.hpp"

namespace explore {
namespace {

// Not blocked, and not asleep: a sleeper that may only time out cannot do what it does once it is woken.
bool can_go(const situation& at, int thread) noexcept {
  return (at.enabled & set_of({thread, 0})) != 0;
}

}  // namespace

choice first_of(choice_set set) noexcept {
  const int at = std::countr_zero(set);
  return {at / max_alternatives, at % max_alternatives};
}

search::search(options how) : how_(how) {
  path_.reserve(4096);
}

void search::begin() noexcept {
  position_ = 0;
  preemptions_ = 0;
  redundant_ = false;
}

choice search::preferred(choice_set among, int running) const noexcept {
  if (running >= 0 && (among & all_of(running)) != 0) among &= all_of(running);
  return first_of(among);
}

choice_set search::affordable(const node& n) const noexcept {
  const bool spent = bounded() && n.preemptions >= how_.preemptions && n.at.running >= 0;
  return n.at.enabled & (spent ? all_of(n.at.running) : ~choice_set(0));
}

void search::add(node& n, choice_set which) const noexcept {
  n.todo |= which & affordable(n);
}

choice search::next(const situation& at) {
  if (redundant_ || diverged_) return preferred(at.enabled, at.running);
  if (position_ < path_.size()) {
    node& n = path_[position_];
    const auto& then = n.at.intents[n.chosen.thread];
    const auto& now = at.intents[n.chosen.thread];
    diverged_ = n.at.enabled != at.enabled || then.where != now.where || then.writes != now.writes;
    return diverged_ ? preferred(at.enabled, at.running) : take(n, n.chosen);
  }
  node& n = push(at);
  if ((affordable(n) & ~n.sleeping) == 0) {
    path_.pop_back();
    redundant_ = true;
    return preferred(at.enabled, at.running);
  }
  const choice c = preferred(affordable(n) & ~n.sleeping, at.running);
  add(n, how_.kind == reduction::dynamic ? all_of(c.thread) : ~choice_set(0));
  // Where a switch is free anyway, a time-out is free too, and later in this block it may be past the bound.
  if (bounded() && at.running < 0)
    for (int t = 0; t < at.threads; ++t)
      if (!can_go(at, t)) add(n, all_of(t));
  return take(n, c);
}

search::node& search::push(const situation& at) {
  node n;
  n.at = at;
  n.preemptions = preemptions_;
  if (!path_.empty() && how_.kind != reduction::none && !bounded()) {
    const node& parent = path_.back();
    const auto& did = parent.at.intents[parent.chosen.thread];
    n.sleeping = (parent.sleeping | parent.done) & ~all_of(parent.chosen.thread);
    for (int t = 0; t < at.threads; ++t) {
      const auto& other = parent.at.intents[t];
      if (!commute(other.where, other.writes, did.where, did.writes)) n.sleeping &= ~all_of(t);
    }
  }
  path_.push_back(n);
  return path_.back();
}

choice search::take(node& n, choice c) {
  n.chosen = c;
  n.done |= set_of(c);
  preemptions_ += price(n.at, c);
  const std::size_t position = position_++;
  if (position < analysed_ || how_.kind != reduction::dynamic) return c;
  analysed_ = position + 1;
  const auto& mine = n.at.intents[c.thread];
  analyse(position, c.thread, mine, true);
  // A time-out that this step may take away is never performed in this schedule: try it in this step's place.
  for (int t = 0; t < n.at.threads; ++t) {
    const auto& other = n.at.intents[t];
    const bool can_time_out = (n.at.enabled & all_of(t)) != 0 && !can_go(n.at, t);
    if (t == c.thread || !can_time_out || commute(other.where, other.writes, mine.where, mine.writes)) continue;
    int index = 0;
    bounded() ? race_within_bound(position, t, own_past(position, t, index)) : add(n, all_of(t));
  }
  return c;
}

void search::woke(int thread) noexcept {
  if (!redundant_ && !diverged_ && position_ > 0) path_[position_ - 1].woke = thread;
}

// What happened before the step that `thread` takes at `position` on account of its own past and of who woke it.
search::clock search::own_past(std::size_t position, int thread, int& index) const {
  clock past{};
  std::size_t own = position;
  while (own > 0 && path_[own - 1].chosen.thread != thread) --own;
  index = 1;
  if (own > 0) {
    past = path_[own - 1].seen;
    index = path_[own - 1].index + 1;
  }
  for (std::size_t i = own; i < position; ++i)
    if (path_[i].woke == thread) join(past, path_[i].seen);
  return past;
}

// Walks back from `position` over the steps that `thread`'s step does not commute with. `known` holds what happened
// before it for certain; a step outside of that is a race. A racing step's own past is known from then on, except
// where the thread could not go at all at the racing step (it was blocked): then the race may lie further back.
void search::analyse(std::size_t position, int thread, situation::intent intent, bool performed) {
  int index = 0;
  clock known = own_past(position, thread, index);
  clock all = known;
  races_.clear();
  for (std::size_t i = position; i-- > 0;) {
    const node& m = path_[i];
    const int other = m.chosen.thread;
    const auto& did = m.at.intents[other];
    if (other == thread || m.index <= known[other]) continue;
    if (commute(did.where, did.writes, intent.where, intent.writes)) continue;
    join(all, m.seen);
    races_.push_back(i);
    if (!bounded() && can_go(m.at, thread)) join(known, m.seen);
  }
  all[thread] = static_cast<std::uint16_t>(index);
  if (performed) {
    path_[position].index = index;
    path_[position].seen = all;
  }
  for (const std::size_t i : races_) bounded() ? race_within_bound(i, thread, all) : race(i, position, thread, all);
}

// What follows step `i` without depending on it, and then `thread`'s step, is to come before step `i`: one thread that
// can begin that ("initials" in P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, "Optimal dynamic partial order
// reduction", POPL 2014) must be tried in step `i`'s place, unless one is already.
void search::race(std::size_t i, std::size_t position, int thread, const clock& last) {
  node& n = path_[i];
  const int other = n.chosen.thread;
  clock first{};  // per thread, the index of its first step in that sequence; 0: none yet
  choice_set initials = 0;
  const auto consider = [&](int t, int index, const clock& seen) {
    if (first[t] != 0) return;
    bool begins = true;
    for (int u = 0; u < max_threads; ++u) begins &= u == t || first[u] == 0 || seen[u] < first[u];
    first[t] = static_cast<std::uint16_t>(index);
    if (begins) initials |= all_of(t);
  };
  for (std::size_t k = i + 1; k < position; ++k)
    if (path_[k].seen[other] < n.index) consider(path_[k].chosen.thread, path_[k].index, path_[k].seen);
  consider(thread, last[thread], last);
  initials &= n.at.enabled;
  if ((initials & n.todo) != 0) return;
  if (initials == 0) return add(n, n.at.enabled);
  add(n, all_of(first_of(initials).thread));
}

// `thread` is to go before step `position`. If it cannot there, then a thread goes that leads to its step.
void search::race_within_bound(std::size_t position, int thread, const clock& before) {
  const auto try_at = [&](std::size_t where) {
    node& n = path_[where];
    add(n, all_of(thread));
    if (can_go(n.at, thread)) return;
    choice_set leading = 0;
    for (int t = 0; t < n.at.threads; ++t) {
      int index = 0;
      for (std::size_t k = where + 1; k-- > 0 && index == 0;)
        if (path_[k].chosen.thread == t) index = path_[k].index;
      if (t != thread && before[t] > index) leading |= n.at.enabled & all_of(t);
    }
    add(n, leading != 0 ? leading : n.at.enabled);
  };
  try_at(position);
  std::size_t block = position;
  while (block > 0 && path_[block].at.running >= 0 && path_[block - 1].chosen.thread == path_[position].chosen.thread)
    --block;
  try_at(block);
}

bool search::advance(const situation& at) {
  if (diverged_) return false;
  if (!redundant_ && how_.kind == reduction::dynamic)
    for (int t = 0; t < at.threads; ++t)
      if (at.intents[t].where != nullptr) analyse(position_, t, at.intents[t], false);
  while (!path_.empty()) {
    node& n = path_.back();
    const choice_set left = n.todo & ~n.done & ~n.sleeping;
    if (left != 0) {
      n.chosen = preferred(left, n.at.running);
      n.woke = -1;
      analysed_ = path_.size() - 1;
      return true;
    }
    path_.pop_back();
  }
  return false;
}

}  // namespace explore
