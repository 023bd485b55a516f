#include "conformance/tests_of_tree.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace braid::conformance {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// The CMakeLists.txt of the file's own folder, or of the nearest one above that has one.
fs::path list_for(const fs::path& file) {
  fs::path folder = file.parent_path();
  while (folder.has_relative_path() && !fs::exists(folder / "CMakeLists.txt")) folder = folder.parent_path();
  return folder / "CMakeLists.txt";
}

}  // namespace

std::set<std::string> tests_of_tree(const std::string& root) {
  static const std::regex test(R"((^|\n)TEST(_F|_P)?\((\w+),\s*(\w+)\))");
  std::set<std::string> found;
  std::map<fs::path, std::string> lists;
  for (const char* const top : {"braid", "tests"})
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(root) / top)) {
      const fs::path& file = entry.path();
      if (file.extension() != ".cpp") continue;
      const auto [list, is_new] = lists.try_emplace(list_for(file));
      if (is_new) list->second = text_of(list->first);
      if (list->second.find(file.filename().string()) == std::string::npos) continue;
      const std::string text = text_of(file);
      for (std::sregex_iterator match(text.begin(), text.end(), test); match != std::sregex_iterator(); ++match)
        found.insert((*match)[3].str() + "." + (*match)[4].str());
    }
  return found;
}

}  // namespace braid::conformance
