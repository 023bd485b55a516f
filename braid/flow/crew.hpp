// Helper threads for a parallel stage of plain functions.
//
// The driver, which pulls the stage as its consumer, is one of its workers while items are known to be short
// (driver_permit.hpp): it takes an item, runs f on it and has the result, so a stage whose items are short costs no
// more than the calls. Until then, and after a slow item, helpers run all items, and the driver sees each result when
// it is ready: it starts the first helper, if there is none.
//
// A further helper is started only after an item could have been started for 20 us and was not, and only if items take
// long enough to repay the hand-off (help_watch.hpp). An alarm on the real clock watches for that.
//
// A helper stays as long as items repay the way from one thread to another; if there are more workers than CPUs, only
// for items of 20 us: shorter ones compute, and would stand in each other's way. One stays in any case where the driver
// runs no items. It waits 20 us for room, which costs less than to exit and to be started again.
//
// A stage on demand starts an item only while its consumer waits for one (apart.hpp).
//
// Invariants (lock_)
// 1. From before an item is pulled until the next stage has its result it is in flight. One is pulled only where
//    running_ < workers and in_flight_ < workers + slack, of that moment (law F1): the number of workers may change.
// 2. The party that has claimed the input, alone, pulls it or waits for it, until it has let it go, in one of three
// ways.
// 3. The party that makes the consumer's wait pointless rings: its result has come, or it may start an item.
// 4. While an item may be started, and no waiting consumer would start it, the alarm is armed or at work, unless every
//    helper is there already or one is starting. (It may start one helper too many.) While the driver runs an item it
//    is armed, too.
// 5. A helper's last touch of the crew is to be counted out, under the lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "braid/flow/alarm.hpp"
#include "braid/flow/bell.hpp"
#include "braid/flow/driver_permit.hpp"
#include "braid/flow/help_watch.hpp"
#include "braid/flow/producer.hpp"
#include "braid/flow/stage_home.hpp"
#include "braid/flow/stage_width.hpp"
#include "braid/runtime/runnable.hpp"
#include "braid/runtime/task.hpp"
#include "braid/runtime/thread_usage.hpp"
#include "braid/sync/context.hpp"

namespace braid::detail {

class crew : public source, private alarm::owner, private worker_dial::follower {
 public:
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

 protected:
  crew() = default;
  /// After end() or stop().
  ~crew() = default;

  enum class starts : std::uint8_t { ahead, on_demand };
  void start(const context& ctx, const stage_options& options, starts items) BRAID_EXCLUDES(lock_);
  /// Once started: its number of workers is what the dial says, if there is one.
  void follow(std::shared_ptr<worker_dial> dial) noexcept BRAID_EXCLUDES(lock_);
  /// What f runs under. Only once started.
  const context& ctx() const noexcept { return *ctx_; }
  /// Waits for the end of the helpers, in a coroutine or on a thread. The context has been cancelled.
  task<> stop();
  void end() noexcept;

  /// A helper's work: items, one after the other, while claim_as_helper() lets it.
  virtual void help() = 0;

  // --- an item's way, with the lock held ---

  bool may_start() const noexcept BRAID_REQUIRES(lock_) {
    return input_ == input::free && !failed_ && !stopping_ && has_room();
  }
  bool driver_may_run() const noexcept BRAID_REQUIRES(lock_) { return permit_.is_held() || driver_fills_in_; }
  /// The driver may start an item once another party lets the input go.
  bool input_may_come_back() const noexcept BRAID_REQUIRES(lock_) {
    return input_ == input::claimed && !failed_ && permit_.is_held() && has_room();
  }
  /// Only if may_start(). Then the input is let go, by one of the three.
  void claim_input() noexcept BRAID_REQUIRES(lock_) {
    input_ = input::claimed;
    ++running_;
    ++in_flight_;
    ++started_;
  }
  /// The driver's claim is an item of its own from here to driver_ends(); again after a wait for the input. The alarm
  /// watches its pull, too.
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
    if (is_over()) ring(wakes);
  }
  /// Who has claimed the input has to wait for it; then, has waited. Either may be said twice.
  void input_is_awaited() noexcept BRAID_REQUIRES(lock_);
  void input_was_awaited() noexcept BRAID_REQUIRES(lock_);
  /// f has ended for an item, whose result is in line. The caller goes on to start another one, if it may.
  void item_done() noexcept BRAID_REQUIRES(lock_) {
    --running_;
    if (width_.item_done()) [[unlikely]]
      adapt();
  }
  void result_taken(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    --in_flight_;
    look_after_items(wakes);
  }
  /// Nothing more is started.
  void fail() noexcept BRAID_REQUIRES(lock_) { failed_ = true; }
  bool failed() const noexcept BRAID_REQUIRES(lock_) { return failed_; }
  /// Nothing more will come than what is in line.
  bool is_over() const noexcept BRAID_REQUIRES(lock_) { return running_ == 0 && (input_ == input::ended || failed_); }

  // --- the consumer's wait ---

  void consumer_will_wait() noexcept BRAID_REQUIRES(lock_) {
    home_.check();
    consumer_waits_ = usage_is_old_ = true;
  }
  void consumer_is_back() noexcept BRAID_REQUIRES(lock_) { consumer_waits_ = false; }
  /// The consumer, if it waits, has to look again.
  void ring(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    if (std::exchange(consumer_waits_, false)) bell_.ring(wakes);
  }
  operation& rung() noexcept { return rung_; }
  /// How many results there may be in line.
  std::size_t capacity() const noexcept BRAID_REQUIRES(lock_) { return width_.capacity(); }
  /// Sees to it that the items that may be started are: by the consumer, if it waits and may, else by the alarm.
  void look_after_items(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);

