// Describes what could end a wait on a channel or a broadcast, as a line of a report of stalled waits.
#pragma once

#include <cstddef>
#include <string>

namespace braid::detail {

std::string describe_ends(bool for_receive, std::size_t senders, std::size_t receivers, std::size_t buffered);
std::string describe_broadcast_ends(bool for_receive, std::size_t senders, std::size_t receivers);

}  // namespace braid::detail
