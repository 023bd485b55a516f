#include "braid/inspect/stall_watch.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

#include "braid/base/argument.hpp"
#include "braid/base/duration_text.hpp"
#include "braid/inspect/stall_book.hpp"
#include "braid/runtime/signal_free_thread.hpp"
#include "braid/runtime/wait_registry.hpp"

namespace braid {
namespace {

/// Returns an empty text if no wait is due or there is no memory for the text; the next check follows soon.
std::string look_for_stalls(detail::stall_book& book) noexcept {
  try {
    const auto waits = detail::wait_registry::look();
    return report_of(waits, std::chrono::steady_clock::now(), book);
  } catch (const std::bad_alloc&) {
    return {};
  }
}

}  // namespace

stall_watch::stall_watch(duration limit, reporter report)
    : limit_(detail::checked_period("limit of a stall_watch", limit)), report_(std::move(report)) {
  record_waits();
  thread_ = std::make_unique<std::thread>(detail::signal_free_thread([this] { run(); }));
}

stall_watch::~stall_watch() {
  if (!home_.is_here()) {  // a thread that this process does not have cannot be joined
    static_cast<void>(thread_.release());
    return;
  }
  ends_.store(true);
  sleeper_.unpark();
  thread_->join();
}

void stall_watch::to_stderr(const std::string& text) {
  std::fputs(text.c_str(), stderr);
}

void stall_watch::run() noexcept {
  detail::stall_book book(limit_);
  const duration pause = std::max<duration>(limit_ / 4, std::chrono::milliseconds(1));
  while (!ends_.load()) {
    sleeper_.park_until(std::chrono::steady_clock::now() + pause);
    const std::string text = look_for_stalls(book);
    if (!text.empty() && !ends_.load()) report_(text);
  }
}

bool detail::watch_if_environment_says_so() noexcept {
  const char* const text = std::getenv("BRAID_STALL_REPORT");
  if (!text || !*text) return false;
  const auto limit = duration_from(text);
  if (!limit) {
    std::fprintf(stderr, "braid: BRAID_STALL_REPORT takes %.*s, not \"%s\"; stalled waits are not reported\n",
                 static_cast<int>(a_duration.size()), a_duration.data(), text);
    return false;
  }
  static stall_watch* last = nullptr;  // never destroyed: the program may wait while it exits
  try {
    last = new stall_watch(*limit);
  } catch (const std::exception& why) {
    std::fprintf(stderr,
                 "braid: BRAID_STALL_REPORT=%s: stalled waits are not reported, since the thread for it could not "
                 "be started: %s\n",
                 text, why.what());
  }
  return last != nullptr;
}

}  // namespace braid
