// Starts the real clock's thread before it is needed.
#pragma once

namespace braid {

/// Starts the thread of real_clock() if it does not run yet. Throws std::system_error if the system has none left.
/// Without this call the thread is started by the first timer, which ends the program where that fails; a program that
/// must survive a lack of threads calls it first. Any thread, any number of times.
void start_real_clock();

}  // namespace braid
