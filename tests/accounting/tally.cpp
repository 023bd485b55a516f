#include "tally.hpp"

#include <cstdio>

namespace accounting {
namespace {

constexpr const char* kind_names[kinds] = {"send",     "recv",     "send_some", "recv_some",
                                           "try_send", "try_recv", "select",    "try_select"};
constexpr const char* outcome_names[outcomes] = {"committed", "cancelled", "timed out", "closed", "idle"};

template<class... Args>
std::string line(const char* format, Args... args) {
  char text[160];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

}  // namespace

void tally::add(const tally& other) noexcept {
  for (std::size_t k = 0; k < kinds; ++k)
    for (std::size_t o = 0; o < outcomes; ++o) by_kind_[k][o] += other.by_kind_[k][o];
  for (std::size_t o = 0; o < outcomes; ++o) parked_[o] += other.parked_[o];
  paired_ += other.paired_;
}

std::uint64_t tally::operations() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& row : by_kind_)
    for (const std::uint64_t n : row) sum += n;
  return sum;
}

std::uint64_t tally::ended(outcome o) const noexcept {
  std::uint64_t sum = 0;
  for (const auto& row : by_kind_) sum += row[static_cast<std::size_t>(o)];
  return sum;
}

std::uint64_t tally::parked() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t n : parked_) sum += n;
  return sum;
}

std::string tally::report() const {
  std::string text = line("%-12s", "");
  for (const char* name : outcome_names) text += line("%11s", name);
  for (std::size_t k = 0; k < kinds; ++k) {
    text += line("\n%-12s", kind_names[k]);
    for (const std::uint64_t n : by_kind_[k]) text += line("%11llu", static_cast<unsigned long long>(n));
  }
  text += line("\n%-12s", "parked");
  for (const std::uint64_t n : parked_) text += line("%11llu", static_cast<unsigned long long>(n));
  const double all = static_cast<double>(operations()) / 100;
  text += line("\n%llu operations: %.1f %% parked", static_cast<unsigned long long>(operations()),
               static_cast<double>(parked()) / all);
  for (const outcome o : {outcome::cancelled, outcome::timed_out, outcome::closed})
    text += line(", %.1f %% %s", static_cast<double>(ended(o)) / all, outcome_names[static_cast<std::size_t>(o)]);
  return text + line(", %.1f %% select against select\n", static_cast<double>(paired()) / all);
}

std::string tally::missing_share() const {
  const struct {
    const char* name;
    std::uint64_t count;
    std::uint64_t percent;
  } shares[] = {{"parked", parked(), 30},
                {"cancelled", ended(outcome::cancelled), 5},
                {"timed out", ended(outcome::timed_out), 5},
                {"closed", ended(outcome::closed), 5},
                {"select against select", paired(), 5}};
  for (const auto& share : shares)
    if (share.count * 100 < operations() * share.percent)
      return "fewer than " + std::to_string(share.percent) + " % were " + share.name;
  return {};
}

}  // namespace accounting
