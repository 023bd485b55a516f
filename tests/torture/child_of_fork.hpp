// A forked child whose end and words are known. It has none of its parent's threads.
#pragma once

#include <gmock/gmock.h>

#include <csignal>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace torture {

struct child_end {
  bool hung;         ///< Its alarm ended it.
  int exit_code;     ///< -1: it was ended by a signal.
  int signal;        ///< 0: it ended by itself.
  std::string said;  ///< On stderr.

  /// Returns true if another thread held a lock at the fork that the child met.
  bool held_a_lock() const { return said.find("another thread was just using it at the fork") != std::string::npos; }
};

/// Forks. Returns nothing in the child, which goes on with its stderr in a pipe and an alarm set; in the parent, waits
/// for the end of the child and returns it.
std::optional<child_end> fork_here();
/// Forks, runs `body` in the child, which exits with what it gives, and waits for the end of the child. Forks anew
/// where another thread held a lock at the fork, since the child ends with a sentence about that then.
child_end in_child_of_fork(const std::function<int()>& body);

std::ostream& operator<<(std::ostream& out, const child_end& end);

MATCHER_P(ends_with_sentence, words, "") {
  return arg.signal == SIGABRT && arg.said.find("braid: ") != std::string::npos &&
         arg.said.find(words) != std::string::npos;
}
MATCHER(ends_well, "") {
  return arg.exit_code == 0;
}

}  // namespace torture
