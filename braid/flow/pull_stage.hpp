// One stage of a running stream, as the next one sees it.
//
// The driver of a stream is the party that pulls the last stage: a thread in `s | sink`, a coroutine in `s.into(sink)`.
// A pull may run the user's functions, but it does not wait for other items or for a channel. It returns what there is
// to wait for, and the driver waits, in its own way. So one engine serves threads and coroutines.
//
// Invariants
// 1. One party at a time pulls a stage, and only the party that pulls performs the stage's operations.
// 2. After `end`, or an exception, a stage is not pulled again.
// 3. An item that a stage gave, and that does not reach the sink, goes back to the stage (take_back), or is counted
//    there (lost), at the latest in the destructor of the stage that has the item. Both may be called while another
//    party pulls.
// 4. A stage is started once, before its first pull. Its destructor joins what it has started, if stop() has not; the
//    context that it was started with has been cancelled before. A stage that was not started has nothing to join.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "braid/runtime/select.hpp"
#include "braid/runtime/task.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

enum class pulled : std::uint8_t {
  item,  ///< There is one.
  end,   ///< There will be none.
  wait,  ///< There is none now: perform one of the operations, then pull again.
};

/// Operations. One of them must be ready before another pull is worth a try.
struct waits : std::vector<operation*> {
  /// For a stage with several inputs: the index of the operation that was performed since, or `none` if unknown.
  std::size_t performed = none;
};

template<class T>
class pull_stage {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "the items of a stream must move without throwing, or one could be lost half way: use a "
                "std::unique_ptr of it instead");

 public:
  using value_type = T;

  pull_stage() = default;
  pull_stage(const pull_stage&) = delete;
  pull_stage& operator=(const pull_stage&) = delete;
  virtual ~pull_stage() = default;

  /// Starts the stages up to this one, under `ctx`.
  virtual void start(const context& ctx) = 0;
  /// Throws what failed before the next item; `into` is empty then. Adds to `until` only if it returns `wait`.
  virtual pulled pull(std::optional<T>& into, waits& until) = 0;
  /// Returns true if the items exist already, so that a pull only takes one. A stage that passes such items on may pull
  /// some ahead.
  virtual bool is_prompt() const noexcept { return false; }
  /// Returns true if a pull may run plain functions of the user on the thread that pulls, for any time.
  virtual bool runs_user_code() const noexcept { return false; }
  /// Takes back an item that was given and not used. Returns true if the item's source has it, or counted it.
  virtual bool take_back(T&& item) noexcept = 0;
  /// Call when `items` items that the stage gave were used up, and their function failed or its result does not reach
  /// the sink. Returns true if their source has counted them.
  virtual bool lost(std::size_t items) noexcept = 0;
  /// Call after a pull that returned `wait`, if the party that pulled gives up that wait.
  virtual void leave() noexcept = 0;
  /// Joins what the stages up to this one have started, without blocking the thread. Requires that their context has
  /// been cancelled.
  virtual task<> stop() = 0;
};

/// Performs one of the operations. Blocks the thread.
inline void perform_one_of(waits& until) {
  until.performed = select(std::span<operation* const>(until)).get();
}

}  // namespace braid::detail
