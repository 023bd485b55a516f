// One stage of a running stream, as the next one sees it.
//
// Whoever pulls the last stage drives the stream: a thread in `s | sink`, a coroutine in `s.into(sink)`. A pull may run
// the user's functions; but it does not wait for other items, or for a channel: it says what there is to wait for, and
// the driver waits, in its own way. So one engine serves threads and coroutines.
//
// Invariants
// 1. One party at a time pulls a stage, and its operations are performed only by the party that pulls.
// 2. After `end`, or an exception, a stage is not pulled again.
// 3. An item that a stage gave, and that does not reach the sink, goes back to it (take_back), or is counted there
// (lost),
//    at the latest in the destructor of the stage that has it. Both may be called while another party pulls.
// 4. A stage is started once, before its first pull. Its destructor joins what it has started, if stop() has not; the
//    context that it was started with has been cancelled before. One that was not started has nothing to join.
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
  item,  ///< Here is one.
  end,   ///< There will be none.
  wait,  ///< None now: perform one of the operations, then pull again.
};

/// The operations of which one has to be ready before a pull is worth another try.
struct waits : std::vector<operation*> {
  /// For a stage with several inputs: the place of the one that was performed since; none: nobody knows.
  std::size_t performed = none;
};

template<class T>
class producer {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "the items of a stream must move without throwing, or one could be lost half way: use a "
                "std::unique_ptr of it instead");

 public:
  using value_type = T;

  producer() = default;
  producer(const producer&) = delete;
  producer& operator=(const producer&) = delete;
  virtual ~producer() = default;

  /// What the stages up to here run under.
  virtual void start(const context& ctx) = 0;
  /// Throws what failed before the next item; `into` is empty then.
  /// Adds to `until` only where it says `wait`.
  virtual pulled pull(std::optional<T>& into, waits& until) = 0;
  /// Its items are there already, so that a pull does nothing but take one: who passes them on may pull some before.
  virtual bool is_prompt() const noexcept { return false; }
  /// A pull may run plain functions of the user on the thread that pulls, for any time.
  virtual bool runs_user_code() const noexcept { return false; }
  /// An item that was given comes back: nothing was done with it. Returns true if the item's source has it, or counted
  /// it.
  virtual bool take_back(T&& item) noexcept = 0;
  /// `items` that were given were used up, and their function failed, or what it made does not reach the sink. Returns
  /// true if their source has counted them.
  virtual bool lost(std::size_t items) noexcept = 0;
  /// After a pull that said `wait`: whoever pulled goes away without that wait.
  virtual void leave() noexcept = 0;
  /// Joins what the stages up to here have started, without blocking the thread. Their context has been cancelled.
  virtual task<> stop() = 0;
};

/// On a thread, which blocks: performs one of them.
inline void perform_one_of(waits& until) {
  until.performed = select(std::span<operation* const>(until)).get();
}

}  // namespace braid::detail
