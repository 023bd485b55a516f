// Starts the real clock's thread before it is needed.
#pragma once

namespace braid {

/// Starts the thread of real_clock() if it does not run yet. Throws std::system_error if the system has no thread left.
/// Without this call the first timer starts the thread, and ends the program if that fails. A program that must survive
/// a lack of threads calls this function first. Any thread, any number of times.
void start_real_clock();

}  // namespace braid
