// One that gives a pool jobs, in every way there is, and asks what became of them, or not.
#pragma once

#include <deque>
#include <utility>

#include "pool_scene.hpp"

namespace pool_accounting {

class client {
 public:
  client(scene& on, std::uint64_t seed) : scene_(on), random_(seed) {}

  /// On a thread.
  void work(int turns);
  static braid::task<> work_in_task(client* self, int turns);

 private:
  using result = braid::job_result<job, int>;

  bool is_enough() const noexcept { return closed_turns_ > 3 || !scene_.book.has_room(); }
  void turn();
  void submit(way how);
  void keep_or_ask(braid::future<int> future, int id);
  void wait_for(braid::future<int>& future, int id);
  void settle_kept();
  braid::stream<job> some_jobs(way how);
  void note(const result& one);
  void drive(way how, braid::stream<result> results);
  void run_stream(way how);
  void run_batch();
  void attach();
  /// Those of ids_ that nobody was told of have no one to ask.
  void settle_ids();

  scene& scene_;
  braid::random_engine random_;
  int closed_turns_ = 0;
  std::deque<std::pair<int, braid::future<int>>> kept_;
  std::vector<std::pair<int, bool>> ids_;  ///< Of the stream that runs, and who was told of.
  int last_told_ = -1;
  bool in_order_ = false;
};

}  // namespace pool_accounting
