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
  std::size_t place = 0;        ///< In the order in which they parked.
  std::vector<bool> left = {};  ///< Which wishes have left their place.
};

class channel_model {
 public:
  enum flavour { queue, drops_oldest, drops_newest, by_rank };
  struct line {
    std::optional<std::size_t> capacity;  ///< Nothing: unbounded.
    flavour what = queue;
    std::deque<int> buffer = {};  ///< In the order of arrival.
    std::vector<int> dropped = {};
    bool closed = false;
    bool with_error = false;
    unsigned passes = 0;          ///< How often the oldest in the buffer was passed over in a row.
    unsigned passes_waiting = 0;  ///< The same of the sends that wait.
    bool filled() const noexcept { return capacity && buffer.size() >= *capacity; }
    bool drops() const noexcept { return what == drops_oldest || what == drops_newest; }
    bool full() const noexcept { return filled() && !drops(); }
  };
  static constexpr unsigned most_passes = 2;
  static int rank_of(int value) noexcept { return value % 3; }

  explicit channel_model(std::vector<line> lines) : lines_(std::move(lines)) {}

  const line& at(std::size_t channel) const { return lines_[channel]; }
  /// Could wish `index` of `w` be had now?
  bool ready(const waiter& w, std::size_t index) const;
  /// Grants wish `index`, which is ready.
  void grant(waiter& w, std::size_t index);
  /// `w` waits, behind all others.
  void park(waiter& w) {
    w.place = parks_++;
    w.left.assign(w.wishes.size(), false);
    parked_.push_back(&w);
  }
  void withdraw(waiter& w) { std::erase(parked_, &w); }
  void close(std::size_t channel, bool with_error);
  std::vector<int> close_and_take(std::size_t channel);

 private:
  /// A parked wish, or one whose waiter was ended by another one in this same step and that has not left its place yet.
  struct candidate {
    waiter* w;
    std::size_t index;
    int rank;
    bool stale = false;
  };
  using match = std::optional<std::pair<waiter*, std::size_t>>;
  /// The first parked wish on that side of the channel; its waiter and index.
  match first(std::size_t channel, bool sending) const;
  /// The one whose turn it is.
  match partner(std::size_t channel, bool sending);
  match greatest_sender(std::size_t channel);
  int next_of(line& l);
  void end(waiter& w, std::size_t index, reply how);
  void send(wish& from, waiter& w);
  void receive(wish& into, waiter& w);
  void refill(std::size_t channel);

  std::vector<line> lines_;
  std::size_t parks_ = 0;
  std::vector<waiter*> parked_;  ///< In the order in which they parked.
  std::vector<waiter*> ended_;   ///< In this step.
};

}  // namespace accounting
