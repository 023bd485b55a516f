// What a result says: counts, schedules as strings, who waits where, the trace of a failing schedule.
#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "explore/engine.hpp"

namespace explore {
namespace {

constexpr std::size_t trace_steps = 80;

std::string name_of_thread(int index) {
  return std::string(1, static_cast<char>('a' + index));
}

}  // namespace

const char* name_of(action what) noexcept {
  constexpr std::array names{"load",       "store", "exchange", "add",    "compare_exchange", "destroy", "spin_wait",
                             "futex_wait", "wake",  "asleep",   "resume", "choose",           "start"};
  return names[static_cast<std::size_t>(what)];
}

std::string place_text(const std::source_location& place) {
  const std::string file = place.file_name();
  return file.substr(file.rfind('/') + 1) + ":" + std::to_string(place.line());
}

std::string result::text() const {
  std::string out = name + ": ";
  if (!ok()) {
    out += failure + "\n  after " + std::to_string(schedules) + " schedules";
    if (!schedule.empty()) out += "; replay: BRAID_EXPLORE_REPLAY='" + name + "=" + schedule + "'";
    return out + "\n" + trace;
  }
  out += std::to_string(schedules) + " schedules of " + std::to_string(threads) + " threads, ";
  out += bound == unlimited ? "all up to partial order" : "all with at most " + std::to_string(bound) + " preemptions";
  out += "; depth " + std::to_string(depth) + ", preemptions " + std::to_string(preemptions);
  if (misused > 0) out += ", misuse reported in " + std::to_string(misused);
  return out + ", redundant " + std::to_string(redundant);
}

std::string engine::label(const void* where) const {
  std::vector<const void*> seen;
  for (const event& e : events_) {
    if (e.what.where == nullptr) continue;
    const auto at = std::find(seen.begin(), seen.end(), e.what.where);
    if (e.what.where == where) return "#" + std::to_string(at - seen.begin());
    if (at == seen.end()) seen.push_back(e.what.where);
  }
  return "an object not touched before";
}

std::string engine::who_waits() const {
  std::string out;
  for (int i = 0; i < count_; ++i) {
    const explored& t = threads_[i];
    if (t.state == mode::ended) continue;
    if (!out.empty()) out += "; ";
    out += name_of_thread(i) + (t.state == mode::asleep ? " sleeps on " : " waits for ") + label(t.next.where) +
           " at " + place_text(t.next.place);
    const bool changed = t.state == mode::asleep && t.next.enabled(t.next.where, t.next.unwanted);
    if (changed) out += " although it has changed since (a lost wake-up)";
  }
  return out;
}

std::string engine::trace_text() const {
  std::string out;
  const std::size_t from = events_.size() > trace_steps ? events_.size() - trace_steps : 0;
  for (std::size_t i = from; i < events_.size(); ++i) {
    const event& e = events_[i];
    char line[200];
    std::snprintf(line, sizeof line, "  %4zu %*s%s %s", i, 4 * e.chosen.thread, "",
                  name_of_thread(e.chosen.thread).c_str(), name_of(e.what.what));
    out += line;
    if (e.what.where != nullptr) out += " " + label(e.what.where);
    if (e.chosen.alternative != 0) out += " ." + std::to_string(e.chosen.alternative);
    if (e.noted) {
      std::snprintf(line, sizeof line, " %#llx", static_cast<unsigned long long>(e.before));
      out += line;
    }
    if (e.noted && e.before != e.after) {
      std::snprintf(line, sizeof line, " -> %#llx", static_cast<unsigned long long>(e.after));
      out += line;
    }
    out += "  " + place_text(e.what.place) + "\n";
  }
  return out;
}

std::string format_schedule(const choice* choices, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count;) {
    out += name_of_thread(choices[i].thread);
    if (choices[i].alternative != 0) {
      out += "." + std::to_string(choices[i++].alternative);
      continue;
    }
    std::size_t end = i;
    while (end < count && choices[end] == choices[i]) ++end;
    out += std::to_string(end - i);
    i = end;
  }
  return out;
}

bool parse_schedule(const std::string& text, std::vector<choice>& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const int thread = text[at++] - 'a';
    if (thread < 0 || thread >= max_threads) return false;
    const bool alternative = at < text.size() && text[at] == '.';
    if (alternative) ++at;
    std::size_t number = 0;
    const std::size_t digits = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - digits < 6)
      number = number * 10 + static_cast<std::size_t>(text[at++] - '0');
    if (digits == at || number == 0 || (alternative && number >= max_alternatives)) return false;
    out.insert(out.end(), alternative ? 1 : number, choice{thread, alternative ? static_cast<int>(number) : 0});
  }
  return true;
}

}  // namespace explore
