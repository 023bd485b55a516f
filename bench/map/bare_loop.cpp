// The least that starts a program for each line of stdin on two threads: vfork (clone with CLONE_VM and CLONE_VFORK),
// execve, waitpid. posix_spawn would set the disposition of each signal in every child.
// No capture, no grouping, no order, no signals: the floor that `braid map` and xargs stand on. bare_loop PROGRAM
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

int main(int count, char** words) {
  if (count != 2) return 2;
  std::vector<std::string> lines;
  for (int c = 0; (c = getchar()) != EOF;) {
    if (lines.empty() || lines.back().back() == '\n') lines.emplace_back();
    lines.back() += static_cast<char>(c);
  }
  std::atomic<size_t> next{0};
  std::atomic<int> failed{0};
  const auto work = [&] {
    for (size_t at = 0; (at = next++) < lines.size();) {
      lines[at].pop_back();  // the newline
      char* arguments[] = {words[1], lines[at].data(), nullptr};
      const pid_t pid = vfork();
      if (pid == 0) {
        execve(words[1], arguments, environ);
        _exit(127);
      }
      int status = -1;
      if (pid > 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
      if (status != 0) ++failed;
    }
  };
  std::thread other(work);
  work();
  other.join();
  return failed == 0 ? 0 : 1;
}
