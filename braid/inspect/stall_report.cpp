#include "braid/inspect/stall_report.hpp"

#include <chrono>

#include "braid/inspect/stall_book.hpp"
#include "braid/runtime/wait_registry.hpp"

namespace braid {

void record_waits() noexcept {
  detail::wait_registry::turn_on();
}

std::string stalled_waits(duration limit) {
  detail::stall_book book(limit);
  const auto waits = detail::wait_registry::look();
  return report_of(waits, std::chrono::steady_clock::now(), book);
}

}  // namespace braid
