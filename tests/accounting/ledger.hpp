// The ledger of one episode: what became of every value. Each id ends in exactly one column, or the test fails.
//
// Invariants
// 1. A value is born with a fresh id. Moving hands the id on, so at most one living object has it.
// 2. settle() takes the id out of the value and books one fate. A value destroyed with its id is booked `destroyed`.
// 3. At the end of an episode each id has exactly one fate, and no value with an id is alive.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace accounting {

enum class fate : std::uint8_t { received, kept, returned, dropped, destroyed };
inline constexpr std::size_t fates = 5;

class ledger;

/// A value: a unique id, move only. Says whether its send was a case of a select.
class tracked {
 public:
  tracked(tracked&& other) noexcept
      : book_(std::exchange(other.book_, nullptr)), id_(other.id_), by_select_(other.by_select_) {}
  tracked& operator=(tracked&& other) noexcept {
    tracked old(std::move(*this));
    book_ = std::exchange(other.book_, nullptr);
    id_ = other.id_;
    by_select_ = other.by_select_;
    return *this;
  }
  ~tracked();

  bool by_select() const noexcept { return by_select_; }
  /// Some rank, for channels by priority.
  int rank() const noexcept { return static_cast<int>(id_ % 4); }
  bool alive() const noexcept { return book_ != nullptr; }
  /// Books what became of it.
  void settle(fate f) noexcept;

 private:
  friend class ledger;
  tracked(ledger& book, std::uint32_t id, bool by_select) noexcept : book_(&book), id_(id), by_select_(by_select) {}
  ledger* book_;
  std::uint32_t id_;
  bool by_select_;
};

class ledger {
 public:
  static constexpr std::uint32_t capacity = 8192;

  tracked make(bool by_select) noexcept {
    ++live_;
    return tracked(*this, next_++, by_select);
  }
  bool has_room() const noexcept { return next_ < capacity - 512; }

  void book(std::uint32_t id, fate f) noexcept {
    --live_;
    ++fates_[id][static_cast<std::size_t>(f)];
  }
  /// Empty if all is well; else the first fault. Counts the fates into `sums`.
  std::string fault(std::array<std::uint64_t, fates>& sums) const;
  /// For the next episode, once nobody uses it.
  void clear() noexcept;

 private:
  std::atomic<std::uint32_t> next_{0};
  std::atomic<std::int64_t> live_{0};
  std::unique_ptr<std::array<std::atomic<std::uint8_t>, fates>[]> fates_ =
      std::make_unique<std::array<std::atomic<std::uint8_t>, fates>[]>(capacity);
};

inline void tracked::settle(fate f) noexcept {
  if (ledger* const book = std::exchange(book_, nullptr)) book->book(id_, f);
}
inline tracked::~tracked() {
  settle(fate::destroyed);
}

}  // namespace accounting
