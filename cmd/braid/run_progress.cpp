#include "cmd/braid/run_progress.hpp"

#include <algorithm>

namespace braid::cmd {
namespace {

constexpr std::size_t most_failures_shown = 10;
constexpr std::size_t longest_shown = 200;

}  // namespace

void run_progress::begin(const runner::job& what, progress_counts::time_point now) {
  const std::lock_guard lock(mutex_);
  running_.insert_or_assign(what.input.number, under_way{one_line(what.input.text, longest_shown), now});
}

void run_progress::postpone(const runner::job& what) {
  const std::lock_guard lock(mutex_);
  running_.erase(what.input.number);
}

void run_progress::retry(const runner::outcome& last) {
  const std::lock_guard lock(mutex_);
  ++now_.retried;
  running_.erase(last.input.number);
}

void run_progress::end(const runner::outcome& last) {
  const std::lock_guard lock(mutex_);
  running_.erase(last.input.number);
  switch (last.state) {
    case runner::job_state::ok:
      ++now_.ok;
      return;
    case runner::job_state::cancelled:
      ++now_.cancelled;
      return;
    default:
      ++now_.failed;
  }
  if (failures_.size() >= most_failures_shown) return;
  failures_.push_back("failed  #" + std::to_string(last.input.number) + " " + describe_failure(last) + "  " +
                      one_line(last.input.text, longest_shown));
}

void run_progress::know_total(std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  now_.total = total;
}

progress_counts run_progress::look() const {
  const std::lock_guard lock(mutex_);
  progress_counts seen = now_;
  seen.running = running_.size();
  const auto oldest = std::ranges::min_element(running_, {}, [](const auto& entry) { return entry.second.since; });
  if (oldest != running_.end()) {
    seen.oldest = oldest->second.input;
    seen.oldest_since = oldest->second.since;
  }
  return seen;
}

std::vector<std::string> run_progress::failures() const {
  const std::lock_guard lock(mutex_);
  auto lines = failures_;
  if (now_.failed > lines.size()) lines.push_back("... and " + std::to_string(now_.failed - lines.size()) + " more");
  return lines;
}

std::string describe_failure(const runner::outcome& last) {
  std::string text = last.reason;
  if (!last.lost_output.empty()) {
    text = last.lost_output;
  } else if (last.state == runner::job_state::timed_out) {
    text = "timeout";
  } else if (last.status) {
    text = process::describe(*last.status);
  }
  if (last.tries > 1) text += " x" + std::to_string(last.tries);
  return text;
}

std::string one_line(std::string_view text, std::size_t most) {
  auto end = std::min(text.size(), most);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  std::string line(text.substr(0, end));
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return line;
}

}  // namespace braid::cmd
