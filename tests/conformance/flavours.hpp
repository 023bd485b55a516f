// The settings that every law of channels is tested in: each flavour, with each kind of player on either end.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/sync/channel.hpp"
#include "conformance/stage.hpp"

namespace braid::conformance {

struct flavour {
  enum when_full { waits, waits_by_rank, grows, drops_oldest, drops_newest, drops_all_but_one };

  std::string_view name;
  when_full does;
  std::size_t capacity;  ///< A full channel holds so many values; unlimited: it is never full.

  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  /// Senders wait for room.
  constexpr bool can_be_full() const noexcept { return does == waits || does == waits_by_rank; }
  /// As many of `wanted` values as can be sent with nobody there to receive.
  constexpr int room_for(int wanted) const noexcept {
    return can_be_full() ? std::min(wanted, static_cast<int>(capacity)) : wanted;
  }

  template<class T = int>
  channel<T> make(channel_options<T> options = {}) const {
    switch (does) {
      case waits:
        break;
      case waits_by_rank:  // all equal: the laws of a channel hold; those of ranks are in priority_test.cpp
        return channel<T>(priority(capacity, [](const T&) { return 0; }), std::move(options));
      case grows:
        return channel<T>(unbounded, std::move(options));
      case drops_oldest:
        return channel<T>(drop_oldest(capacity), std::move(options));
      case drops_newest:
        return channel<T>(drop_newest(capacity), std::move(options));
      case drops_all_but_one:
        return channel<T>(conflated, std::move(options));
    }
    return channel<T>(capacity, std::move(options));
  }
};

inline constexpr flavour rendezvous{"rendezvous", flavour::waits, 0};
inline constexpr flavour bounded{"bounded", flavour::waits, 3};
inline constexpr flavour unbounded_flavour{"unbounded", flavour::grows, flavour::unlimited};
inline constexpr flavour by_priority{"priority", flavour::waits_by_rank, 3};
inline constexpr flavour conflates{"conflated", flavour::drops_all_but_one, 1};
inline constexpr flavour drops_oldest{"drop_oldest", flavour::drops_oldest, 3};
inline constexpr flavour drops_newest{"drop_newest", flavour::drops_newest, 3};

struct setting {
  conformance::flavour flavour;
  player sender;
  player receiver;
};

inline std::string name_of(const setting& s) {
  return std::string(s.flavour.name) + "_" + std::string(name_of(s.sender)) + "_to_" + std::string(name_of(s.receiver));
}
inline void PrintTo(const setting& s, std::ostream* out) {
  *out << name_of(s);
}

inline std::vector<setting> settings_of(std::initializer_list<flavour> flavours) {
  std::vector<setting> all;
  for (const flavour& f : flavours)
    for (const auto& [sender, receiver] : {std::pair{player::thread, player::thread},
                                           {player::thread, player::task_of_one_worker},
                                           {player::task_of_one_worker, player::thread},
                                           {player::task_of_one_worker, player::task_of_one_worker},
                                           {player::task_of_two_workers, player::task_of_two_workers}})
      all.push_back({f, sender, receiver});
  return all;
}

/// Base of the suites: `flavour`, `sender` and `receiver` of the setting, and a stage.
class each_setting : public testing::TestWithParam<setting> {
 protected:
  const conformance::flavour flavour = GetParam().flavour;
  const player sender = GetParam().sender;
  const player receiver = GetParam().receiver;
  stage play;

  /// Sends 0, 1, ... until the channel is full, or `most` values; gives how many.
  static int fill(const braid::sender<int>& tx, int most) {
    int sent = 0;
    while (sent < most && tx.try_send(sent)) ++sent;
    return sent;
  }
};

struct setting_name {
  std::string operator()(const testing::TestParamInfo<setting>& about) const { return name_of(about.param); }
};

/// The suite runs in the flavours that are named.
#define BRAID_FOR_FLAVOURS(suite, ...) \
  INSTANTIATE_TEST_SUITE_P(each, suite, testing::ValuesIn(settings_of({__VA_ARGS__})), setting_name())
/// The suite's laws hold in every flavour.
#define BRAID_FOR_EACH_FLAVOUR(suite) \
  BRAID_FOR_FLAVOURS(suite, rendezvous, bounded, unbounded_flavour, by_priority, conflates, drops_oldest, drops_newest)
/// The suite sends more than it receives at once, and counts on every value.
#define BRAID_WHERE_ALL_IS_KEPT(suite) BRAID_FOR_FLAVOURS(suite, rendezvous, bounded, unbounded_flavour, by_priority)
/// The suite is about what only happens where a channel can be full, so that senders wait.
#define BRAID_WHERE_SENDERS_WAIT(suite) BRAID_FOR_FLAVOURS(suite, rendezvous, bounded, by_priority)
/// The suite is about the flavours whose senders never wait, since a full channel drops a value.
#define BRAID_WHERE_VALUES_ARE_DROPPED(suite) BRAID_FOR_FLAVOURS(suite, conflates, drops_oldest, drops_newest)

}  // namespace braid::conformance
