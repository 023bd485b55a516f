// The reference that a channel is held against: plain queues and lists, written for clearness. One thread.
#pragma once

#include <deque>
#include <optional>
#include <vector>

namespace accounting {

enum class reply { waits, committed, closed, failed, no_case_left };

/// What one waiter wants from one channel: to send these values, or to receive up to `room`.
struct wish {
  std::size_t channel = 0;
  std::vector<int> values;
  std::size_t room = 0;
  bool disabled = false;
  bool sends() const noexcept { return room == 0; }
};

/// A select of one or more wishes that waits, or what became of it.
struct waiter {
  std::vector<wish> wishes;
  std::optional<std::size_t> won = {};  ///< The index of the wish that ended it.
  reply end = reply::waits;
  std::vector<int> received = {};
  std::size_t sent = 0;
};

class channel_model {
 public:
  struct line {
    std::optional<std::size_t> capacity;  ///< Nothing: unbounded.
    std::deque<int> buffer = {};
    bool closed = false;
    bool with_error = false;
    bool full() const noexcept { return capacity && buffer.size() >= *capacity; }
  };

  explicit channel_model(std::vector<line> lines) : lines_(std::move(lines)) {}

  const line& at(std::size_t channel) const { return lines_[channel]; }
  /// Could wish `index` of `w` be had now?
  bool ready(const waiter& w, std::size_t index) const;
  /// Grants wish `index`, which is ready.
  void grant(waiter& w, std::size_t index);
  /// `w` waits, behind all others.
  void park(waiter& w) { parked_.push_back(&w); }
  void withdraw(waiter& w) { std::erase(parked_, &w); }
  void close(std::size_t channel, bool with_error);
  std::vector<int> close_and_take(std::size_t channel);

 private:
  /// The first parked wish on that channel's other side; its waiter and index.
  std::optional<std::pair<waiter*, std::size_t>> partner(std::size_t channel, bool sending) const;
  void end(waiter& w, std::size_t index, reply how);
  void send(wish& from, waiter& w);
  void receive(wish& into, waiter& w);
  void refill(std::size_t channel);

  std::vector<line> lines_;
  std::vector<waiter*> parked_;  ///< In the order in which they parked.
};

}  // namespace accounting
