// Starts the real clock's thread before it is needed.
#pragma once

namespace braid {

/// Starts the thread of real_clock() if it does not run yet. Throws std::system_error if the system has no thread left.
/// Without this call, what needs the clock first starts the thread, and throws if that fails. Any thread, any number of
/// times.
void start_real_clock();

}  // namespace braid
