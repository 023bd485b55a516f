// The pool of one episode, what its handlers do, and what all of an episode's parties share.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "braid/pool/worker_pool.hpp"
#include "job_book.hpp"

namespace pool_accounting {

using pool_type = braid::worker_pool<job, int>;

enum class form : std::uint8_t { plain, coroutine, own, keyed };

class scene {
 public:
  scene(job_book& in, const braid::context& parent, braid::random_engine& random);

  job_book& book;
  std::atomic<std::uint64_t> turns{0};
  std::atomic<bool> is_over{false};       ///< The conductor has ended the pool.
  std::atomic<bool> may_be_ended{false};  ///< Somebody has, or is about to.

  pool_type& pool() noexcept { return *pool_; }
  void pool_goes() noexcept { pool_.reset(); }
  int most_workers() const noexcept { return most_workers_; }
  const std::string& text() const noexcept { return text_; }

  /// One that will be cancelled now and then.
  braid::context some_context(braid::random_engine& random);
  void cancel_one(braid::random_engine& random);
  /// Of a job that came so.
  job make(way came, braid::random_engine& random);
  std::int64_t some_priority(braid::random_engine& random) const noexcept { return ranked_ ? random.below(3) : 0; }
  /// A submit is about to be performed: true if it was accepted, with the future.
  template<class Perform>
  std::optional<braid::future<int>> offer(braid::detail::submit_wait<job, int>& submit, Perform perform);
  /// Of a future that has ended.
  void tell(braid::future<int>& ended, int id);
  /// In a catch: the pool did not take it, and has a reason to say so.
  void check_refusal(int id) noexcept;
  void take_back(const std::vector<job>& handed_back);

 private:
  static constexpr std::size_t contexts = 3;

  std::unique_ptr<pool_type> make_pool(form of, const braid::context& parent, int width, braid::pool_options options);
  int perform(const braid::context& ctx, const job& one);
  static braid::task<int> perform_in_task(scene* self, const braid::context* ctx, int id, deed does);
  bool do_at_once(int id, deed does);
  void wait_as(const braid::context& ctx, deed does);
  static braid::task<> wait_in_task(scene* self, const braid::context* ctx, deed does);
  job make_child();
  void ask_child();
  static braid::task<> ask_child_in_task(scene* self);
  void forget_child();
  void note_end(int id, const std::exception_ptr& thrown) noexcept;

  const form form_;
  const int most_workers_;
  bool ranked_ = false, refuses_when_full_ = false;
  std::string text_;
  std::atomic<unsigned> makes_{0};
  std::array<std::atomic<int>, 3> busy_keys_{};
  std::mutex mutex_;  ///< Covers contexts_.
  std::vector<braid::cancellable> contexts_;
  const braid::context parent_;
  std::unique_ptr<pool_type> pool_;
};

template<class Perform>
std::optional<braid::future<int>> scene::offer(braid::detail::submit_wait<job, int>& submit, Perform perform) {
  const int id = submit.job().id;
  try {
    std::optional<braid::future<int>> future = perform();
    if (future) {
      book.accepted(id);
      return future;
    }
  } catch (...) {
    check_refusal(id);
  }
  if (submit.job().id == id) book.refused(id);
  return std::nullopt;
}

}  // namespace pool_accounting
