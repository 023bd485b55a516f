#include "channel_model.hpp"

#include <utility>

namespace accounting {

std::optional<std::pair<waiter*, std::size_t>> channel_model::partner(std::size_t channel, bool sending) const {
  for (waiter* const w : parked_)
    for (std::size_t i = 0; i < w->wishes.size(); ++i)
      if (const wish& other = w->wishes[i]; !other.disabled && other.channel == channel && other.sends() == sending)
        return std::pair(w, i);
  return std::nullopt;
}

bool channel_model::ready(const waiter& w, std::size_t index) const {
  const wish& mine = w.wishes[index];
  const line& l = lines_[mine.channel];
  if (mine.disabled) return false;
  if (l.closed) return true;
  if (mine.sends()) return !l.full() || partner(mine.channel, false);
  return !l.buffer.empty() || partner(mine.channel, true);
}

void channel_model::end(waiter& w, std::size_t index, reply how) {
  w.won = index;
  w.end = how;
  std::erase(parked_, &w);
}

void channel_model::grant(waiter& w, std::size_t index) {
  wish& mine = w.wishes[index];
  const line& l = lines_[mine.channel];
  mine.sends() ? send(mine, w) : receive(mine, w);
  const bool moved = w.sent > 0 || !w.received.empty();
  end(w, index, moved ? reply::committed : l.with_error && !mine.sends() ? reply::failed : reply::closed);
}

void channel_model::send(wish& from, waiter& w) {
  line& l = lines_[from.channel];
  if (l.closed) return;
  while (w.sent < from.values.size()) {
    if (const auto other = partner(from.channel, false)) {
      other->first->received.push_back(from.values[w.sent++]);
      end(*other->first, other->second, reply::committed);
    } else if (!l.full()) {
      l.buffer.push_back(from.values[w.sent++]);
    } else {
      return;
    }
  }
}

void channel_model::refill(std::size_t channel) {
  line& l = lines_[channel];
  while (!l.full()) {
    const auto other = partner(channel, true);
    if (!other) return;
    auto [w, index] = *other;
    const std::vector<int>& values = w->wishes[index].values;
    while (!l.full() && w->sent < values.size()) l.buffer.push_back(values[w->sent++]);
    end(*w, index, reply::committed);
  }
}

void channel_model::receive(wish& into, waiter& w) {
  line& l = lines_[into.channel];
  while (w.received.size() < into.room && !l.buffer.empty()) {
    w.received.push_back(l.buffer.front());
    l.buffer.pop_front();
    refill(into.channel);
  }
  while (w.received.size() < into.room) {
    const auto other = partner(into.channel, true);
    if (!other) return;
    auto [from, index] = *other;
    const std::vector<int>& values = from->wishes[index].values;
    while (w.received.size() < into.room && from->sent < values.size()) w.received.push_back(values[from->sent++]);
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
}

std::vector<int> channel_model::close_and_take(std::size_t channel) {
  close(channel, false);
  std::deque<int> taken = std::exchange(lines_[channel].buffer, {});
  return {taken.begin(), taken.end()};
}

}  // namespace accounting
