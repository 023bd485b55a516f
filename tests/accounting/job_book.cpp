#include "job_book.hpp"

#include <cstdio>

#include "braid/pool/pool_errors.hpp"
#include "braid/runtime/errors.hpp"

namespace pool_accounting {

void job_book::told(int id, const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const braid::job_dropped&) {
    ++at(id).dropped;
  } catch (const braid::pool_closed&) {
    ++at(id).dropped;
  } catch (const failed_on_purpose& f) {
    ++(f.id == id ? at(id).failure : at(id).wrong);
  } catch (...) {
    ++at(id).failure;
  }
}

void job_book::lost(const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const failed_on_purpose& f) {
    ++at(f.id).lost;
  } catch (const not_made&) {
    ++lost_not_made_;
  } catch (...) {  // neither a cancel nor that a job was dropped is a failure that could be lost
    ++lost_otherwise_;
  }
}

const char* job_book::fault_of(const line& of) noexcept {
  const unsigned told = of.value + of.failure + of.dropped;
  if (of.accepted + of.refused != 1) return "was not accepted or refused once";
  if (of.wrong)
    return "was told what another job gave, came out of order, ran beside one of its key or handler, or was refused "
           "without reason";
  if (told + of.unasked != of.accepted) return "was accepted, and nobody was told of it once";
  if (of.began > 1 || of.began > of.accepted) return "was run twice, or although it was refused";
  if (of.began != of.ended_well + of.threw) return "was begun and has not ended once";
  if (of.value && !of.ended_well) return "has a value that its handler has not given";
  if (of.failure && of.ended_well) return "has failed after its handler gave a value";
  if ((of.dropped || of.handed_back) && of.began) return "was dropped, or handed back, and has run";
  if (of.handed_back > 1 || (of.handed_back && of.value + of.failure)) return "was handed back, and told otherwise";
  if (of.lost != (of.unasked && of.of_future ? of.on_purpose.load() : 0))
    return "has thrown, with its future dropped, and on_lost_failure was not told once; or it was, without reason";
  return nullptr;
}

fate job_book::fate_of(const line& of) noexcept {
  if (of.refused) return fate::refused;
  if (of.unasked) return fate::unasked;
  return of.value ? fate::value : of.failure ? fate::failure : fate::dropped;
}

struct job_book::sums {
  std::uint64_t accepted = 0, began = 0, ended_well = 0, threw = 0, dropped = 0;
};

std::string job_book::fault(const braid::pool_stats& pool, tally& into) const {
  sums all;
  for (std::size_t id = 0; id < static_cast<std::size_t>(next_); ++id) {
    const line& one = lines_[id];
    if (const char* const what = fault_of(one))
      return "job " + std::to_string(id) + ", which came by way " + std::to_string(static_cast<int>(one.came)) + ", " +
             what;
    ++into[static_cast<std::size_t>(one.came)][static_cast<std::size_t>(fate_of(one))];
    all.accepted += one.accepted;
    all.began += one.began;
    all.ended_well += one.ended_well;
    all.threw += one.threw;
    all.dropped += one.dropped;
  }
  return fault_of(all, pool);
}

std::string job_book::fault_of(const sums& all, const braid::pool_stats& pool) const {
  const auto say = [](const char* what, std::uint64_t a, std::uint64_t b) {
    return std::string(what) + ": " + std::to_string(a) + " and " + std::to_string(b);
  };
  if (alive_ != 0) return say("job objects are alive", static_cast<std::uint64_t>(alive_), 0);
  if (pool.running + pool.queued + pool.waiting > 0) return "an ended pool counts jobs that run or wait";
  if (pool.succeeded != all.ended_well) return say("succeeded, and ended well", pool.succeeded, all.ended_well);
  if (pool.succeeded != hook_well_) return say("succeeded, and on_job_end without error", pool.succeeded, hook_well_);
  if (pool.failed != hook_failed_) return say("failed, and on_job_end with an error", pool.failed, hook_failed_);
  if (pool.succeeded + pool.failed + pool.dropped != all.accepted)
    return say("counted by the pool, and accepted", pool.succeeded + pool.failed + pool.dropped, all.accepted);
  if (pool.accepted != all.accepted) return say("accepted by its count, and by ours", pool.accepted, all.accepted);
  if (pool.failed != all.threw + not_made_)
    return say("failed, and threw or had no handler", pool.failed, all.threw + not_made_);
  // What no handler began and none could not be made for was dropped, whatever the reason.
  if (pool.dropped != all.accepted - all.began - not_made_)
    return say("dropped, and never started", pool.dropped, all.accepted - all.began - not_made_);
  if (pool.dropped < all.dropped) return say("dropped, and told so", pool.dropped, all.dropped);
  if (lost_otherwise_ > 0) return say("told to on_lost_failure, and no failure", lost_otherwise_, 0);
  if (lost_not_made_ > not_made_) return say("lost, and not made", lost_not_made_, not_made_);
  return {};
}

void job_book::clear() noexcept {
  lines_ = std::make_unique<line[]>(capacity);
  next_ = 0;
  not_made_ = lost_not_made_ = lost_otherwise_ = hook_well_ = hook_failed_ = 0;
}

std::string report(const tally& of) {
  static constexpr const char* names[ways] = {"submit",      "within a time", "under a context", "in a select",
                                              "try_select",  "in a task",     "by a job",        "stream",
                                              "left stream", "ended stream",  "batch",           "attached"};
  char text[120];
  std::snprintf(text, sizeof text, "%-16s%10s%10s%10s%10s%10s\n", "jobs", "value", "failure", "dropped", "unasked",
                "refused");
  std::string all = text;
  for (std::size_t w = 0; w < ways; ++w) {
    std::snprintf(text, sizeof text, "%-16s", names[w]);
    all += text;
    for (const std::uint64_t n : of[w]) {
      std::snprintf(text, sizeof text, "%10llu", static_cast<unsigned long long>(n));
      all += text;
    }
    all += '\n';
  }
  return all;
}

}  // namespace pool_accounting
