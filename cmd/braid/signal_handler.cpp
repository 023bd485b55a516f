#include "cmd/braid/signal_handler.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <system_error>

#include "braid/base/sanitized.hpp"
#include "cmd/braid/progress_text.hpp"

namespace braid::cmd {
namespace {

constexpr int tick_ms = 100;

/// Returns true for signals that cannot be held, end nothing, stop a background job at its terminal, or are ignored.
bool is_left_alone(int signal) {
  switch (signal) {
    case SIGKILL:
    case SIGSTOP:
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
    case SIGTTIN:
    case SIGTTOU:
    case SIGPIPE:
    case SIGXFSZ:
      return true;
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
      return BRAID_SANITIZED != 0;  // a sanitizer's report comes from its handler
    default:
      return signal > SIGSYS && signal < SIGRTMIN;  // the C library's own
  }
}

descriptor checked(int made, const char* what) {
  if (made < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor(made);
}

}  // namespace

sigset_t hold_signals() {
  sigset_t held;
  ::sigemptyset(&held);
  for (int each = 1; each <= SIGRTMAX; ++each) {
    struct sigaction now {};
    if (is_left_alone(each) || ::sigaction(each, nullptr, &now) != 0) continue;
    if (now.sa_handler != SIG_IGN) ::sigaddset(&held, each);
  }
  ::pthread_sigmask(SIG_BLOCK, &held, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  return held;
}

signal_handler::signal_handler(const sigset_t& held, runner::engine& engine, process::launcher& launcher,
                               progress_view& view)
    : engine_(engine),
      launcher_(launcher),
      view_(view),
      terminal_(::isatty(2) == 1),
      signals_(checked(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK), "cannot make a signalfd")),
      end_(checked(::eventfd(0, EFD_CLOEXEC), "cannot make an eventfd")),
      thread_([this] { serve(); }) {}

signal_handler::~signal_handler() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(end_.get(), &one, sizeof one);  // an empty eventfd takes it
  thread_.join();
}

void signal_handler::serve() {
  std::array<pollfd, 2> ends{pollfd{signals_.get(), POLLIN, 0}, pollfd{end_.get(), POLLIN, 0}};
  while (true) {
    const int ready = ::poll(ends.data(), ends.size(), view_.wants_ticks() ? tick_ms : -1);
    if (ready == 0) view_.tick();
    if (ready <= 0) continue;
    if (ends[1].revents != 0) return;
    signalfd_siginfo got{};
    while (::read(signals_.get(), &got, sizeof got) == sizeof got) take(static_cast<int>(got.ssi_signo));
  }
}

void signal_handler::take(int signal) {
  try {
    obey(signal);
  } catch (const std::bad_alloc&) {  // there is no memory to tell of it
    if (stage_ >= 1) engine_.drain();
    if (stage_ >= 2) engine_.terminate();
    if (stage_ >= 3) engine_.kill();
  }
}

void signal_handler::obey(int signal) {
  switch (signal) {
    case SIGHUP:
      stopped_by_ = signal;
      if (stage_ < 1) stage_ = 1;
      engine_.drain();
      break;
    case SIGTSTP:
      stand_still();
      break;
    case SIGCONT:
      engine_.freeze(false);
      break;
    case SIGUSR1:
      engine_.add_slot();
      break;
    case SIGUSR2:
      engine_.remove_slot();
      break;
    default:
      stop_harder(signal);
      break;
  }
}

void signal_handler::stop_harder(int signal) {
  stopped_by_ = signal;
  if (stage_ == 3) leave(signal);
  const bool gently = signal == SIGINT && terminal_;
  const bool at_once = signal == SIGQUIT || signal == SIGABRT;
  stage_ = at_once ? 3 : std::min(3, std::max(stage_ + 1, gently ? 1 : 2));
  const auto seen = view_.look();
  if (stage_ == 1) {
    engine_.drain();
    std::string line = "braid: draining " + std::to_string(seen.running) + " running";
    if (seen.running > 0) {
      line += " (oldest " + clock_text(std::chrono::steady_clock::now() - seen.oldest_since) + ")";
    }
    view_.say_if_possible(line + "; ^C again stops them");
  } else if (stage_ == 2) {
    engine_.terminate();
    if (signal != SIGINT && signal != SIGTERM) {
      view_.say_if_possible("braid: signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ") stops the run");
    } else if (terminal_) {
      view_.say_if_possible("braid: stopping " + std::to_string(seen.running) + " running; ^C again kills them");
    }
  } else {
    engine_.kill();
  }
}

/// Ends the program. The jobs were killed, but the run has not ended: a write is stuck that its reader does not take.
void signal_handler::leave(int signal) {
  launcher_.kill_everything();
  ::_exit(128 + signal);
}

void signal_handler::stand_still() {
  engine_.freeze(true);
  view_.clear_if_possible();
  ::kill(::getpid(), SIGSTOP);  // may return before the process stops: what follows waits for SIGCONT
}

}  // namespace braid::cmd
