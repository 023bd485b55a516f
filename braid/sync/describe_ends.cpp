#include "braid/sync/describe_ends.hpp"

namespace braid::detail {
namespace {

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string describe_ends(bool for_receive, std::size_t senders, std::size_t receivers, std::size_t buffered) {
  std::string line = "    " + count_of(senders, "sender") + " and " + count_of(receivers, "receiver") + " exist, " +
                     count_of(buffered, "value") + " buffered: it ends when ";
  if (for_receive) {
    line += senders == 1 ? "the one sender sends, closes or goes" : "one of the senders sends, or all of them go";
    return line + ". If the waiting side holds a sender itself, it waits for itself\n";
  }
  line += receivers == 1 ? "the one receiver receives or goes" : "one of the receivers receives, or all of them go";
  return line + ". If the waiting side holds a receiver itself, it waits for itself\n";
}

std::string describe_broadcast_ends(bool for_receive, std::size_t senders, std::size_t receivers) {
  const std::string line =
      "    " + count_of(senders, "sender") + " and " + count_of(receivers, "receiver") + " exist: it ends when ";
  if (for_receive)
    return line + "a sender sends, or all of them go. If the waiting side holds a sender itself, it waits for itself\n";
  return line +
         "the slowest receiver receives or goes. If the waiting side holds a receiver itself, it waits for itself\n";
}

}  // namespace braid::detail
