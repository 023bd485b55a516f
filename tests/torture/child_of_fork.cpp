#include "torture/child_of_fork.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace torture {
namespace {

constexpr unsigned patience_s = 60;

std::string all_of(int descriptor) {
  std::string all;
  std::array<char, 4096> some{};
  for (ssize_t got = 1; got > 0;) {
    got = ::read(descriptor, some.data(), some.size());
    if (got > 0) all.append(some.data(), static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return all;
}

}  // namespace

std::optional<child_end> fork_here() {
  std::array<int, 2> words{};
  if (::pipe(words.data()) != 0) return child_end{false, -1, 0, "no pipe"};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(words[1], STDERR_FILENO);
    ::close(words[0]);
    ::close(words[1]);
    ::alarm(patience_s);
    return std::nullopt;
  }
  ::close(words[1]);
  std::string said = all_of(words[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return child_end{signal == SIGALRM, WIFEXITED(status) ? WEXITSTATUS(status) : -1, signal, std::move(said)};
}

child_end in_child_of_fork(const std::function<int()>& body) {
  for (int tries = 1;; ++tries) {
    std::optional<child_end> end = fork_here();
    if (!end) ::_exit(body());
    if (!end->held_a_lock() || tries == 10) return *std::move(end);
  }
}

std::ostream& operator<<(std::ostream& out, const child_end& end) {
  if (end.hung) return out << "hung, ended by its alarm";
  return out << "exit code " << end.exit_code << ", signal " << end.signal << ", said: " << end.said;
}

}  // namespace torture
