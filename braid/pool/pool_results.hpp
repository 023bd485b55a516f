// Passes the results of a stream's jobs from a pool's workers to the consumer: as they are ready, or in order.
#pragma once

#include <string>

#include "braid/pool/pool_core.hpp"

namespace braid::detail {

struct in_results;

/// The state of a stream's job in pool_results, beside its state in the pool.
class stage_job : public list_hook<in_results> {
 protected:
  stage_job() noexcept : list_hook(unset) {}
  ~stage_job() = default;

 private:
  friend class pool_results;
  bool is_done_ = false;
};

/// The pool's lock guards everything here.
///
/// Invariants
/// 1. If the stage is ordered, a job enters queue_ when it is accepted, in the order of the input. It stays there until
///    it and all before it have ended and it is taken. If not ordered, a job enters queue_ when it has ended.
/// 2. in_flight_ counts the jobs that have not ended.
/// 3. waiting_ is the consumer's wait while it is parked, else null. It is claimed once there is what it waits for.
class pool_results {
 public:
  using job_list = intrusive_list<stage_job, in_results>;

  /// `all_at_once`: the consumer gets no result before all jobs are done. `stream`: the stream of the jobs, if they
  /// have one of their own.
  pool_results(pool_core& pool, bool ordered, bool all_at_once, stream_jobs* stream = nullptr) noexcept
      : pool_(pool), ordered_(ordered), all_at_once_(all_at_once), stream_(stream) {}

  enum class wanted : std::uint8_t { a_result, nothing_in_flight };
  /// The operation "a result is there" or "nothing is in flight". The end of the context does not end the wait.
  class wait final : public performable<wait, pool_wait> {
   public:
    static constexpr shield shielded = shield::yes;
    wait(pool_results& of, wanted what) noexcept : performable<wait, pool_wait>(of.pool_), of_(of), what_(what) {}
    ~wait() { withdraw_if_parked(); }
    void result() const noexcept {}
    /// Sets whether the close of the pool ends the wait as well. Not while it is parked.
    void hears_of_close(bool does) noexcept { hears_of_close_ = does; }

   private:
    friend class pool_results;
    bool is_there() const noexcept {
      of_.pool_.lock().assert_held();
      if (hears_of_close_ && of_.pool_.cuts_streams_off()) return true;
      return what_ == wanted::a_result ? of_.is_result_there() : of_.in_flight_ == 0;
    }
    bool poll(wake_chain&) override { return is_there(); }
    void enlist(wake_chain& wakes) noexcept override;
    void withdraw() noexcept override;
    void told_of_close(wake_chain& wakes) noexcept override;
    /// Undoes enlist(): the wait is over.
    void leave() noexcept;
    std::string describe() const override {
      return "a stream's jobs in worker pool '" + of_.pool_.options().name + "'";
    }

    pool_results& of_;
    const wanted what_;
    bool hears_of_close_ = false;
  };

  void accepted(stage_job& job) noexcept;
  void ended(stage_job& job, wake_chain& wakes) noexcept;
  bool is_result_there() const noexcept {
    if (all_at_once_ && in_flight_ > 0) return false;
    return result_is_there_;
  }
  /// Moves all results that the consumer may have now to `into`, and returns their number.
  std::size_t take(job_list& into) noexcept;
  bool is_empty() const noexcept { return in_flight_ == 0 && !is_result_there(); }

 private:
  pool_core& pool_;
  const bool ordered_;
  const bool all_at_once_;
  stream_jobs* const stream_;
  job_list queue_;
  std::size_t in_flight_ = 0;
  bool result_is_there_ = false;  ///< The first job in the queue has ended.
  wait* waiting_ = nullptr;
};

}  // namespace braid::detail
