// Descriptors 0, 1 and 2 as the program was given them.
#pragma once

namespace braid::cmd {

/// Puts something under each of the three that is closed, so that no file of ours gets its number and takes what is
/// meant for it: the null device, opened the wrong way round. So reading a closed stdin, and writing to a closed stdout
/// or stderr, still fails with EBADF and is reported like any other failure. Call before anything is opened. Throws
/// runner::refusal if there is no null device.
void hold_standard_descriptors();

}  // namespace braid::cmd
