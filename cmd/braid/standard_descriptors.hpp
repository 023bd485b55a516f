// Descriptors 0, 1 and 2 as the program received them.
#pragma once

namespace braid::cmd {

/// Opens the null device, the wrong way round, under each of the three that is closed. So no file of ours gets its
/// number and the data meant for it, and reading a closed stdin or writing to a closed stdout or stderr still fails
/// with EBADF and is reported like any other failure. Call before anything is opened. Throws runner::usage_error
/// if there is no null device.
void hold_standard_descriptors();

}  // namespace braid::cmd
