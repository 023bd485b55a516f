#include "braid/process/spawn_explanation.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

#include "braid/base/descriptor.hpp"

namespace braid::process::detail {
namespace {

// Makes bytes short enough for a message and unable to write control characters to a terminal.
std::string shown(std::string_view bytes) {
  constexpr std::size_t longest = 80;
  std::string text = "'";
  for (const char c : bytes.substr(0, longest)) text += static_cast<unsigned char>(c) < ' ' || c == 127 ? '?' : c;
  return text + (bytes.size() > longest ? "...'" : "'");
}

// The kernel's MAX_ARG_STRLEN, the zero at the end included.
std::size_t longest_argument() {
  return 32 * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

spawn_error too_long(const command& what) {
  const std::size_t limit = longest_argument();
  const std::string limit_text =
      "the kernel's limit for one is " + std::to_string(limit - 1) + " bytes (MAX_ARG_STRLEN)";
  for (std::size_t i = 0; i < what.argv.size(); ++i)
    if (what.argv[i].size() >= limit)
      return {spawn_failure::too_long, E2BIG,
              "argument " + std::to_string(i) + " of " + shown(what.argv[0]) + " is " +
                  std::to_string(what.argv[i].size()) + " bytes long; " + limit_text +
                  "; pass it as the job's input instead"};
  for (const auto& [name, value] : what.environment)
    if (name.size() + value.size() + 1 >= limit)
      return {spawn_failure::too_long, E2BIG,
              "variable " + shown(name) + " is " + std::to_string(value.size()) + " bytes long; " + limit_text};
  return {spawn_failure::too_long, E2BIG,
          "the arguments and the environment of " + shown(what.argv[0]) +
              " together exceed the kernel's limit (ARG_MAX) of " + std::to_string(::sysconf(_SC_ARG_MAX)) +
              " bytes; pass fewer inputs to a job or raise the stack limit (ulimit -s)"};
}

// Returns why the child could not enter the directory of the command; nothing if it could.
std::optional<spawn_error> directory_fault(const command& what) {
  if (what.directory.empty()) return std::nullopt;
  struct stat about {};
  int error = 0;
  if (::stat(what.directory.c_str(), &about) != 0)
    error = errno;
  else if (!S_ISDIR(about.st_mode))
    error = ENOTDIR;
  else if (::faccessat(AT_FDCWD, what.directory.c_str(), X_OK, AT_EACCESS) != 0)
    error = errno;
  if (error == 0) return std::nullopt;
  return spawn_error(spawn_failure::bad_directory, error,
                     "cannot run " + shown(what.argv[0]) + " in " + shown(what.directory) + ": " + ::strerror(error));
}

std::optional<spawn_error> descriptor_fault(const command& what) {
  for (const int number : {what.input, what.output, what.error})
    if (number != null_device && ::fcntl(number, F_GETFD) < 0)
      return spawn_error(spawn_failure::bad_command, EBADF,
                         "cannot run " + shown(what.argv[0]) + ": its descriptor " + std::to_string(number) +
                             " is not open; keep it open until start has returned");
  return std::nullopt;
}

// Returns the path as the child will see it.
std::string seen_from(const std::string& directory, const std::string& path) {
  return path.starts_with('/') || directory.empty() ? path : directory + "/" + path;
}

std::string interpreter_of(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char start[256];
  const ssize_t n = file ? ::read(file.get(), start, sizeof start) : -1;
  std::string_view line(start, n > 0 ? static_cast<std::size_t>(n) : 0);
  if (!line.starts_with("#!")) return {};
  line = line.substr(2, line.find('\n') - 2);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return std::string(line.substr(0, line.find_first_of(" \t")));
}

spawn_error missing(const command& what, const std::string& path, int error_number) {
  const std::string file = seen_from(what.directory, path);
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) {
    const bool by_path = what.argv[0].find('/') != std::string::npos;
    return {spawn_failure::not_found, error_number,
            "cannot run " + shown(what.argv[0]) + ": " +
                (by_path ? "there is no such file" : "no such program in PATH; check the spelling or give its path")};
  }
  const std::string interpreter = interpreter_of(file);
  return {spawn_failure::not_executable, error_number,
          "cannot run " + shown(file) + ": " +
              (interpreter.empty() ? "the loader it names is not on this machine"
                                   : "its first line names " + shown(interpreter) + ", which does not exist")};
}

spawn_error forbidden(const command& what, const std::string& path, int error_number) {
  const std::string file = seen_from(what.directory, path);
  struct stat about {};
  std::string why = ::strerror(error_number);
  if (::stat(file.c_str(), &about) == 0) {
    if (S_ISDIR(about.st_mode))
      why = "it is a directory";
    else if ((about.st_mode & 0111) == 0)
      why = "it is not executable; chmod +x makes it so";
  }
  return {spawn_failure::not_executable, error_number, "cannot run " + shown(file) + ": " + why};
}

spawn_error no_resources(const command& what, int error_number) {
  const char* mend = "";
  if (error_number == EAGAIN) mend = "; the limit of processes is reached (ulimit -u, or pids.max of the cgroup)";
  if (error_number == EMFILE) mend = "; the limit of open files is reached (ulimit -n)";
  if (error_number == ENFILE) mend = "; the machine's limit of open files is reached (fs.file-max)";
  if (error_number == ETXTBSY) mend = "; another process still writes to it: close it first";
  return {spawn_failure::no_resources, error_number,
          "cannot run " + shown(what.argv[0]) + " at this moment: " + ::strerror(error_number) + mend};
}

spawn_error bad(const command& what, const std::string& why) {
  return {spawn_failure::bad_command, 0,
          what.argv.empty() ? "a command without a program: " + why : "cannot run " + shown(what.argv[0]) + ": " + why};
}

}  // namespace

void refuse_bad(const command& what) {
  if (what.argv.empty()) throw bad(what, "give at least one word");
  for (std::size_t i = 0; i < what.argv.size(); ++i)
    if (what.argv[i].find('\0') != std::string::npos)
      throw bad(what, "argument " + std::to_string(i) + " holds a zero byte, which no argument can; pass it as input");
  for (const auto& [name, value] : what.environment) {
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
      throw bad(what, "a variable cannot have the name " + shown(name));
    if (value.find('\0') != std::string::npos) throw bad(what, "variable " + shown(name) + " holds a zero byte");
  }
  if (what.directory.find('\0') != std::string::npos) throw bad(what, "its directory holds a zero byte");
}

spawn_error explain(const command& what, const std::string& path, int error_number) {
  if (error_number == E2BIG) return too_long(what);
  if (error_number == EBADF)
    if (auto fault = descriptor_fault(what)) return *fault;
  if (auto fault = directory_fault(what)) return *fault;
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return missing(what, path, error_number);
    case ENOEXEC:
      return {spawn_failure::not_executable, error_number,
              "cannot run " + shown(path) +
                  ": it is neither a program of this machine nor a script with a '#!' line; " +
                  "name its interpreter, for example: sh " + shown(path)};
    case ETIMEDOUT:
      return {spawn_failure::no_resources, error_number,
              shown(what.argv[0]) + " was started and then killed: no descriptor or memory was left to watch it"};
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ETXTBSY:
    case ENOSPC:
      return no_resources(what, error_number);
    default:
      return forbidden(what, path, error_number);
  }
}

}  // namespace braid::process::detail
