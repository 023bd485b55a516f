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
  std::string_view name;
  std::size_t capacity;  ///< A full channel holds so many values; unlimited: it is never full.

  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  constexpr bool can_be_full() const noexcept { return capacity != unlimited; }
  /// As many of `wanted` values as can be sent with nobody there to receive.
  constexpr int room_for(int wanted) const noexcept {
    return can_be_full() ? std::min(wanted, static_cast<int>(capacity)) : wanted;
  }

  template<class T = int>
  channel<T> make(channel_options<T> options = {}) const {
    return can_be_full() ? channel<T>(capacity, std::move(options)) : channel<T>(unbounded, std::move(options));
  }
};

inline constexpr flavour rendezvous{"rendezvous", 0};
inline constexpr flavour bounded{"bounded", 3};
inline constexpr flavour unbounded_flavour{"unbounded", flavour::unlimited};

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

/// The suite's laws hold in every flavour.
#define BRAID_FOR_EACH_FLAVOUR(suite)                                                                             \
  INSTANTIATE_TEST_SUITE_P(each, suite, testing::ValuesIn(settings_of({rendezvous, bounded, unbounded_flavour})), \
                           setting_name())
/// The suite is about what only happens where a channel can be full, so that senders wait.
#define BRAID_WHERE_SENDERS_WAIT(suite) \
  INSTANTIATE_TEST_SUITE_P(each, suite, testing::ValuesIn(settings_of({rendezvous, bounded})), setting_name())

}  // namespace braid::conformance
