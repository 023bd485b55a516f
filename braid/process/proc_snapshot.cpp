#include "braid/process/proc_snapshot.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <thread>
#include <type_traits>

namespace braid::process::detail {
namespace {

constexpr unsigned exiting_flag = 0x4;  // PF_EXITING of linux/sched.h

using open_directory = std::unique_ptr<DIR, int (*)(DIR*)>;

// One look at processes. Waits, about a second in all, while descriptors or memory are lacking: a process that cannot
// be looked at for the moment must not count as one that has ended.
class patient_look {
 public:
  descriptor file(const std::string& path) {
    return patiently([&] { return descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); });
  }
  open_directory folder(const std::string& path) {
    return patiently([&] { return open_directory(::opendir(path.c_str()), &::closedir); });
  }

 private:
  template<class opener>
  std::invoke_result_t<opener> patiently(opener open) {
    auto opened = open();
    for (; !opened && naps_left_ > 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM); --naps_left_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      opened = open();
    }
    return opened;
  }

  int naps_left_ = 1000;
};

// Returns false if nothing can be read. A file that fails half-way counts as far as it was read.
bool read_from_start(const descriptor& file, std::string& text) {
  std::size_t used = 0;
  for (;;) {
    text.resize(std::max<std::size_t>(1024, used * 2));
    const ssize_t n = ::pread(file.get(), text.data() + used, text.size() - used, static_cast<off_t>(used));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && used == 0) return false;
    if (n <= 0) break;
    used += static_cast<std::size_t>(n);
    // The kernel fills the buffer that it is given, up to a page; less than that is the end.
    if (used < 1024) break;
  }
  text.resize(used);
  return true;
}

bool read_whole(patient_look& look, const std::string& path, std::string& text) {
  const descriptor file = look.file(path);
  return file && read_from_start(file, text);
}

std::string path_of(pid_t pid, const char* file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \n"), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(" \n"));
  rest.remove_prefix(word.size());
  return word;
}

void skip_words(std::string_view& rest, int count) {
  for (; count > 0; --count) next_word(rest);
}

template<typename number>
bool parse(std::string_view word, number& value) {
  return std::from_chars(word.data(), word.data() + word.size(), value).ec == std::errc{};
}

/// The mode of a link in /proc/PID/fd shows what its descriptor was opened for.
bool is_open_to_write(DIR* directory, const char* name) {
  struct stat about {};
  return ::fstatat(::dirfd(directory), name, &about, AT_SYMLINK_NOFOLLOW) == 0 && (about.st_mode & S_IWUSR) != 0;
}

/// Returns true if one of the links in a /proc/PID/fd reads `wanted` and can be written to. Both ends of a pipe read
/// alike, and a child of ours before its exec has a copy of the ends that we read.
bool writes_to(patient_look& look, const std::string& folder, std::string_view wanted) {
  const open_directory directory = look.folder(folder);
  if (directory == nullptr) return false;
  char link[64];
  while (const dirent* file = ::readdir(directory.get())) {
    const ssize_t n = ::readlinkat(::dirfd(directory.get()), file->d_name, link, sizeof link);
    const bool is_wanted = n > 0 && std::string_view(link, static_cast<std::size_t>(n)) == wanted;
    if (is_wanted && is_open_to_write(directory.get(), file->d_name)) return true;
  }
  return false;
}

std::optional<process_entry> look_up(patient_look& look, pid_t pid) {
  std::string text;
  if (!read_whole(look, path_of(pid, "stat"), text)) return std::nullopt;
  return parse_stat(text);
}

std::vector<pid_t> children_by_walk() {
  std::vector<pid_t> children;
  for (const process_entry& entry : all_processes())
    if (entry.parent == ::getpid()) children.push_back(entry.pid);
  return children;
}

}  // namespace

std::optional<process_entry> parse_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  process_entry entry;
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  if (!parse(text.substr(0, open), entry.pid)) return std::nullopt;
  entry.name = text.substr(open + 1, close - open - 1);
  std::string_view rest = text.substr(close + 1);
  const std::string_view state = next_word(rest);
  if (state.empty()) return std::nullopt;
  entry.state = state.front();
  bool good = parse(next_word(rest), entry.parent) && parse(next_word(rest), entry.group) &&
              parse(next_word(rest), entry.session);
  // Fields by their numbers in proc(5); the session is number 6.
  unsigned flags = 0;
  skip_words(rest, 2);
  good = good && parse(next_word(rest), flags);  // 9
  skip_words(rest, 10);
  good = good && parse(next_word(rest), entry.threads);  // 20
  skip_words(rest, 1);
  good = good && parse(next_word(rest), entry.start_time);  // 22
  entry.exiting = (flags & exiting_flag) != 0;
  return good ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<process_entry> look_up(pid_t pid) {
  patient_look look;
  return look_up(look, pid);
}

std::vector<process_entry> all_processes() {
  std::vector<process_entry> entries;
  patient_look look;
  const open_directory directory = look.folder("/proc");
  if (directory == nullptr) return entries;
  while (const dirent* file = ::readdir(directory.get())) {
    pid_t pid = 0;
    if (!parse(std::string_view(file->d_name), pid)) continue;
    if (auto entry = look_up(look, pid)) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<process_entry> writers_of_pipe(ino_t inode) {
  const std::string wanted = "pipe:[" + std::to_string(inode) + "]";
  std::vector<process_entry> holders = all_processes();
  patient_look look;
  std::erase_if(holders, [&](const process_entry& each) {
    return each.pid == ::getpid() || !each.alive() || !writes_to(look, path_of(each.pid, "fd"), wanted);
  });
  return holders;
}

child_list::child_list() {
  const std::string self = std::to_string(::getpid());
  file_ = descriptor(::open(("/proc/" + self + "/task/" + self + "/children").c_str(), O_RDONLY | O_CLOEXEC));
}

std::vector<pid_t> child_list::look() const {
  std::string text;
  if (!file_ || !read_from_start(file_, text)) return children_by_walk();
  std::vector<pid_t> children;
  std::string_view rest = text;
  for (pid_t pid = 0; parse(next_word(rest), pid);) children.push_back(pid);
  return children;
}

std::string environment_value(pid_t pid, std::string_view name) {
  std::string text;
  patient_look look;
  if (!read_whole(look, path_of(pid, "environ"), text)) return {};
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return std::string(entry.substr(name.size() + 1));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  return {};
}

}  // namespace braid::process::detail
