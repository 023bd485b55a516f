#include "cmd/braid/progress_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace braid::cmd {
namespace {

std::string with_one_digit(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

double seconds_of(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

std::string clock_text(std::chrono::nanoseconds span, bool fine) {
  using namespace std::chrono;
  if (fine && span < 10s) return with_one_digit(seconds_of(span)) + " s";
  const auto whole = duration_cast<seconds>(span).count();
  std::array<char, 48> text{};
  if (whole < 3600) {
    std::snprintf(text.data(), text.size(), "%d:%02d", static_cast<int>(whole / 60), static_cast<int>(whole % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02d:%02d", static_cast<long long>(whole / 3600),
                  static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
  }
  return text.data();
}

std::string progress_text(const progress_counts& seen, progress_counts::time_point now) {
  std::string text = std::to_string(seen.ended());
  if (seen.total) {
    text.append("/").append(std::to_string(*seen.total));
    if (*seen.total > 0) text += joined({" ", std::to_string(seen.ended() * 100 / *seen.total), "%"});
  } else {
    text += " done";
  }
  text += joined({"  ", std::to_string(seen.running), " running"});
  if (seen.failed > 0) text += joined({"  ", std::to_string(seen.failed), " failed"});
  if (seen.retried > 0) text += joined({"  ", std::to_string(seen.retried), " retried"});
  const double rate = static_cast<double>(seen.ended()) / std::max(seconds_of(now - seen.began), 0.001);
  text += joined({"  ", with_one_digit(rate), "/s"});
  if (seen.total && rate > 0) {
    const auto left = static_cast<double>(*seen.total - std::min(*seen.total, seen.ended())) / rate;
    text.append("  ETA ").append(clock_text(std::chrono::seconds(static_cast<long>(std::min(left, 3.6e8)))));
  }
  if (seen.running > 0) text += joined({"  oldest ", clock_text(now - seen.oldest_since), " ", seen.oldest});
  return text;
}

std::string summary_text(const progress_counts& seen, progress_counts::time_point now, std::size_t slots) {
  std::string text = std::to_string(seen.ended()) + (seen.ended() == 1 ? " job in " : " jobs in ");
  text +=
      joined({clock_text(now - seen.began, true), " on ", std::to_string(slots), slots == 1 ? " slot: " : " slots: "});
  text += std::to_string(seen.ok) + " ok";
  if (seen.failed > 0) text += joined({", ", std::to_string(seen.failed), " failed"});
  if (seen.cancelled > 0) text += joined({", ", std::to_string(seen.cancelled), " stopped"});
  if (seen.retried > 0) text += joined({" (", std::to_string(seen.retried), " retried)"});
  return text;
}

}  // namespace braid::cmd
