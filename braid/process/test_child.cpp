// A child for the tests: plays the part that its first argument names. Linked statically, so that it starts fast.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

[[noreturn]] void sleep_for_ever() {
  for (;;) ::pause();
}

// Tells the test that this process lives: writes a byte into a pipe that every descendant holds open.
void report(int to) {
  const char byte = '.';
  if (::write(to, &byte, 1) != 1) ::_exit(99);
}

// Runs the body in a new process; the caller continues.
template<typename body>
void apart(body run) {
  if (::fork() == 0) {
    run();
    ::_exit(0);
  }
}

// Makes seven processes: the child itself, a grandchild, one in its own group, one in its own session, two
// double-forked (one of them in its own session), and the child of an orphan. Each reports once.
void hostile_tree(int to) {
  const auto stay = [to] {
    report(to);
    sleep_for_ever();
  };
  apart(stay);
  apart([&] {
    ::setpgid(0, 0);
    stay();
  });
  apart([&] {
    ::setsid();
    stay();
  });
  apart([&] { apart(stay); });
  apart([&] {
    ::setsid();
    apart([&] {
      apart(stay);
      stay();
    });
  });
}

// Leaves an orphan in a session of its own, whose leader has ended.
void leave_daemon(int to, bool keep_environment) {
  apart([&] {
    ::setsid();
    apart([&] {
      if (keep_environment) {
        report(to);
        sleep_for_ever();
      }
      char self[4096];
      const ssize_t n = ::readlink("/proc/self/exe", self, sizeof self - 1);
      self[n > 0 ? n : 0] = '\0';
      const std::string number = std::to_string(to);
      ::execle(self, self, "stay", number.c_str(), nullptr, static_cast<char* const*>(nullptr));
    });
  });
  ::wait(nullptr);  // the leader of the session is gone for good
}

void add_number(std::string& list, int number) {
  list += ' ';
  list += std::to_string(number);
}

void print_state() {
  sigset_t mask;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  std::string blocked;
  std::string ignored;
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    ::sigaction(number, nullptr, &action);
    if (sigismember(&mask, number) == 1) add_number(blocked, number);
    if (action.sa_handler == SIG_IGN) add_number(ignored, number);
  }
  std::string open;
  for (int number = 0; number < 256; ++number)
    if (::fcntl(number, F_GETFD) >= 0) add_number(open, number);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  char directory[4096];
  std::printf("blocked:%s\nignored:%s\nopen:%s\ngroup:%s\nfiles:%lu\ndirectory:%s\n", blocked.c_str(), ignored.c_str(),
              open.c_str(), ::getpgrp() == ::getpid() ? "own" : "shared", static_cast<unsigned long>(files.rlim_cur),
              ::getcwd(directory, sizeof directory));
}

void burn(int milliseconds) {
  timespec used{};
  volatile unsigned long work = 0;
  do {
    for (int i = 0; i < 100000; ++i) work = work + 1;
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < milliseconds);
}

void touch_memory(std::size_t megabytes) {
  std::vector<char> memory(megabytes << 20);
  for (std::size_t i = 0; i < memory.size(); i += 1024) memory[i] = 1;
  std::printf("%d\n", static_cast<int>(memory[memory.size() / 2]));
}

void say(int to, const char* text) {
  const std::size_t size = std::strlen(text);
  if (::write(to, text, size) != static_cast<ssize_t>(size)) ::_exit(98);
}

// Opens the file anew, as a shell's redirection does, and writes there.
void say_to(const char* file, const char* text) {
  const int to = ::open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (to < 0) ::_exit(97);
  say(to, text);
  ::close(to);
}

void write_by_every_name() {
  say(1, "one\n");
  say_to("/dev/stdout", "two\n");
  say_to("/proc/self/fd/1", "three\n");
  say_to("/dev/fd/1", "four\n");
  say(1, "five\n");
  say(2, "one\n");
  say_to("/dev/stderr", "two\n");
  say(2, "three\n");
}

void write_and_truncate() {
  say(1, "before\n");
  if (::ftruncate(1, 0) == 0 || ::lseek(1, 0, SEEK_SET) == 0) ::_exit(96);
  if (::pwrite(1, "XXXX", 4, 0) >= 0) ::_exit(95);
  ::fcntl(1, F_SETPIPE_SZ, 4096);
  ::fcntl(1, F_SETFL, O_NONBLOCK);
  say(1, "after\n");
}

void write_packets(int count) {
  ::fcntl(1, F_SETFL, O_DIRECT);
  const std::string packet(4096, 'p');
  for (int i = 0; i < count; ++i)
    if (::write(1, packet.data(), packet.size()) != 4096) ::_exit(94);
}

void pour(std::size_t bytes) {
  const std::string piece(50'000, 'x');
  while (bytes > 0) {
    const ssize_t n = ::write(1, piece.data(), std::min(bytes, piece.size()));
    if (n <= 0) ::_exit(93);
    bytes -= static_cast<std::size_t>(n);
  }
}

void copy_input() {
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(0, buffer, sizeof buffer)) > 0;)
    if (::write(1, buffer, static_cast<std::size_t>(n)) != n) ::_exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string part = argc > 1 ? argv[1] : "";
  const char* detail = argc > 2 ? argv[2] : "0";
  const int number = std::atoi(detail);
  if (part == "exit") return number;
  if (part == "signal") return ::raise(number);
  if (part == "arguments")
    for (int i = 2; i < argc; ++i) ::fwrite(argv[i], 1, std::strlen(argv[i]) + 1, stdout);
  if (part == "variable") std::fputs(::getenv(detail) != nullptr ? ::getenv(detail) : "unset", stdout);
  if (part == "state") print_state();
  if (part == "burn") burn(number);
  if (part == "memory") touch_memory(static_cast<std::size_t>(number));
  if (part == "cat") copy_input();
  if (part == "stay_as_root") {
    if (::setresuid(0, 0, 0) != 0) return 92;
    report(number);
    sleep_for_ever();
  }
  if (part == "names") write_by_every_name();
  if (part == "truncate") write_and_truncate();
  if (part == "packets") write_packets(number);
  if (part == "pour") pour(static_cast<std::size_t>(number));
  if (part == "both") {
    std::printf("out\n");
    std::fflush(stdout);
    std::fprintf(stderr, "err\n");
  }
  if (part == "stay") report(number), sleep_for_ever();
  if (part == "tree") hostile_tree(number), report(number), sleep_for_ever();
  if (part == "daemon") leave_daemon(number, true);
  if (part == "daemon_without_environment") leave_daemon(number, false);
  if (part == "orphan_and_stay") leave_daemon(number, true), report(number), sleep_for_ever();
  if (part == "nameless_orphan_and_stay") leave_daemon(number, false), report(number), sleep_for_ever();
  if (part == "brief_orphans")
    for (int i = 0; i < number; ++i) apart([] { apart([] { ::usleep(1000); }); });
  return 0;
}
