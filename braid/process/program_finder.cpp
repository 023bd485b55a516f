#include "braid/process/program_finder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

namespace braid::process::detail {
namespace {

// Returns 0 if we can run the file, else the errno that says why not.
int refusal(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return errno;
  if (!S_ISREG(about.st_mode)) return EACCES;
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

std::string absolute_parts(std::string_view search_path) {
  std::error_code ignored;
  const std::string here = std::filesystem::current_path(ignored).string();
  std::string result;
  for (std::size_t start = 0; start <= search_path.size();) {
    const std::size_t end = std::min(search_path.find(':', start), search_path.size());
    const std::string_view part = search_path.substr(start, end - start);
    if (!result.empty()) result += ':';
    if (part.empty())
      result += here;
    else if (part.front() == '/')
      result += part;
    else
      (result += here + "/") += part;
    start = end + 1;
  }
  return result;
}

}  // namespace

program_finder::program_finder(std::string search_path) : search_path_(absolute_parts(search_path)) {}

found_program program_finder::find(const std::string& name) {
  if (name.find('/') != std::string::npos) return {name, 0, false};
  {
    const std::lock_guard guard(lock_);
    if (const auto known = known_.find(name); known != known_.end()) return {known->second, 0, true};
  }
  found_program found = search(name);
  if (found.error_number == 0) {
    const std::lock_guard guard(lock_);
    known_[name] = found.path;
  }
  return found;
}

void program_finder::forget(const std::string& name) {
  const std::lock_guard guard(lock_);
  known_.erase(name);
}

found_program program_finder::search(const std::string& name) const {
  found_program best{name, ENOENT, false};
  if (name.empty()) return best;
  const std::string_view all = search_path_;
  for (std::size_t start = 0; start <= all.size();) {
    const std::size_t end = std::min(all.find(':', start), all.size());
    std::string path = std::string(all.substr(start, end - start)) + "/" + name;
    const int error = refusal(path);
    if (error == 0) return {std::move(path), 0, false};
    // As in a shell: a file that may not be run is worth naming, but a later one may do.
    if (error == EACCES && best.error_number == ENOENT) best = {std::move(path), EACCES, false};
    start = end + 1;
  }
  return best;
}

}  // namespace braid::process::detail
