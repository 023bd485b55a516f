#include "braid/process/environment_block.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace braid::process::detail {
namespace {

std::string_view name_of(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

}  // namespace

environment_block::environment_block() {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) entries_.emplace_back(*entry);
}

std::string environment_block::value_of(const std::string& name) const {
  for (const std::string& entry : entries_)
    if (name_of(entry) == name && entry.size() > name.size()) return entry.substr(name.size() + 1);
  return {};
}

environment_block::overlay::overlay(const environment_block& base,
                                    const std::vector<std::pair<std::string, std::string>>& extra,
                                    const std::pair<std::string, std::string>& last) {
  own_.reserve(extra.size() + 1);
  own_.push_back(last.first + "=" + last.second);
  const auto set_already = [this](std::string_view name) {
    return std::any_of(own_.begin(), own_.end(), [name](const std::string& entry) { return name_of(entry) == name; });
  };
  for (auto each = extra.rbegin(); each != extra.rend(); ++each)
    if (!set_already(each->first)) own_.push_back(each->first + "=" + each->second);
  pointers_.reserve(base.entries_.size() + own_.size() + 1);
  for (const std::string& entry : base.entries_)
    if (!set_already(name_of(entry))) pointers_.push_back(const_cast<char*>(entry.c_str()));
  for (std::string& entry : own_) pointers_.push_back(entry.data());
  pointers_.push_back(nullptr);
}

}  // namespace braid::process::detail
