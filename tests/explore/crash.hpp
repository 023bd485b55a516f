// A scenario that crashes (a wild pointer, std::terminate) names its schedule before the process dies.
#pragma once

namespace explore {

/// From here to the next call a crash is reported as this scenario's. Null: no scenario runs. Installs handlers for
/// SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT at first use; they print and let the signal kill.
void crash_report_for(const char* scenario) noexcept;

}  // namespace explore
