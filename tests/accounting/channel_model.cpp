#include "channel_model.hpp"

#include <algorithm>
#include <utility>

namespace accounting {

channel_model::match channel_model::first(std::size_t channel, bool sending) const {
  for (waiter* const w : parked_)
    for (std::size_t i = 0; i < w->wishes.size(); ++i)
      if (const wish& other = w->wishes[i]; !other.disabled && other.channel == channel && other.sends() == sending)
        return std::pair(w, i);
  return std::nullopt;
}

channel_model::match channel_model::partner(std::size_t channel, bool sending) {
  if (sending && lines_[channel].what == by_rank) return greatest_sender(channel);
  return first(channel, sending);
}

channel_model::match channel_model::greatest_sender(std::size_t channel) {
  line& l = lines_[channel];
  for (;;) {
    std::vector<candidate> all;
    for (const auto* const list : {&parked_, &ended_})
      for (waiter* const w : *list)
        for (std::size_t i = 0; i < w->wishes.size(); ++i)
          if (const wish& s = w->wishes[i]; s.sends() && !s.disabled && s.channel == channel && !w->left[i])
            all.push_back({w, i, rank_of(s.values.front()), list == &ended_});
    if (all.empty()) return std::nullopt;
    const auto older = [](const candidate& a, const candidate& b) {
      return std::pair(a.w->place, a.index) < std::pair(b.w->place, b.index);
    };
    const auto before = [&](const candidate& a, const candidate& b) {
      return a.rank != b.rank ? a.rank > b.rank : older(a, b);
    };
    const auto oldest = std::min_element(all.begin(), all.end(), older);
    const auto next = l.passes_waiting < most_passes ? std::min_element(all.begin(), all.end(), before) : oldest;
    l.passes_waiting = next == oldest ? 0 : l.passes_waiting + 1;
    next->w->left[next->index] = true;
    if (!next->stale) return std::pair(next->w, next->index);
  }
}

int channel_model::next_of(line& l) {
  auto next = l.buffer.begin();
  if (l.what == by_rank) {
    if (l.passes < most_passes)
      next = std::max_element(l.buffer.begin(), l.buffer.end(), [](int a, int b) { return rank_of(a) < rank_of(b); });
    l.passes = next == l.buffer.begin() ? 0 : l.passes + 1;
  }
  const int value = *next;
  l.buffer.erase(next);
  return value;
}

bool channel_model::ready(const waiter& w, std::size_t index) const {
  const wish& mine = w.wishes[index];
  const line& l = lines_[mine.channel];
  if (mine.disabled) return false;
  if (l.closed) return true;
  if (mine.sends()) return !l.full() || first(mine.channel, false);
  return !l.buffer.empty() || first(mine.channel, true);
}

void channel_model::end(waiter& w, std::size_t index, reply how) {
  w.won = index;
  w.end = how;
  if (std::erase(parked_, &w) > 0) ended_.push_back(&w);
}

void channel_model::grant(waiter& w, std::size_t index) {
  wish& mine = w.wishes[index];
  const line& l = lines_[mine.channel];
  mine.sends() ? send(mine, w) : receive(mine, w);
  const bool moved = w.sent > 0 || !w.received.empty();
  end(w, index, moved ? reply::committed : l.with_error && !mine.sends() ? reply::failed : reply::closed);
  ended_.clear();
}

void channel_model::send(wish& from, waiter& w) {
  line& l = lines_[from.channel];
  if (l.closed) return;
  while (w.sent < from.values.size()) {
    if (const auto other = partner(from.channel, false)) {
      other->first->received.push_back(from.values[w.sent++]);
      end(*other->first, other->second, reply::committed);
    } else if (!l.filled()) {
      l.buffer.push_back(from.values[w.sent++]);
    } else if (l.drops()) {
      l.buffer.push_back(from.values[w.sent++]);
      const auto out = l.what == drops_oldest ? l.buffer.begin() : l.buffer.end() - 1;
      l.dropped.push_back(*out);
      l.buffer.erase(out);
      return;
    } else {
      return;
    }
    if (l.what == by_rank) return;
  }
}

void channel_model::refill(std::size_t channel) {
  line& l = lines_[channel];
  while (!l.full()) {
    const auto other = partner(channel, true);
    if (!other) return;
    auto [w, index] = *other;
    const std::vector<int>& values = w->wishes[index].values;
    do {
      l.buffer.push_back(values[w->sent++]);
    } while (l.what != by_rank && !l.full() && w->sent < values.size());
    end(*w, index, reply::committed);
  }
}

void channel_model::receive(wish& into, waiter& w) {
  line& l = lines_[into.channel];
  while (w.received.size() < into.room && !l.buffer.empty()) {
    w.received.push_back(next_of(l));
    refill(into.channel);
  }
  while (w.received.size() < into.room) {
    const auto other = partner(into.channel, true);
    if (!other) return;
    auto [from, index] = *other;
    const std::vector<int>& values = from->wishes[index].values;
    do {
      w.received.push_back(values[from->sent++]);
    } while (l.what != by_rank && w.received.size() < into.room && from->sent < values.size());
    end(*from, index, reply::committed);
  }
}

void channel_model::close(std::size_t channel, bool with_error) {
  line& l = lines_[channel];
  if (std::exchange(l.closed, true)) return;
  l.with_error = with_error;
  for (const bool sending : {false, true})
    while (const auto w = partner(channel, sending))
      end(*w->first, w->second, with_error && !sending ? reply::failed : reply::closed);
  ended_.clear();
}

std::vector<int> channel_model::close_and_take(std::size_t channel) {
  close(channel, false);
  std::vector<int> taken;
  while (!lines_[channel].buffer.empty()) taken.push_back(next_of(lines_[channel]));
  return taken;
}

}  // namespace accounting
