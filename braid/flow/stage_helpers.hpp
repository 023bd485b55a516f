// Helper threads for a parallel stage of plain functions.
//
// The driver pulls the stage as its consumer. While items are known to be short (driver_permit.hpp) it is also one of
// the workers: it takes an item, runs f on it and has the result. So a stage whose items are short costs no more than
// the calls. Until then, and after a slow item, helpers run all items, and the driver sees each result when it is
// ready. The driver starts the first helper if there is none.
//
// A further helper is started only after an item could have been started for 20 us and was not, and only if items take
// long enough to repay the hand-off (late_help_policy.hpp). A timer on the real clock watches for that.
//
// A helper stays while items take long enough to repay the hand-off between threads. With more workers than CPUs that
// means 20 us: shorter items compute, and would compete for the CPUs. If the driver runs no items, one helper stays
// however short they are. A helper waits 20 us for room before it exits, since an exit and a new start cost more.
//
// A stage on demand starts an item only while its consumer waits for one (apart.hpp).
//
// Invariants (lock_)
// 1. An item is in flight from before it is pulled until the next stage has its result. An item is pulled only while
//    running_ < workers and in_flight_ < workers + slack (law F1), at that moment: the number of workers may change.
// 2. Only the party that has claimed the input may pull it or wait for it, until that party calls one of the three
//    let_go_ functions.
// 3. The party that ends the need for the consumer's wait notifies it: a result is ready, or the consumer may start an
//    item.
// 4. While an item may be started, and no waiting consumer would start it, the timer is armed or at work, unless every
//    helper is there already or one is starting. (It may start one helper too many.) The timer is also armed while the
//    driver runs an item.
// 5. A helper's last access to the stage is under the hold of the lock in which it decrements helpers_.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "braid/flow/driver_permit.hpp"
#include "braid/flow/notifier.hpp"
#include "braid/flow/pull_stage.hpp"
#include "braid/flow/stage_home.hpp"
#include "braid/flow/stage_width.hpp"
#include "braid/runtime/late_help_policy.hpp"
#include "braid/runtime/repeating_timer.hpp"
#include "braid/runtime/runnable.hpp"
#include "braid/runtime/task.hpp"
#include "braid/runtime/thread_usage.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

class stage_helpers : public source, private repeating_timer::owner, private shared_width::follower {
 public:
  stage_helpers(const stage_helpers&) = delete;
  stage_helpers& operator=(const stage_helpers&) = delete;

 protected:
  stage_helpers() = default;
  /// Requires a finished end() or stop().
  ~stage_helpers() = default;

  enum class starts : std::uint8_t { ahead, on_demand };
  void start(const context& ctx, const stage_options& options, starts items) BRAID_EXCLUDES(lock_);
  /// Takes the number of workers from `shared`, unless that is null. Requires start().
  void follow(std::shared_ptr<shared_width> shared) noexcept BRAID_EXCLUDES(lock_);
  /// Returns the context that f runs under. Requires start().
  const context& ctx() const noexcept { return *ctx_; }
  /// Wait for the end of the helpers: stop() in a coroutine, end() on a thread. Require a cancelled context.
  task<> stop();
  void end() noexcept;

  /// Runs items on a helper, one after the other, while claim_as_helper() returns true.
  virtual void help() = 0;

  // --- the steps of an item, with the lock held ---

