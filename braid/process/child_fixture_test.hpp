// Fixture for tests: starts the test_child and receives the reports of it and its descendants.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "braid/base/descriptor.hpp"
#include "braid/process/command.hpp"
#include "braid/process/launcher.hpp"
#include "braid/process/record.hpp"
#include "braid/process/spool.hpp"

namespace braid::process::fixture {

inline command test_child(std::vector<std::string> words) {
  command what;
  what.argv = std::move(words);
  what.argv.insert(what.argv.begin(), BRAID_TEST_CHILD);
  return what;
}

/// The read end of a pipe whose write end only a tree of processes holds: its end means that the tree is gone.
class report_pipe {
 public:
  report_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) ::abort();
    hears_ = descriptor(ends[0]);
    speaks_ = descriptor(ends[1]);
  }

  /// The write end, for the command; `listen_only` closes it once the child has it.
  int mouth() const noexcept { return speaks_.get(); }
  void listen_only() noexcept { speaks_.reset(); }

  /// Waits for `reports` reports; returns false if the tree ended or 20 s passed first.
  bool hear(int reports) {
    for (; reports > 0; --reports)
      if (next() != 1) return false;
    return true;
  }

  /// Waits until no process holds the write end; returns false if 20 s passed first.
  bool all_gone() {
    for (;;) {
      const int got = next();
      if (got <= 0) return got == 0;
    }
  }

  /// Returns true if a process holds the write end at this moment.
  bool somebody_there() const {
    pollfd entry{hears_.get(), POLLIN, 0};
    ::poll(&entry, 1, 0);
    return (entry.revents & POLLHUP) == 0;
  }

 private:
  // Returns 1 for a report, 0 for the end, -1 if nothing arrived.
  int next() {
    pollfd entry{hears_.get(), POLLIN, 0};
    constexpr int longest_ms = 20000;
    if (::poll(&entry, 1, longest_ms) <= 0) return -1;
    char byte = 0;
    return static_cast<int>(::read(hears_.get(), &byte, 1));
  }

  descriptor hears_;
  descriptor speaks_;
};

inline std::string text_of(const spool& from) {
  std::string text(from.size(), '\0');
  text.resize(from.read(0, text));
  return text;
}

inline std::string text_of(const record& from) {
  std::string text(from.size(), '\0');
  text.resize(from.read(0, text));
  return text;
}

/// Waits for the end of a command and returns its output.
inline std::string output_of(launcher& launch, command what) {
  spool out;
  what.output = out.file();
  child running = launch.start(what);
  running.wait();
  return text_of(out);
}

/// Starts a test child that reports into `to` through its output.
inline child start_reporting(launcher& launch, report_pipe& to, std::vector<std::string> words) {
  command what = test_child(std::move(words));
  what.output = to.mouth();
  child running = launch.start(what);
  to.listen_only();
  return running;
}

/// Asks again until the answer is yes; returns false after 20 s.
template<typename question>
bool eventually(question ask) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!ask()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

/// Processes of the tree that the test child makes as `tree`.
inline constexpr int hostile_processes = 7;

/// Waits until the tree has its processes and no more: the makers of orphans are about to end, and an orphan whose
/// maker has not quite ended belongs to nobody for a moment.
inline bool is_all_there(child& tree) {
  return eventually([&] { return tree.signal_tree(0).reached == hostile_processes; });
}

}  // namespace braid::process::fixture
