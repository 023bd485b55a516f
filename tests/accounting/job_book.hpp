// The book of one episode of a pool: what became of every job. A line for each, written by whoever is told.
//
// Invariants, at the end of an episode
// 1. Each job was refused, and was still its owner's, or accepted; never both.
// 2. An accepted job has one outcome: a value, a failure, or that it was dropped. It was told once, or nobody was left
//    to be told: the future was dropped, or the stream left. Of a future that was dropped the failure was told to
//    on_lost_failure, once.
// 3. A handler began it at most once. One that was dropped never; one with a value ended well.
// 4. The pool's counts, and those of its on_job_end, are the sums of the lines.
// 5. No job object is alive.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "braid/base/random.hpp"
#include "braid/pool/pool_options.hpp"

namespace pool_accounting {

/// How a job came to the pool.
enum class way : std::uint8_t {
  submit,
  in_time,
  under_context,
  by_select,
  at_once,
  in_task,
  by_job,
  stream,
  left_stream,
  ended_stream,
  batch,
  attached
};
inline constexpr std::size_t ways = 12;
/// What its handler does.
enum class deed : std::uint8_t { value, yields, fails, waits, asks_child, forgets_child, stops };

enum class fate : std::uint8_t { value, failure, dropped, unasked, refused };
inline constexpr std::size_t fates = 5;
using tally = std::array<std::array<std::uint64_t, fates>, ways>;
std::string report(const tally& of);

struct failed_on_purpose : std::runtime_error {
  explicit failed_on_purpose(int job) : std::runtime_error("on purpose"), id(job) {}
  const int id;
};
struct not_made : std::runtime_error {
  not_made() : std::runtime_error("no handler this time") {}
};

class job_book;

/// A number, moved only.
class job {
 public:
  job(job&& other) noexcept : id(other.id), does(other.does), book_(std::exchange(other.book_, nullptr)) {}
  job& operator=(job&& other) noexcept {
    job old(std::move(*this));
    id = other.id, does = other.does;
    book_ = std::exchange(other.book_, nullptr);
    return *this;
  }
  ~job();

  int id;
  deed does;

 private:
  friend class job_book;
  job(job_book& book, int number, deed d) noexcept : id(number), does(d), book_(&book) {}
  job_book* book_;
};

/// Any thread.
class job_book {
 public:
  static constexpr int capacity = 1 << 13;

  job make(way came, deed does) noexcept {
    const int id = next_++;
    lines_[static_cast<std::size_t>(id)].came = came;
    ++alive_;
    return {*this, id, does};
  }
  bool has_room() const noexcept { return next_ < capacity / 2; }

  // --- by whoever offers it, or takes what the pool has for it ---
  void accepted(int id) noexcept { ++at(id).accepted; }
  void refused(int id) noexcept { ++at(id).refused; }
  void told_value(int id, int value) noexcept { ++(value == id ? at(id).value : at(id).wrong); }
  void told(int id, const std::exception_ptr& thrown) noexcept;
  void unasked(int id, bool of_future) noexcept { ++at(id).unasked, at(id).of_future = of_future; }
  void handed_back(int id) noexcept { ++at(id).handed_back; }
  void lost(const std::exception_ptr& thrown) noexcept;

  // --- by the pool's handlers and hooks ---
  void began(int id) noexcept { ++at(id).began; }
  void ended(int id, bool well, bool on_purpose = false) noexcept {
    ++(well ? at(id).ended_well : at(id).threw);
    if (on_purpose) ++at(id).on_purpose;
  }
  not_made handler_not_made() {
    ++not_made_;
    return {};
  }
  void went_wrong(int id) noexcept { ++at(id).wrong; }
  void job_end(bool well) noexcept { ++(well ? hook_well_ : hook_failed_); }

  /// Empty if all is well; else the first fault. Adds to the sums.
  std::string fault(const braid::pool_stats& pool, tally& sums) const;
  void clear() noexcept;

 private:
  friend class job;
  struct line {
    way came = way::submit;
    bool of_future = false;
    using count = std::atomic<std::uint8_t>;
    count accepted{0}, refused{0}, began{0}, ended_well{0}, threw{0}, on_purpose{0};
    count value{0}, failure{0}, dropped{0}, unasked{0}, wrong{0}, lost{0}, handed_back{0};
  };
  line& at(int id) noexcept { return lines_[static_cast<std::size_t>(id)]; }
  static const char* fault_of(const line& of) noexcept;
  static fate fate_of(const line& of) noexcept;
  struct sums;
  std::string fault_of(const sums& all, const braid::pool_stats& pool) const;

  std::atomic<int> next_{0}, alive_{0};
  std::atomic<std::uint64_t> not_made_{0}, lost_not_made_{0}, lost_otherwise_{0}, hook_well_{0}, hook_failed_{0};
  std::unique_ptr<line[]> lines_ = std::make_unique<line[]>(capacity);
};

inline job::~job() {
  if (book_) --book_->alive_;
}

}  // namespace pool_accounting
