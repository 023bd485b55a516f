// Who works for a parallel stage of plain functions.
//
// The consumer, who pulls the stage, is one of its workers: it takes an item, runs f on it, and has the result, so a
// stage whose items are short costs no more than the calls. A helper, on a thread of its own, comes only when for 20 us
// there was room for one more item, and where items are worth its way (help_watch.hpp). An alarm on the real clock
// watches for that while the consumer is busy.
//
// A helper stays as long as items are long enough to be worth the way from one thread to another; if there are more
// workers than CPUs, only for items of 20 us: shorter ones compute, and would stand in each other's way. It waits 20 us
// for room, which costs less than to leave and to be called again.
//
// Invariants (lock_)
// 1. From before an item is pulled until the next stage has its result it is in flight. One is pulled only where
//    running_ < workers and in_flight_ < workers + slack, of that moment (law F1): the number of workers may change.
// 2. Who has claimed the input, alone, pulls it or waits for it, until it has let it go, in one of three ways.
// 3. Whoever makes the consumer's wait pointless rings: its result has come, or it may start an item.
// 4. While an item may be started, and the consumer does not wait and so would start it, the alarm is armed or at work,
//    unless every helper is there already or one is on its way. (It may call once more than it is needed.)
// 5. A helper's last touch of the crew is to be counted out, under the lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "braid/flow/alarm.hpp"
#include "braid/flow/bell.hpp"
#include "braid/flow/help_watch.hpp"
#include "braid/flow/producer.hpp"
#include "braid/flow/stage_width.hpp"
#include "braid/runtime/runnable.hpp"
#include "braid/runtime/task.hpp"
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

  void start(const context& ctx, const stage_options& options) BRAID_EXCLUDES(lock_);
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
  /// An item may be started, if only somebody else lets the input go.
  bool input_may_come_back() const noexcept BRAID_REQUIRES(lock_) {
    return input_ == input::claimed && !failed_ && has_room();
  }
  /// Only if may_start(). Then the input is let go, by one of the three.
  void claim_input() noexcept BRAID_REQUIRES(lock_) {
    input_ = input::claimed;
    ++running_;
    ++in_flight_;
    ++started_;
  }
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
  /// f has ended for an item, whose result is in line. Who calls goes on to start another one, if it may.
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

  void consumer_will_wait() noexcept BRAID_REQUIRES(lock_) { consumer_waits_ = true; }
  void consumer_is_back() noexcept BRAID_REQUIRES(lock_) { consumer_waits_ = false; }
  /// The consumer, if it waits, has to look again.
  void ring(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_) {
    if (std::exchange(consumer_waits_, false)) bell_.ring(wakes);
  }
  operation& rung() noexcept { return rung_; }
  /// How many results there may be in line.
  std::size_t capacity() const noexcept BRAID_REQUIRES(lock_) { return width_.capacity(); }
  /// Somebody has to start the items that may be started: the consumer, if it waits, or else the alarm sees to it.
  void look_after_items(wake_chain& wakes) noexcept BRAID_REQUIRES(lock_);

  // --- helpers ---

  /// May the helper do one more item, after one that took so long?
  bool claim_as_helper(std::chrono::nanoseconds last_took) noexcept BRAID_EXCLUDES(lock_);
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
  /// One of the workers is the consumer.
  bool all_helpers_are_here() const noexcept BRAID_REQUIRES(lock_) { return helpers_ + 1 >= width_.workers(); }
  void adapt() noexcept BRAID_REQUIRES(lock_);
  void resize(std::size_t workers, wake_chain& wakes) noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> on_alarm() noexcept override BRAID_EXCLUDES(lock_);
  std::optional<std::chrono::microseconds> look(bool& hire) noexcept BRAID_REQUIRES(lock_);
  bool is_to_be_looked_at(std::uint64_t started) const noexcept BRAID_REQUIRES(lock_);
  bool is_worth_staying(nanoseconds last_took) const noexcept BRAID_REQUIRES(lock_);
  bool hire() noexcept;
  void helper_leaves() noexcept BRAID_EXCLUDES(lock_);
  void dismiss() noexcept BRAID_EXCLUDES(lock_);

  enum class input : std::uint8_t { free, claimed, ended };

  std::shared_ptr<worker_dial> dial_;  ///< Null: it follows none.
  std::size_t cpus_ = 1;               ///< More threads than this gain nothing where all of them compute.
  std::optional<context> ctx_;
  std::shared_ptr<alarm> alarm_;  ///< Null: one worker ever, who needs no help.

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

  bool armed_ BRAID_GUARDED_BY(lock_) = false;  ///< Or at work.
  help_watch watch_ BRAID_GUARDED_BY(lock_);

  bell bell_;
  bell_wait rung_{*this, bell_};  ///< The consumer's.
  operation* waits_for_helpers_ BRAID_GUARDED_BY(lock_) = nullptr;
};

}  // namespace braid::detail