  bool may_start() const noexcept BRAID_REQUIRES(lock_) {
    return input_ == input::free && !failed_ && !stopping_ && has_room();
  }
  bool driver_may_run() const noexcept BRAID_REQUIRES(lock_) { return permit_.is_held() || driver_fills_in_; }
  /// Returns true if the driver may start an item once another party lets the input go.
  bool input_may_come_back() const noexcept BRAID_REQUIRES(lock_) {
    return input_ == input::claimed && !failed_ && permit_.is_held() && has_room();
  }
  /// Requires may_start(). The caller then lets the input go with one of the three let_go_ functions.
  void claim_input() noexcept BRAID_REQUIRES(lock_) {
    input_ = input::claimed;
    ++running_;
    ++in_flight_;
    ++started_;
  }
  /// Begins an item of the driver, which lasts until driver_ends(). Call it after the claim, and again after a wait for
  /// the input. The timer also watches the pull of the item.
  void driver_begins(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    permit_.begins();
    driver_fills_in_ = false;
    look_after_items(wakes);
  }
  void driver_ends() noexcept BRAID_REQUIRES(lock_) { is_judged_ = !permit_.ends(); }
  void let_go_with_item(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    input_ = input::free;
    look_after_items(wakes);
  }
  void let_go_unused(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    input_ = input::free;
    --running_;
    --in_flight_;
    look_after_items(wakes);
  }
  void let_go_at_end(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    input_ = input::ended;
    --running_;
    --in_flight_;
    if (is_over()) notify_consumer(wakes);
  }
  /// Call when the party that has claimed the input starts to wait for it, and when it has waited. Both are idempotent.
  void input_is_awaited() noexcept BRAID_REQUIRES(lock_);
  void input_was_awaited() noexcept BRAID_REQUIRES(lock_);
  /// Call when f has ended for an item and its result is in the buffer. The caller then starts another item, if it may.
  void item_done() noexcept BRAID_REQUIRES(lock_) {
    --running_;
    if (width_.item_done()) [[unlikely]]
      adapt();
  }
  void result_taken(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    --in_flight_;
    look_after_items(wakes);
  }
  /// Stops the start of further items.
  void fail() noexcept BRAID_REQUIRES(lock_) { failed_ = true; }
  bool failed() const noexcept BRAID_REQUIRES(lock_) { return failed_; }
  /// Returns true if no results will come but those in the buffer.
  bool is_over() const noexcept BRAID_REQUIRES(lock_) { return running_ == 0 && (input_ == input::ended || failed_); }

  // --- the consumer's wait ---

  void consumer_will_wait() noexcept BRAID_REQUIRES(lock_) {
    home_.check();
    consumer_waits_ = usage_is_old_ = true;
  }
  void consumer_is_back() noexcept BRAID_REQUIRES(lock_) { consumer_waits_ = false; }
  /// Wakes the consumer, if it waits, to poll the stage again.
  void notify_consumer(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    if (std::exchange(consumer_waits_, false)) notifier_.notify(wakes);
  }
  operation& notified_operation() noexcept { return notified_; }
  /// Returns how many results there may be in the buffer.
  std::size_t capacity() const noexcept BRAID_REQUIRES(lock_) { return width_.capacity(); }
  /// Ensures that startable items are started: notifies the consumer if it waits and may run them, else arms the timer.
  void look_after_items(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);

  // --- the driver, in a pull ---

  /// Call before an item that the driver may run itself, and judge_driver() after it.
  void watch_driver() noexcept {
    if (usage_is_old_ || !usage_.is_of_this_thread()) usage_.begin();
    usage_is_old_ = false;
  }
  void judge_driver() noexcept BRAID_EXCLUDES(lock_) {
    if (!is_judged_) [[unlikely]]
      judge();
  }
  /// Returns true if the stage has no helper and may have one. Then one must be started for an item that the driver may
  /// not run.
  bool needs_helper() const noexcept BRAID_REQUIRES(lock_) { return helpers_ == 0 && repeating_timer_; }
  void helper_is_called() noexcept BRAID_REQUIRES(lock_) {
    helper_arriving_ = true;
    ++helpers_;
  }
  /// Starts the helper. Requires helper_is_called(). Returns false if the system has no thread left: the driver then
  /// runs one item in its place.
  enum class caller : std::uint8_t { driver, timer };
  bool call_helper(caller by = caller::driver) noexcept BRAID_EXCLUDES(lock_);

  // --- helpers ---

  /// Claims the input for one more item, after one that took `last_took`. Returns false if the helper has to exit.
  bool claim_as_helper(std::chrono::nanoseconds last_took) noexcept BRAID_EXCLUDES(lock_);
  /// Call when an item of a helper, including its pull, has taken `took`.
  void helper_took(std::chrono::nanoseconds took) noexcept BRAID_REQUIRES(lock_) { permit_.item_took(took); }
  /// Blocks the helper until another pull is worth a try.
  void await_input(waits& until) BRAID_EXCLUDES(lock_);
  /// Stands for `last_took` before a helper's first item, which is done in any case.
  static constexpr std::chrono::nanoseconds has_just_come = std::chrono::nanoseconds::max();

