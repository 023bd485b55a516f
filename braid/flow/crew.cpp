#include "braid/flow/crew.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "braid/flow/control.hpp"
#include "braid/runtime/manual_executor.hpp"
#include "braid/runtime/thread_cache.hpp"
#include "braid/runtime/usable_cpus.hpp"

namespace braid::detail {
namespace {

/// Returns true for a test that runs its tasks by hand: it relies on the driver to run the items itself.
bool is_driven_by_hand(const environment& env) {
  return dynamic_cast<const manual_executor*>(env.executor) != nullptr;
}

}  // namespace

/// The operation "no helper is left".
class crew::helpers_gone final : public performable<helpers_gone> {
 public:
  static constexpr shield shielded = shield::yes;
  explicit helpers_gone(crew& of) noexcept : performable(of), crew_(of) {}
  ~helpers_gone() { withdraw_if_parked(); }
  void result() const noexcept {}

 private:
  bool poll(wake_chain&) override {
    crew_.lock_.assert_held();
    return crew_.helpers_ == 0;
  }
  void enlist(wake_chain&) noexcept override {
    crew_.lock_.assert_held();
    crew_.waits_for_helpers_ = this;
  }
  void withdraw() noexcept override {
    crew_.lock_.assert_held();
    crew_.waits_for_helpers_ = nullptr;
  }
  std::string describe() const override { return "the end of the helpers of a stage"; }

  crew& crew_;
};

struct crew::helper final : runnable {
  explicit helper(crew& of) noexcept : works_for(of) {}
  void run() noexcept override {
    crew& c = works_for;
    delete this;
    {
      control me(c.ctx());
      const current_performer_guard here(me);
      c.help();
    }
    c.helper_leaves();
  }
  crew& works_for;
};

void crew::start(const context& ctx, const stage_options& options, starts items) {
  stage_width width(options, ctx.env());
  starts_ = items;
  const bool alone = is_driven_by_hand(ctx.env()) || (width.most_workers() == 1 && items == starts::ahead);
  if (!alone) {
    cpus_ = usable_cpus_at_first();
    alarm_ = std::make_shared<alarm>(static_cast<alarm::owner&>(*this));
  }
  {
    spin_guard guard(lock_);
    width_ = std::move(width);
    if (alone) permit_.hold_always();
  }
  ctx_.emplace(ctx);
  home_.starts_here();
}

void crew::follow(std::shared_ptr<worker_dial> dial) noexcept {
  dial_ = std::move(dial);
  if (dial_) dial_->join(*this);
}

void crew::adapt() noexcept {
  if (width_.adapt()) watch_.is_wanted();
}

void crew::resize(std::size_t workers, wake_chain& wakes) noexcept {
  spin_guard guard(lock_);
  width_.set(workers);
  if (started_ == 0 || !may_start()) return;  // if none has started, the first pull starts what it may
  if (consumer_starts()) return ring(wakes);
  watch_.is_wanted();
  look_after_items(wakes);
}

// --- the alarm ---

void crew::look_after_items(wake_chain& wakes) noexcept {
  if (consumer_starts() && may_start()) return ring(wakes);
  if (armed_ || !alarm_ || helper_arriving_) return;
  if (!permit_.is_at_work() && (all_are_here() || !helper_may_start())) return;
  armed_ = true;
  alarm_->arm_with(wakes, watch_.begin(std::chrono::steady_clock::now()));
}

/// A claimed input counts as free if items were started since the last look: it is claimed for a short time only. Else
/// its holder waits for input, and arms the alarm when it lets the input go.
bool crew::wants_helper(std::uint64_t started) const noexcept {
  return !consumer_starts() && !helper_arriving_ && !all_are_here() &&
         (helper_may_start() || (input_ == input::claimed && started > 0));
}

std::optional<std::chrono::microseconds> crew::look(bool& hires) noexcept {
  const auto now = std::chrono::steady_clock::now();
  permit_.look(now, usage_);
  const auto said = watch_.look(now, started_, std::max<std::size_t>(1, parties()), cpus_);
  const bool wanted = !stopping_ && wants_helper(said.started);
  hires = wanted && said.calls > 0;
  armed_ = !hires && !stopping_ && (wanted || permit_.is_at_work());  // if it hires, only once the helper has started
  if (hires) helper_is_called();
  return armed_ ? std::optional(said.again) : std::nullopt;
}

std::optional<std::chrono::microseconds> crew::on_alarm() noexcept {
  bool hires = false;
  {
    spin_guard guard(lock_);
    const auto again = look(hires);
    if (!hires) return again;
  }
  if (call_helper(caller::alarm)) return std::nullopt;
  return help_watch::longest_pause;
}

bool crew::call_helper(caller by) noexcept {
  if (hire()) return true;
  wake_chain wakes;
  spin_guard guard(lock_);
  helper_arriving_ = false;
  --helpers_;
  driver_fills_in_ = true;
  if (by == caller::alarm) {  // under the same lock, so that no other party arms it
    armed_ = true;
    watch_.begin(std::chrono::steady_clock::now());
  }
  if (consumer_starts() && may_start()) ring(wakes);
  return false;
}

void crew::judge() noexcept {
  is_judged_ = true;
  spin_guard guard(lock_);
  permit_.judge(permit_.was_preempted(std::chrono::steady_clock::now(), usage_));
}

bool crew::hire() noexcept {
  auto* const one = new (std::nothrow) helper(*this);
  if (!one) return false;
  if (thread_cache::run(*one)) return true;
  delete one;
  return false;
}

// --- helpers ---

bool crew::is_worth_staying(nanoseconds last_took) const noexcept {
  return last_took >= (parties() > cpus_ ? nanoseconds(help_watch::too_long) : help_watch::worth_staying);
}

bool crew::claim_as_helper(nanoseconds last_took) noexcept {
  const nanoseconds since(monotonic_ns());
  for (bool patient = true;; patient = nanoseconds(monotonic_ns()) - since < help_watch::too_long) {
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

void crew::input_is_awaited() noexcept {
  width_.input_is_awaited();
}

void crew::input_was_awaited() noexcept {
  width_.input_was_awaited();
}

void crew::await_input(waits& until) {
  {
    spin_guard guard(lock_);
    input_is_awaited();
  }
  perform_one_of(until);
  spin_guard guard(lock_);
  input_was_awaited();
}

void crew::helper_leaves() noexcept {
  wake_chain wakes;
  spin_guard guard(lock_);
  helper_arriving_ = false;
  --helpers_;
  if (!stopping_) return look_after_items(wakes);
  if (helpers_ > 0 || !waits_for_helpers_) return;
  claim(*std::exchange(waits_for_helpers_, nullptr), wakes);
}

// --- the end ---

bool crew::dismiss() noexcept {
  if (!home_.is_here()) return leave_to_parent(std::move(alarm_)), false;
  if (dial_) dial_->leave(*this);
  {
    spin_guard guard(lock_);
    stopping_ = true;
  }
  if (alarm_) alarm_->dismiss();
  return true;
}

task<> crew::stop() {
  if (!dismiss() || !alarm_) co_return;
  helpers_gone gone(*this);
  co_await gone;
  alarm_.reset();
}

void crew::end() noexcept {
  if (!dismiss() || !alarm_) return;
  helpers_gone gone(*this);
  try {
    gone.get();
  } catch (const no_thread_left&) {  // then this worker polls: the helpers' context has ended
    while (!poll_once_shielded(gone)) std::this_thread::yield();
  }
  alarm_.reset();
}

}  // namespace braid::detail
