// A name for a task, for reports of what failed.
#pragma once

#include <source_location>
#include <string_view>

namespace braid {

/// Stands before the function that a group is to run; names the task and records the place:
///
///   group.spawn(braid::named("parse"), parse, std::move(rx));
///
/// The group copies the name. Costs the task 64 bytes; a task without a name pays nothing.
class named {
 public:
  explicit named(std::string_view name, std::source_location place = std::source_location::current()) noexcept
      : name_(name), place_(place) {}
  std::string_view name() const noexcept { return name_; }
  const std::source_location& place() const noexcept { return place_; }

 private:
  std::string_view name_;
  std::source_location place_;
};

}  // namespace braid
