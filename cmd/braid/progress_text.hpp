// Texts about a run. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "cmd/braid/run_progress.hpp"

namespace braid::cmd {

/// Returns "612/1000 61%  8 running  2 failed  5 retried  14.2/s  oldest 0:09 big.mov"; the total only if it is known.
[[nodiscard]] std::string progress_text(const progress_counts& seen, progress_counts::time_point now);

/// Returns "1000 jobs in 1:12 on 8 slots: 998 ok, 2 failed (5 retried)".
[[nodiscard]] std::string summary_text(const progress_counts& seen, progress_counts::time_point now, std::size_t slots);

/// Returns the concatenated parts.
[[nodiscard]] std::string joined(std::initializer_list<std::string_view> parts);

/// Returns "0:09", "1:02:03"; below ten seconds with a tenth if `fine`.
[[nodiscard]] std::string clock_text(std::chrono::nanoseconds span, bool fine = false);

}  // namespace braid::cmd
