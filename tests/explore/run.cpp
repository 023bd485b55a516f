// run(): searches the schedules of one scenario, counts them, explains the one that failed.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "explore/arena.hpp"
#include "explore/crash.hpp"
#include "explore/engine.hpp"

namespace explore {

void world::thread(std::function<void()> body) {
  if (count_ == max_threads) fail("a scenario has at most 6 threads", std::source_location::current());
  threads_[count_++] = std::move(body);
}

void world::at_end(std::function<void()> check) {
  if (check_count_ == std::ssize(checks_))
    fail("a scenario has at most 4 final checks", std::source_location::current());
  checks_[check_count_++] = std::move(check);
}

result engine::run(const options& how, const std::function<void(world&)>& scenario) {
  how_ = &how;
  scenario_ = &scenario;
  result r{.name = how.name};
  r.bound = how.preemptions;
  choices_.reserve(static_cast<std::size_t>(how.max_steps));
  crash_report_for(how.name.c_str());
  if (replay(r)) return r;
  search all({how.kind, how.preemptions});
  search_ = &all;
  for (bool more = true; more;) {
    if (r.schedules + r.redundant >= how.max_schedules) {
      r.failure = "gave up after " + std::to_string(how.max_schedules) + " schedules: nothing is proved";
      break;
    }
    all.begin();
    perform_schedule();
    ++(all.redundant() ? r.redundant : r.schedules);
    r.depth = std::max(r.depth, static_cast<int>(choices_.size()));
    r.preemptions = std::max(r.preemptions, all.preemptions());
    r.threads = count_;
    r.misused += misused_ ? 1 : 0;
    if (!failure_.empty()) {
      explain(r);
      break;
    }
    more = all.advance(survey());
  }
  search_ = nullptr;
  crash_report_for(nullptr);
  return r;
}

// Runs the failed schedule once more, with a trace.
void engine::explain(result& r) {
  const std::vector<choice> schedule = choices_;
  r.schedule = format_schedule(schedule.data(), schedule.size());
  r.failure = failure_;
  if (search_ != nullptr && search_->diverged()) return;
  script_ = &schedule;
  tracing_ = true;
  perform_schedule();
  r.failure = failure_.empty() ? "not reproducible: " + r.failure : failure_;
  r.trace = trace_text();
  tracing_ = false;
  script_ = nullptr;
}

// Only the schedule of BRAID_EXPLORE_REPLAY, if that names this scenario.
bool engine::replay(result& r) {
  const char* wanted = std::getenv("BRAID_EXPLORE_REPLAY");
  if (wanted == nullptr) return false;
  const std::string text = wanted;
  const std::size_t split = text.rfind('=');
  if (split == std::string::npos || text.substr(0, split) != r.name) return false;
  std::vector<choice> script;
  if (!parse_schedule(text.substr(split + 1), script)) {
    r.failure = "BRAID_EXPLORE_REPLAY: not a schedule: " + text.substr(split + 1);
    return true;
  }
  script_ = &script;
  tracing_ = true;
  perform_schedule();
  script_ = nullptr;
  r.schedules = 1;
  r.threads = count_;
  r.depth = static_cast<int>(choices_.size());
  r.failure = failure_;
  r.schedule = format_schedule(choices_.data(), choices_.size());
  r.trace = trace_text();
  tracing_ = false;
  std::printf("%s", r.trace.c_str());
  return true;
}

result run(const options& how, const std::function<void(world&)>& scenario) {
  result r = engine::get().run(how, scenario);
  if (!how.name.empty()) std::printf("explore: %s\ncount: schedules %zu\n", r.text().c_str(), std::size_t{r.schedules});
  std::fflush(stdout);
  return r;
}

bool long_form() {
  if (std::getenv("BRAID_PROVE_SECONDS")) return true;  // make prove
  const char* asked = std::getenv("BRAID_EXPLORE_LONG");
  return asked != nullptr && std::strcmp(asked, "0") != 0;
}

void check(bool condition, const char* sentence, std::source_location at) {
  if (!condition) fail(sentence, at);
}

int choose(int n, std::source_location at) {
  if (n < 1 || n > max_alternatives) fail("choose takes 1 to 8 values", at);
  return turn({.what = action::choose, .place = at, .alternatives = n});
}

std::uint32_t coin() {
  return engine::get().flips_coins() ? static_cast<std::uint32_t>(choose(2)) : 0;
}

int this_thread() noexcept {
  return engine::get().current();
}
int turn(const step& next) {
  return engine::get().turn(next);
}
bool sleep(const step& asleep, bool timed) {
  return engine::get().sleep(asleep, timed);
}
void wake(const void* where) {
  engine::get().wake(where);
}
void note(std::uint64_t before, std::uint64_t after) noexcept {
  engine::get().note(before, after);
}

thread_locals& locals() noexcept {
  return engine::get().locals();
}

void misused(const char* sentence, const char* file, int line) {
  engine& e = engine::get();
  if (e.active()) {
    e.misused();
    const std::string path = file;
    e.fail(
        std::string("misuse: ") + sentence + " (" + path.substr(path.rfind('/') + 1) + ":" + std::to_string(line) + ")",
        nullptr);
  }
  std::fprintf(stderr, "braid: %s (%s:%d)\n", sentence, file, line);
  std::abort();
}

void fail(const char* sentence, const std::source_location& place) {
  engine& e = engine::get();
  if (e.active()) e.fail(sentence, &place);
  std::fprintf(stderr, "explore: %s (%s:%u), outside any scenario\n", sentence, place.file_name(), place.line());
  std::abort();
}

}  // namespace explore
