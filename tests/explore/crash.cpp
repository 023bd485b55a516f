#include "explore/crash.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "explore/arena.hpp"
#include "explore/engine.hpp"

namespace explore {
namespace {

const char* running_scenario = nullptr;
alignas(16) unsigned char spare_stack[64 * 1024];

void report(int signal_number) {
  signal(signal_number, SIG_DFL);
  if (running_scenario != nullptr) engine::get().describe_crash();
  raise(signal_number);
}

void install() noexcept {
  stack_t spare{};
  spare.ss_sp = spare_stack;
  spare.ss_size = sizeof spare_stack;
  sigaltstack(&spare, nullptr);
  struct sigaction how {};
  how.sa_handler = &report;
  how.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int s : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigaction(s, &how, nullptr);
}

}  // namespace

void crash_report_for(const char* scenario) noexcept {
  static const bool installed = (install(), true);
  static_cast<void>(installed);
  running_scenario = scenario;
}

void engine::describe_crash() noexcept {
  if (!active_) return;
  active_ = false;
  arena::open(false);
  const std::string schedule = format_schedule(choices_.data(), choices_.size());
  std::fprintf(stderr, "explore: %s: crashed in thread %c; replay: BRAID_EXPLORE_REPLAY='%s=%s'\n", running_scenario,
               current_ < 0 ? '-' : 'a' + current_, running_scenario, schedule.c_str());
}

}  // namespace explore
