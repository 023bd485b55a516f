// Plays the scripts of a test, on threads and on tasks, and waits for all of them.
//
// Shared state: an actor's performer_, written once by the line of control that plays the script, read by the test.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/task_group.hpp"
#include "conformance/script.hpp"

namespace braid::conformance {

/// How a script is played.
enum class player { thread, task_of_one_worker, task_of_two_workers };

std::string_view name_of(player p) noexcept;

/// Makes the script for who plays it. One type for all: what starts a script is compiled once.
using scene = std::function<script(self)>;

/// One script that is being played.
class actor {
 public:
  /// Returns when the script waits in its next operation. Only where it is sure to wait.
  void wait_until_parked() const noexcept;

 private:
  friend class stage;
  void play_here(const scene& f);
  void enter() noexcept { performer_.store(&detail::performer::current()); }

  std::atomic<detail::performer*> performer_{nullptr};
  std::exception_ptr error_;
  std::thread thread_;
};

class stage {
 public:
  stage() = default;
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  /// After finish() only: the scripts use the test's variables.
  ~stage();

  /// Starts the script f(self); f lives until the script has ended.
  actor& play(player how, scene f);

  /// Waits for all scripts; throws the first exception of one.
  void finish();

  static constexpr std::uint64_t seed = 20240229;  ///< Of every random choice that a task makes.

 private:
  struct company {
    company(std::size_t workers, random_source& random);
    work_stealing_executor executor;
    task_group group;
  };

  static task<> play_as_task(actor* a, scene f);
  company& company_of(player how);

  bool finished_ = true;
  random_source random_{seed};
  std::list<actor> actors_;
  std::optional<company> one_, two_;
};

}  // namespace braid::conformance
