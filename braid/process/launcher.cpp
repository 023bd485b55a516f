#include "braid/process/launcher.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <shared_mutex>
#include <system_error>

#include "braid/base/check.hpp"
#include "braid/process/descendant_table.hpp"
#include "braid/process/environment_block.hpp"
#include "braid/process/job.hpp"
#include "braid/process/program_finder.hpp"
#include "braid/process/spawn.hpp"
#include "braid/process/spawn_explanation.hpp"
#include "braid/process/tree_kill.hpp"
#include "braid/process/watcher.hpp"

namespace braid::process {
namespace {

std::atomic<bool> one_exists{false};

constexpr rlim_t most_late_pipes = 256;

// Returns a descriptor above 2 even if we were started with closed standard descriptors. So it cannot be overwritten in
// a child before it is used.
descriptor open_null_device() {
  descriptor any(::open("/dev/null", O_RDWR | O_CLOEXEC));
  descriptor high(::fcntl(any.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!high) throw std::system_error(errno, std::generic_category(), "cannot open /dev/null");
  return high;
}

// The changes that a launcher makes to its process, undone at its end.
class process_role {
 public:
  process_role() {
    BRAID_CHECK(!one_exists.exchange(true), "a second launcher was made while one lives; use one per process");
    if (!detail::pidfd_works()) {
      const int error = errno;
      one_exists = false;
      throw std::system_error(error, std::generic_category(), "cannot watch children: pidfd_open (needs Linux 5.3)");
    }
    ::prctl(PR_GET_CHILD_SUBREAPER, &was_subreaper_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::sigaction(SIGCHLD, nullptr, &child_signal_);
    if (child_signal_.sa_handler == SIG_IGN || (child_signal_.sa_flags & SA_NOCLDWAIT) != 0) {
      struct sigaction keeps_statuses = child_signal_;
      if (child_signal_.sa_handler == SIG_IGN) keeps_statuses.sa_handler = SIG_DFL;
      keeps_statuses.sa_flags &= ~SA_NOCLDWAIT;
      ::sigaction(SIGCHLD, &keeps_statuses, nullptr);
    }
  }
  ~process_role() {
    ::prctl(PR_SET_CHILD_SUBREAPER, was_subreaper_);
    ::sigaction(SIGCHLD, &child_signal_, nullptr);
    one_exists = false;
  }
  process_role(const process_role&) = delete;
  process_role& operator=(const process_role&) = delete;

 private:
  int was_subreaper_ = 0;
  struct sigaction child_signal_ {};
};

std::string search_path_of(const detail::environment_block& environment) {
  const std::string path = environment.value_of("PATH");
  return path.empty() ? "/usr/local/bin:/usr/bin:/bin" : path;
}

std::vector<char*> pointers_to(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

struct launcher::parts {
  process_role role;
  detail::environment_block environment;
  detail::program_finder programs{search_path_of(environment)};
  detail::spawn_attributes attributes;
  descriptor null = open_null_device();
  std::atomic<std::uint64_t> last_number{0};
  std::atomic<rlim_t> soft_limit_of_children{0};  // 0 if ours was not raised
  detail::descendant_table table;
  detail::watcher watching{table};  // last: its thread uses the table

  int or_null(int number) const noexcept { return number == null_device ? null.get() : number; }
  void run(const command& what, detail::spawn_request& request, detail::spawned& result);
  /// Returns the limit of descriptors that we had before we raised it, if we did.
  std::optional<rlimit> limit_of_children() const noexcept;
};

// Starts the command and fills in its path. Searches again if a remembered path is gone.
void launcher::parts::run(const command& what, detail::spawn_request& request, detail::spawned& result) {
  for (;;) {
    const detail::found_program program = programs.find(what.argv[0]);
    if (program.error_number != 0) throw detail::explain(what, program.path, program.error_number);
    request.path = program.path.c_str();
    const int error = detail::spawn(attributes, request, result);
    if (error == 0) return;
    if (!program.remembered || error != ENOENT) throw detail::explain(what, program.path, error);
    programs.forget(what.argv[0]);
  }
}

std::optional<rlimit> launcher::parts::limit_of_children() const noexcept {
  const rlim_t soft = soft_limit_of_children;
  rlimit limit{};
  if (soft == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  limit.rlim_cur = soft;
  return limit;
}

launcher::launcher() : parts_(std::make_unique<parts>()) {}

launcher::~launcher() {
  if (parts_->watching.has_lost_thread()) {
    braid::detail::leave_to_parent(std::move(parts_));
    return;
  }
  BRAID_CHECK(!parts_->table.has_jobs(), "a launcher was destroyed before its children; destroy every child first");
}

child launcher::start(const command& what, bool attended) {
  parts_->watching.check_thread();
  detail::refuse_bad(what);
  parts& own = *parts_;
  const std::uint64_t number = ++own.last_number;
  const detail::environment_block::overlay environment(own.environment, what.environment,
                                                       {"BRAID_JOB", own.table.mark_of(number)});
  const std::vector<char*> arguments = pointers_to(what.argv);
  detail::spawn_request request;
  request.arguments = arguments.data();
  request.environment = environment.get();
  request.directory = what.directory.empty() ? nullptr : what.directory.c_str();
  request.descriptors[0] = own.or_null(what.input);
  request.descriptors[1] = own.or_null(what.output);
  request.descriptors[2] = own.or_null(what.error);

  request.closed_early = what.closed_early;
  const std::optional<rlimit> limit = own.limit_of_children();
  request.descriptor_limit = limit ? &*limit : nullptr;

  auto started = std::make_unique<detail::job>(own.table, own.watching, number, attended);
  auto place = detail::descendant_table::make_place();  // before the start: a child that runs is in the table for sure
  detail::spawned process;
  {
    const std::shared_lock starting(own.table.gate());
    own.run(what, request, process);
    started->begins(process.pid, std::move(process.handle));
    own.table.add(*started, std::move(place));
  }
  if (attended) {
    own.watching.note_start();
  } else if (const int error = own.watching.watch(*started)) {
    ::kill(-process.pid, SIGKILL);
    started->finish();  // blocks until it is dead
    std::unique_ptr<detail::job, detail::job_ender>(started.release()).reset();
    throw detail::explain(what, what.argv[0], error);
  }
  return child(std::unique_ptr<detail::job, detail::job_ender>(started.release()));
}

bool launcher::reserve_descriptors(unsigned count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  // Descriptors that are open now are not counted. Late pipes get the rest.
  const rlim_t needed = count + rlim_t{own_descriptors};
  const rlim_t before = limit.rlim_cur;
  if (before < needed) limit.rlim_cur = std::min(needed + most_late_pipes, limit.rlim_max);
  const rlim_t spare = limit.rlim_cur > needed ? limit.rlim_cur - needed : 1;
  parts_->watching.late().hold_at_most(static_cast<std::size_t>(std::min(spare, most_late_pipes)));
  if (before >= needed) return true;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  rlim_t not_raised = 0;
  parts_->soft_limit_of_children.compare_exchange_strong(not_raised, before);
  return limit.rlim_cur >= needed;
}

void launcher::drain_late(descriptor pipe, std::function<void(const late_bytes&)> tell) {
  parts_->watching.note_start();
  parts_->watching.late().take(std::move(pipe), std::move(tell));
}

void launcher::end_late() {
  parts_->watching.late().end();
}

void launcher::on_terminal_stop(std::function<bool(pid_t, int)> tell) {
  parts_->watching.on_terminal_stop(std::move(tell));
}

bool launcher::sees_processes() const {
  return detail::look_up(::getpid()).has_value();
}

std::vector<process_info> launcher::strays() {
  parts_->watching.check_thread();
  return detail::summary(parts_->table.strays());
}

kill_report launcher::kill_everything() {
  parts_->watching.check_thread();
  return detail::kill_until_none([this] { return parts_->table.everything(); });
}

}  // namespace braid::process