  // --- the driver, in a pull ---

  /// Before an item that it may run itself, and after it.
  void watch_driver() noexcept {
    if (usage_is_old_ || !usage_.is_of_this_thread()) usage_.begin();
    usage_is_old_ = false;
  }
  void judge_driver() noexcept BRAID_EXCLUDES(lock_) {
    if (!is_judged_) [[unlikely]]
      judge();
  }
  /// There is no helper, and the driver may not run the item that could be started: one has to be started.
  bool needs_helper() const noexcept BRAID_REQUIRES(lock_) { return helpers_ == 0 && alarm_; }
  void helper_is_called() noexcept BRAID_REQUIRES(lock_) {
    helper_arriving_ = true;
    ++helpers_;
  }
  /// After helper_is_called(). Returns false if the system has no thread left: the driver runs one item in its place.
  enum class caller : std::uint8_t { driver, alarm };
  bool call_helper(caller by = caller::driver) noexcept BRAID_EXCLUDES(lock_);

  // --- helpers ---

  /// Claims the input for one more item, after one that took `last_took`. Returns false if the helper has to exit.
  bool claim_as_helper(std::chrono::nanoseconds last_took) noexcept BRAID_EXCLUDES(lock_);
  /// A helper's item, with the pull of it, took so long.
  void helper_took(std::chrono::nanoseconds took) noexcept BRAID_REQUIRES(lock_) { permit_.item_took(took); }
  /// Blocks the helper until it is worth another pull.
  void await_input(waits& until) BRAID_EXCLUDES(lock_);
  /// In place of a last item: its first one is done in any case.
  static constexpr std::chrono::nanoseconds has_just_come = std::chrono::nanoseconds::max();

 private:
  struct helper;
  class helpers_gone;

  using nanoseconds = std::chrono::nanoseconds;

  bool has_room() const noexcept BRAID_REQUIRES(lock_) {
    return running_ < width_.workers() && in_flight_ < width_.most_in_flight();
  }
  /// The helpers, and the driver while it is one of the workers.
  std::size_t parties() const noexcept BRAID_REQUIRES(lock_) { return helpers_ + (permit_.is_held() ? 1 : 0); }
  bool all_are_here() const noexcept BRAID_REQUIRES(lock_) { return parties() >= width_.workers(); }
  /// The consumer waits, and would start an item if it could.
  bool consumer_starts() const noexcept BRAID_REQUIRES(lock_) { return consumer_waits_ && driver_may_run(); }
  bool helper_may_start() const noexcept BRAID_REQUIRES(lock_) {
    return may_start() && (starts_ == starts::ahead || consumer_waits_);
  }
  void adapt() noexcept BRAID_REQUIRES(lock_);
  void resize(std::size_t workers, wake_chain& wakes) noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> on_alarm() noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> look(bool& hire) noexcept BRAID_REQUIRES(lock_);
  bool wants_helper(std::uint64_t started) const noexcept BRAID_REQUIRES(lock_);
  void judge() noexcept BRAID_EXCLUDES(lock_);
  bool is_worth_staying(nanoseconds last_took) const noexcept BRAID_REQUIRES(lock_);
  bool hire() noexcept;
  void helper_leaves() noexcept BRAID_EXCLUDES(lock_);
  /// Returns false in the child of a fork, where helpers and alarm are the parent's.
  bool dismiss() noexcept BRAID_EXCLUDES(lock_);

  enum class input : std::uint8_t { free, claimed, ended };

  stage_home home_;
  std::shared_ptr<worker_dial> dial_;  ///< Null: it follows none.
  std::size_t cpus_ = 1;               ///< More threads than this gain nothing where all of them compute.
  std::optional<context> ctx_;
  std::shared_ptr<alarm> alarm_;  ///< Null: the driver works alone.
  starts starts_ = starts::ahead;
  thread_usage usage_;        ///< The consumer's; the alarm reads it while the driver is at work.
  bool usage_is_old_ = true;  ///< The consumer's: it has slept since.
  bool is_judged_ = true;     ///< The consumer's: its last item has left the permit as it was.

  stage_width width_ BRAID_GUARDED_BY(lock_);
  std::size_t running_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t in_flight_ BRAID_GUARDED_BY(lock_) = 0;
  std::size_t helpers_ BRAID_GUARDED_BY(lock_) = 0;
  std::uint64_t started_ BRAID_GUARDED_BY(lock_) = 0;
  input input_ BRAID_GUARDED_BY(lock_) = input::free;
  bool failed_ BRAID_GUARDED_BY(lock_) = false;
  bool stopping_ BRAID_GUARDED_BY(lock_) = false;
  bool consumer_waits_ BRAID_GUARDED_BY(lock_) = false;
  bool helper_arriving_ BRAID_GUARDED_BY(lock_) = false;  ///< Hired, and has not claimed anything yet.

  bool driver_fills_in_ BRAID_GUARDED_BY(lock_) = false;  ///< For a helper that could not be had: for one item.

  bool armed_ BRAID_GUARDED_BY(lock_) = false;  ///< Or at work.
  help_watch watch_ BRAID_GUARDED_BY(lock_);
  driver_permit permit_ BRAID_GUARDED_BY(lock_);

  bell bell_;
  bell_wait rung_{*this, bell_};  ///< The consumer's.
  operation* waits_for_helpers_ BRAID_GUARDED_BY(lock_) = nullptr;
};

}  // namespace braid::detail