 private:
  struct helper;
  class helpers_gone;

  using nanoseconds = std::chrono::nanoseconds;

  bool has_room() const noexcept BRAID_REQUIRES(lock_) {
    return running_ < width_.workers() && in_flight_ < width_.most_in_flight();
  }
  /// Returns the number of helpers, plus the driver while it is one of the workers.
  std::size_t parties() const noexcept BRAID_REQUIRES(lock_) { return helpers_ + (permit_.is_held() ? 1 : 0); }
  bool all_are_here() const noexcept BRAID_REQUIRES(lock_) { return parties() >= width_.workers(); }
  /// Returns true if the consumer waits, and would start an item if it could.
  bool consumer_starts() const noexcept BRAID_REQUIRES(lock_) { return consumer_waits_ && driver_may_run(); }
  bool helper_may_start() const noexcept BRAID_REQUIRES(lock_) {
    return may_start() && (starts_ == starts::ahead || consumer_waits_);
  }
  void adapt() noexcept BRAID_REQUIRES(lock_);
  void resize(std::size_t workers, wake_chain& wakes) noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> on_time() noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> look(bool& hire) noexcept BRAID_REQUIRES(lock_);
  bool wants_helper(std::uint64_t started) const noexcept BRAID_REQUIRES(lock_);
  void judge() noexcept BRAID_EXCLUDES(lock_);
  bool is_worth_staying(nanoseconds last_took) const noexcept BRAID_REQUIRES(lock_);
  bool hire() noexcept;
  void helper_leaves() noexcept BRAID_EXCLUDES(lock_);
  /// Returns false in the child of a fork, where the helpers and the timer are the parent's.
  bool dismiss() noexcept BRAID_EXCLUDES(lock_);

  enum class input : std::uint8_t { free, claimed, ended };

  stage_home home_;
  std::shared_ptr<shared_width> shared_width_;  ///< Null if it follows none.
  std::size_t cpus_ = 1;                        ///< More threads than this gain nothing if all of them compute.
  std::optional<context> ctx_;
  std::shared_ptr<repeating_timer> repeating_timer_;  ///< Null if the driver works alone.
  starts starts_ = starts::ahead;
  thread_usage usage_;        ///< Used by the consumer; the timer reads it while the driver runs an item.
  bool usage_is_old_ = true;  ///< Used by the consumer: it has slept since usage_ began.
  bool is_judged_ = true;     ///< Used by the consumer: its last item left the permit as it was.

  stage_width width_ BRAID_GUARDED_BY(lock_);
  std::size_t running_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t in_flight_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t helpers_ BRAID_GUARDED_BY(lock_) = 0;
  std::uint64_t started_ BRAID_GUARDED_BY(lock_) = 0;
  input input_ BRAID_GUARDED_BY(lock_) = input::free;
  bool failed_ BRAID_GUARDED_BY(lock_) = false;
  bool stopping_ BRAID_GUARDED_BY(lock_) = false;
  bool consumer_waits_ BRAID_GUARDED_BY(lock_) = false;
  bool helper_arriving_ BRAID_GUARDED_BY(lock_) = false;  ///< A helper is called, and has not claimed anything yet.

  bool driver_fills_in_ BRAID_GUARDED_BY(lock_) = false;  ///< For one item, since no helper could be started.

  bool armed_ BRAID_GUARDED_BY(lock_) = false;  ///< The timer is armed or at work.
  late_help_policy watch_ BRAID_GUARDED_BY(lock_);
  driver_permit permit_ BRAID_GUARDED_BY(lock_);

  notifier notifier_;
  notified notified_{*this, notifier_};  ///< Awaited by the consumer.
  operation* waits_for_helpers_ BRAID_GUARDED_BY(lock_) = nullptr;
};

}  // namespace braid::detail
