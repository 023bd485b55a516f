#include "braid/flow/stage_helpers.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/thread_cache.hpp"
#include "braid/runtime/usable_cpus.hpp"
#include "braid/sync/scoped_performer.hpp"

namespace braid::detail {
namespace {

/// Returns true for a test that runs its tasks by hand: it relies on the driver to run the items itself.
bool is_driven_by_hand(const environment& env) {
  return dynamic_cast<const manual_executor*>(env.executor) != nullptr;
}

}  // namespace

/// The operation "no helper is left".
class stage_helpers::helpers_gone final : public performable<helpers_gone> {
 public:
  static constexpr shield shielded = shield::yes;
  explicit helpers_gone(stage_helpers& of) noexcept : performable(of), stage_(of) {}
  ~helpers_gone() { withdraw_if_parked(); }
  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override {
    stage_.lock_.assert_held();
    return stage_.helpers_ == 0;
  }
  void enlist(wake_chain&) noexcept override {
    stage_.lock_.assert_held();
    stage_.waits_for_helpers_ = this;
  }
  void withdraw() noexcept override {
    stage_.lock_.assert_held();
    stage_.waits_for_helpers_ = nullptr;
  }
  std::string describe() const override { return "the end of the helpers of a stage"; }

  stage_helpers& stage_;
};

struct stage_helpers::helper final : runnable {
  explicit helper(stage_helpers& of) noexcept : works_for(of) {}
  void run() noexcept override {
    stage_helpers& stage = works_for;
    delete this;
    {
      scoped_performer me(stage.ctx());
      const current_performer_guard here(me);
      stage.help();
    }
    stage.helper_leaves();
  }
  stage_helpers& works_for;
};

void stage_helpers::start(const context& ctx, const stage_options& options, starts items) {
  stage_width width(options, ctx.env());
  starts_ = items;
  const bool alone = is_driven_by_hand(ctx.env()) || (width.most_workers() == 1 && items == starts::ahead);
  if (!alone) {
    cpus_ = usable_cpus_at_first();
    repeating_timer::get_ready();
    repeating_timer_ = std::make_shared<repeating_timer>(static_cast<repeating_timer::owner&>(*this));
  }
  {
    spin_guard guard(lock_);
    width_ = std::move(width);
    if (alone) permit_.hold_always();
  }
  ctx_.emplace(ctx);
  home_.starts_here();
}

void stage_helpers::follow(std::shared_ptr<shared_width> shared) noexcept {
  shared_width_ = std::move(shared);
  if (shared_width_) shared_width_->join(*this);
}

void stage_helpers::adapt() noexcept {
  if (width_.adapt()) watch_.is_wanted();
}

void stage_helpers::resize(std::size_t workers, wake_chain& wakes) noexcept {
  spin_guard guard(lock_);
  width_.set(workers);
  if (started_ == 0 || !may_start()) return;  // if none has started, the first pull starts what it may
  if (consumer_starts()) return notify_consumer(wakes);
  watch_.is_wanted();
  look_after_items(wakes);
}

// --- the timer ---

void stage_helpers::look_after_items(wake_chain& wakes) noexcept {
  if (consumer_starts() && may_start()) return notify_consumer(wakes);
  if (armed_ || !repeating_timer_ || helper_arriving_) return;
  if (!permit_.is_at_work() && (all_are_here() || !helper_may_start())) return;
  armed_ = true;
  repeating_timer_->arm_with(wakes, watch_.begin(std::chrono::steady_clock::now()));
}

/// A claimed input counts as free if items were started since the last look: it is claimed for a short time only. Else
/// its holder waits for input, and arms the timer when it lets the input go.
bool stage_helpers::wants_helper(std::uint64_t started) const noexcept {
  return !consumer_starts() && !helper_arriving_ && !all_are_here() &&
         (helper_may_start() || (input_ == input::claimed && started > 0));
}

std::optional<std::chrono::microseconds> stage_helpers::look(bool& hires) noexcept {
  const auto now = std::chrono::steady_clock::now();
  permit_.look(now, usage_);
  const auto said = watch_.look(now, started_, std::max<std::size_t>(1, parties()), cpus_);
  const bool wanted = !stopping_ && wants_helper(said.started);
  hires = wanted && said.calls > 0;
  armed_ = !hires && !stopping_ && (wanted || permit_.is_at_work());  // if it hires, only once the helper has started
  if (hires) helper_is_called();
  return armed_ ? std::optional(said.again) : std::nullopt;
}

std::optional<std::chrono::microseconds> stage_helpers::on_time() noexcept {
  bool hires = false;
  {
    spin_guard guard(lock_);
    const auto again = look(hires);
    if (!hires) return again;
  }
  if (call_helper(caller::timer)) return std::nullopt;
  return late_help_policy::longest_pause;
}

bool stage_helpers::call_helper(caller by) noexcept {
  if (hire()) return true;
  wake_chain wakes;
  spin_guard guard(lock_);
  helper_arriving_ = false;
  --helpers_;
  driver_fills_in_ = true;
  if (by == caller::timer) {  // under the same lock, so that no other party arms it
    armed_ = true;
    watch_.begin(std::chrono::steady_clock::now());
  }
  if (consumer_starts() && may_start()) notify_consumer(wakes);
  return false;
}

void stage_helpers::judge() noexcept {
  is_judged_ = true;
  spin_guard guard(lock_);
  permit_.judge(permit_.was_preempted(std::chrono::steady_clock::now(), usage_));
}

bool stage_helpers::hire() noexcept {
  auto* const one = new (std::nothrow) helper(*this);
  if (!one) return false;
  if (thread_cache::run(*one)) return true;
  delete one;
  return false;
}

// --- helpers ---

bool stage_helpers::is_worth_staying(nanoseconds last_took) const noexcept {
  return last_took >= (parties() > cpus_ ? nanoseconds(late_help_policy::too_long) : late_help_policy::worth_staying);
}

bool stage_helpers::claim_as_helper(nanoseconds last_took) noexcept {
  const nanoseconds since(monotonic_ns());
  for (bool patient = true;; patient = nanoseconds(monotonic_ns()) - since < late_help_policy::too_long) {
    {
      spin_guard guard(lock_);
      helper_arriving_ = false;
      if (parties() > width_.workers()) return false;
      if (parties() > 1 && !is_worth_staying(last_took)) return watch_.is_in_vain(), false;
      if (helper_may_start()) return claim_input(), true;
      if (!patient || consumer_starts() || stopping_ || failed_ || input_ == input::ended) {
        return watch_.is_wanted(), false;
      }
    }
    std::this_thread::yield();  // an exit and a new start cost more
  }
}

void stage_helpers::input_is_awaited() noexcept {
  width_.input_is_awaited();
}

void stage_helpers::input_was_awaited() noexcept {
  width_.input_was_awaited();
}

void stage_helpers::await_input(waits& until) {
  {
    spin_guard guard(lock_);
    input_is_awaited();
  }
  perform_one_of(until);
  spin_guard guard(lock_);
  input_was_awaited();
}

void stage_helpers::helper_leaves() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  helper_arriving_ = false;
  --helpers_;
  if (!stopping_) return look_after_items(wakes);
  if (helpers_ > 0 || !waits_for_helpers_) return;
  claim(*std::exchange(waits_for_helpers_, nullptr), wakes);
}

// --- the end ---

bool stage_helpers::dismiss() noexcept {
  if (!home_.is_here()) return leave_to_parent(std::move(repeating_timer_)), false;
  if (shared_width_) shared_width_->leave(*this);
  {
    spin_guard guard(lock_);
    stopping_ = true;
  }
  if (repeating_timer_) repeating_timer_->dismiss();
  return true;
}

task<> stage_helpers::stop() {
  if (!dismiss() || !repeating_timer_) co_return;
  helpers_gone gone(*this);
  co_await gone;
  repeating_timer_.reset();
}

void stage_helpers::end() noexcept {
  if (!dismiss() || !repeating_timer_) return;
  helpers_gone gone(*this);
  try {
    gone.get();
  } catch (const no_thread_left&) {  // then this worker polls: the helpers' context has ended
    while (!poll_once_shielded(gone)) std::this_thread::yield();
  }
  repeating_timer_.reset();
}

}  // namespace braid::detail
