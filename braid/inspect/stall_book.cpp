#include "braid/inspect/stall_book.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "braid/base/code_place.hpp"

namespace braid::detail {
namespace {

/// More paragraphs do not help a reader, and a program may have a million tasks.
constexpr std::size_t most_paragraphs = 100;

std::string length_of(duration lasted) {
  std::array<char, 32> text{};
  const double seconds = std::chrono::duration<double>(lasted).count();
  std::snprintf(text.data(), text.size(), seconds < 1 ? "%.0f ms" : "%.1f s", seconds < 1 ? seconds * 1e3 : seconds);
  return text.data();
}

std::string place_of(const seen_wait& wait) {
  const std::string places = code_places(wait.places);
  if (places.empty()) return places;
  return (wait.is_of_thread ? "    called at: " : "    in the coroutine: ") + places + "\n";
}

std::string paragraph_of(const seen_wait& wait, duration lasted) {
  const std::string what = wait.what.empty() ? "something that is busy just now" : wait.what;
  return "  " + wait.who + " has waited for " + length_of(lasted) + " in " + what + "\n" + place_of(wait) + wait.others;
}

}  // namespace

bool stall_book::is_due(std::uint64_t wait, duration lasted) {
  entry& known = waits_.try_emplace(wait, entry{limit_, true}).first->second;
  known.seen = true;
  if (lasted < known.next) return false;
  while (known.next <= lasted) known.next = std::max(2 * known.next, duration(1));
  return true;
}

void stall_book::end_round() {
  for (auto at = waits_.begin(); at != waits_.end();)
    at = std::exchange(at->second.seen, false) ? std::next(at) : waits_.erase(at);
}

std::string report_of(const std::vector<seen_wait>& waits, time_point now, stall_book& book) {
  std::string paragraphs;
  std::size_t count = 0;
  for (const seen_wait& wait : waits) {
    if (wait.may_be_long || !book.is_due(wait.number, now - wait.since)) continue;
    if (++count <= most_paragraphs) paragraphs += paragraph_of(wait, now - wait.since);
  }
  book.end_round();
  if (count == 0) return {};
  if (count > most_paragraphs) paragraphs += "  and " + std::to_string(count - most_paragraphs) + " more\n";
  return "braid: " + std::to_string(count) + (count == 1 ? " wait has" : " waits have") + " lasted for " +
         length_of(book.limit()) + " or longer\n" + paragraphs;
}

}  // namespace braid::detail
