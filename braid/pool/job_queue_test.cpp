#include "braid/pool/job_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <vector>

namespace {

using braid::detail::job_queue;
using braid::detail::pool_job;
using braid::detail::stream_jobs;

struct queued_job final : pool_job {
  explicit queued_job(int name_of_job, bool is_submitted = true, std::int64_t rank = 0, std::size_t key_of_job = 0)
      : pool_job(is_submitted), name(name_of_job), key(key_of_job) {
    make_extra(rank, key_of_job);
  }
  void ended(braid::detail::wake_chain&) noexcept override {}
  const int name;
  const std::size_t key;
};

int name_of(const pool_job* job) {
  return job ? static_cast<const queued_job*>(job)->name : -1;
}
/// The names of all jobs in their turns, each of which ends before the next.
std::vector<int> turns(job_queue& queue) {
  std::vector<int> all;
  while (pool_job* const job = queue.pop()) {
    all.push_back(name_of(job));
    queue.end_turn(*job);
  }
  return all;
}
std::vector<int> names_of(job_queue::job_list& list) {
  std::vector<int> all;
  while (pool_job* const job = list.pop_front()) all.push_back(name_of(job));
  return all;
}
/// Jobs 0, 1, 2 ..., pushed.
void push_all(job_queue& queue, std::deque<queued_job>& jobs, int count) {
  for (int i = 0; i < count; ++i) queue.push(jobs.emplace_back(i));
}

TEST(job_queue, submitted_jobs_come_first_come_first_served) {
  job_queue queue({});
  std::deque<queued_job> jobs;
  EXPECT_TRUE(queue.empty());
  push_all(queue, jobs, 3);
  EXPECT_EQ(queue.submitted(), 3u);
  EXPECT_EQ(turns(queue), (std::vector{0, 1, 2}));
  EXPECT_EQ(queue.submitted(), 0u);
  EXPECT_TRUE(queue.empty());
}

TEST(job_queue, streams_take_turns_with_each_other_and_with_submitted_jobs) {
  job_queue queue({});
  stream_jobs one, two;
  std::deque<queued_job> jobs;
  for (int i = 0; i < 3; ++i) queue.push(one, jobs.emplace_back(10 + i, false));
  for (int i = 0; i < 2; ++i) queue.push(two, jobs.emplace_back(20 + i, false));
  queue.push(jobs.emplace_back(1));
  EXPECT_EQ(queue.submitted(), 1u);
  EXPECT_EQ(turns(queue), (std::vector{10, 20, 1, 11, 21, 12}));
}

TEST(job_queue, a_greater_rank_comes_first_and_the_oldest_is_passed_over_so_often_only) {
  job_queue queue({.by_rank = true, .most_passes = 2});
  std::deque<queued_job> jobs;
  queue.push(jobs.emplace_back(0, true, 0));
  for (int i = 1; i <= 4; ++i) queue.push(jobs.emplace_back(i, true, 5));
  EXPECT_EQ(turns(queue), (std::vector{1, 2, 0, 3, 4}));
}

TEST(job_queue, a_job_waits_for_the_turn_of_its_key) {
  job_queue queue({.by_key = true});
  std::deque<queued_job> jobs;
  for (int i = 0; i < 4; ++i) queue.push(jobs.emplace_back(i, true, 0, i == 3 ? 8 : 7));
  pool_job* const first = queue.pop();
  EXPECT_EQ(name_of(first), 0);
  EXPECT_EQ(name_of(queue.pop()), 3) << "1 and 2 have the key of 0";
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_EQ(queue.submitted(), 2u);
  queue.end_turn(*first);
  pool_job* const second = queue.pop();
  EXPECT_EQ(name_of(second), 1);
  EXPECT_EQ(queue.pop(), nullptr);
  queue.end_turn(*second);
  EXPECT_EQ(turns(queue), std::vector{2});
}

TEST(job_queue, a_preferred_job_goes_before_the_others) {
  job_queue queue({});
  std::deque<queued_job> jobs;
  push_all(queue, jobs, 4);
  queue.prefer(jobs[2]);
  queue.prefer(jobs[2]);  // nothing changes
  EXPECT_EQ(turns(queue), (std::vector{2, 0, 1, 3}));
  queue.prefer(jobs[2]);
  EXPECT_TRUE(queue.empty());
}

TEST(job_queue, a_preferred_job_goes_after_those_of_its_key_that_are_ahead_of_it) {
  job_queue queue({.by_key = true});
  std::deque<queued_job> jobs;
  for (int i = 0; i < 5; ++i) queue.push(jobs.emplace_back(i, true, 0, i % 2));
  queue.prefer(jobs[4]);
  EXPECT_EQ(turns(queue), (std::vector{0, 2, 4, 1, 3}));
}

TEST(job_queue, the_jobs_of_a_preferred_stream_go_first_until_it_is_preferred_no_more) {
  job_queue queue({});
  stream_jobs wanted;
  std::deque<queued_job> jobs;
  queue.push(jobs.emplace_back(0));
  for (int i = 1; i <= 4; ++i) queue.push(wanted, jobs.emplace_back(i, false));
  queue.push(jobs.emplace_back(5));
  queue.prefer(wanted);
  EXPECT_EQ(name_of(queue.pop()), 1);
  EXPECT_EQ(name_of(queue.pop()), 2);
  queue.stop_preferring(wanted);
  EXPECT_EQ(turns(queue), (std::vector{3, 0, 5, 4})) << "3 was sent to the front already";
}

TEST(job_queue, a_stream_stands_alone_while_no_other_job_waits) {
  job_queue queue({});
  stream_jobs stream;
  std::deque<queued_job> jobs;
  EXPECT_FALSE(queue.stands_alone(stream)) << "it has no job";
  queue.push(stream, jobs.emplace_back(0, false));
  queue.push(stream, jobs.emplace_back(1, false));
  EXPECT_TRUE(queue.stands_alone(stream));
  queue.push(jobs.emplace_back(2));
  EXPECT_FALSE(queue.stands_alone(stream));
  EXPECT_TRUE(queue.withdraw(jobs[2]));
  EXPECT_TRUE(queue.stands_alone(stream));
  queue.prefer(stream);
  EXPECT_FALSE(queue.stands_alone(stream)) << "its head has gone first";
  EXPECT_EQ(turns(queue), (std::vector{0, 1}));
}

TEST(job_queue, by_rank_a_stream_stands_alone_too_and_by_key_never) {
  for (const bool by_key : {false, true}) {
    job_queue queue({.by_key = by_key, .by_rank = !by_key});
    stream_jobs stream;
    std::deque<queued_job> jobs;
    queue.push(stream, jobs.emplace_back(0, false));
    EXPECT_EQ(queue.stands_alone(stream), !by_key);
    EXPECT_EQ(turns(queue), std::vector{0});
  }
}

TEST(job_queue, a_job_is_withdrawn_from_wherever_it_is_but_not_from_a_worker) {
  job_queue queue({.by_key = true});
  stream_jobs stream;
  std::deque<queued_job> jobs;
  for (int i = 0; i < 4; ++i) queue.push(jobs.emplace_back(i, true, 0, 7));
  for (int i = 4; i < 7; ++i) queue.push(stream, jobs.emplace_back(i, false, 0, 10 + static_cast<std::size_t>(i)));
  pool_job* const running = queue.pop();
  EXPECT_FALSE(queue.withdraw(*running));
  EXPECT_EQ(name_of(queue.pop()), 4);     // 1, 2 and 3 are behind 0 now
  EXPECT_TRUE(queue.withdraw(jobs[2]));   // behind
  EXPECT_TRUE(queue.withdraw(jobs[6]));   // in its stream, behind the head
  EXPECT_TRUE(queue.withdraw(jobs[5]));   // the head
  EXPECT_FALSE(queue.withdraw(jobs[5]));  // outside
  queue.end_turn(*running);
  EXPECT_TRUE(queue.withdraw(jobs[1]));  // it has the turn, which it passes on
  EXPECT_EQ(queue.submitted(), 1u);
  EXPECT_EQ(turns(queue), std::vector{3});
}

TEST(job_queue, all_are_withdrawn_those_behind_a_key_first_and_the_jobs_of_a_stream_together) {
  job_queue queue({.by_key = true});
  stream_jobs stream;
  std::deque<queued_job> jobs;
  queue.push(jobs.emplace_back(0, true, 0, 7));
  queue.push(stream, jobs.emplace_back(1, false, 0, 1));
  queue.push(jobs.emplace_back(2, true, 0, 7));
  queue.push(jobs.emplace_back(3, true, 0, 9));
  queue.push(stream, jobs.emplace_back(4, false, 0, 2));
  pool_job* const running = queue.pop();
  queue.prefer(jobs[2]);  // goes behind 0
  job_queue::job_list all;
  queue.withdraw_all(all);
  EXPECT_EQ(names_of(all), (std::vector{2, 1, 4, 3}));
  EXPECT_EQ(queue.submitted(), 0u);
  queue.end_turn(*running);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.pop(), nullptr);
}

TEST(job_queue, preferred_jobs_are_withdrawn_with_the_others) {
  job_queue queue({});
  stream_jobs stream;
  std::deque<queued_job> jobs;
  queue.push(jobs.emplace_back(0));
  for (int i = 1; i <= 3; ++i) queue.push(stream, jobs.emplace_back(i, false));
  queue.prefer(stream);
  job_queue::job_list all;
  queue.withdraw_all(all);
  EXPECT_EQ(names_of(all), (std::vector{1, 2, 3, 0}));
  queue.push(stream, jobs.emplace_back(4, false));
  EXPECT_EQ(turns(queue), std::vector{4}) << "the stream may go on";
}

TEST(job_queue, a_job_that_has_its_keys_turn_is_withdrawn_with_those_behind_it) {
  job_queue queue({.by_key = true});
  std::deque<queued_job> jobs;
  for (int i = 0; i < 3; ++i) queue.push(jobs.emplace_back(i, true, 0, 7));
  pool_job* const running = queue.pop();
  EXPECT_EQ(queue.pop(), nullptr);  // 1 and 2 are behind 0
  queue.end_turn(*running);         // 1 has the turn
  job_queue::job_list all;
  queue.withdraw_all(all);
  EXPECT_EQ(names_of(all), (std::vector{1, 2}));
  queue.push(jobs.emplace_back(3, true, 0, 7));
  EXPECT_EQ(turns(queue), std::vector{3}) << "the key is free";
}

TEST(job_queue, the_oldest_submitted_job_is_known_where_that_was_asked_for) {
  job_queue queue({.gives_up_its_oldest = true});
  std::deque<queued_job> jobs;
  EXPECT_EQ(queue.oldest_submitted(), nullptr);
  push_all(queue, jobs, 3);
  static_cast<void>(queue.pop());
  EXPECT_EQ(name_of(queue.oldest_submitted()), 1);
  EXPECT_TRUE(queue.withdraw(jobs[1]));
  EXPECT_EQ(name_of(queue.oldest_submitted()), 2);
  turns(queue);
  EXPECT_EQ(queue.oldest_submitted(), nullptr);
}

/// Random steps on a queue and on a plain list of what it must hold.
class random_steps {
 public:
  random_steps(std::uint64_t seed, const job_queue::settings& as) : random_(seed), queue_(as), as_(as) {}

  void run() {
    for (int i = 0; i < 400; ++i) step();
    if (below(2) == 0) withdraw_all();
    while (!running_.empty()) end_one();
    while (pop()) end_one();
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(queue_.submitted(), 0u);
    EXPECT_TRUE(std::ranges::all_of(outcomes_, [](int times) { return times == 1; }));
  }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  queued_job& any() { return jobs_[below(jobs_.size())]; }

  void step() {
    switch (below(9)) {
      case 0:
      case 1:
      case 2: {
        const auto rank = static_cast<std::int64_t>(below(3));
        queued_job& job = jobs_.emplace_back(static_cast<int>(jobs_.size()), true, rank, below(3));
        outcomes_.push_back(0);
        submitted_.push_back(&job);
        return queue_.push(job);
      }
      case 3: {
        queued_job& job = jobs_.emplace_back(static_cast<int>(jobs_.size()), false, 0, below(3));
        outcomes_.push_back(0);
        const std::size_t stream = below(2);
        of_streams_[stream].push_back(&job);
        return queue_.push(streams_[stream], job);
      }
      case 4:
      case 5:
        return static_cast<void>(pop());
      case 6:
        return end_one();
      case 7:
        if (!jobs_.empty() && below(2) == 0) return withdraw(any());
        return queue_.stop_preferring(streams_[below(2)]);
      default:
        if (below(4) == 0) return queue_.prefer(streams_[below(2)]);
        if (!submitted_.empty()) queue_.prefer(*submitted_[below(submitted_.size())]);
    }
  }
  bool pop() {
    auto* const job = static_cast<queued_job*>(queue_.pop());
    if (!job) return false;
    const auto has_key_of_job = [&](const queued_job* one) { return one->key == job->key; };
    EXPECT_FALSE(as_.by_key && std::ranges::any_of(running_, has_key_of_job));
    for (std::vector<queued_job*>& stream : of_streams_)
      if (std::ranges::count(stream, job) == 1) expect_first(stream, *job);
    running_.push_back(job);
    std::erase(submitted_, job);
    look_at_submitted();
    return true;
  }
  /// The job is the first of its stream; by key, of those with its key.
  void expect_first(std::vector<queued_job*>& stream, const queued_job& job) {
    const auto first =
        std::ranges::find_if(stream, [&](const queued_job* one) { return !as_.by_key || one->key == job.key; });
    EXPECT_EQ(*first, &job);
    std::erase(stream, &job);
  }
  void look_at_submitted() {
    EXPECT_EQ(queue_.submitted(), submitted_.size());
    if (!as_.gives_up_its_oldest) return;
    EXPECT_EQ(queue_.oldest_submitted(), submitted_.empty() ? nullptr : submitted_.front());
  }
  void withdraw_all() {
    job_queue::job_list all;
    queue_.withdraw_all(all);
    while (pool_job* const job = all.pop_front()) ++outcomes_[static_cast<std::size_t>(name_of(job))];
    submitted_.clear();
    for (std::vector<queued_job*>& stream : of_streams_) stream.clear();
    look_at_submitted();
    EXPECT_TRUE(queue_.empty());
  }
  void end_one() {
    if (running_.empty()) return;
    const auto one = running_.begin() + static_cast<std::ptrdiff_t>(below(running_.size()));
    ++outcomes_[static_cast<std::size_t>((*one)->name)];
    queue_.end_turn(**one);
    running_.erase(one);
  }
  void withdraw(queued_job& job) {
    const bool is_over = outcomes_[static_cast<std::size_t>(job.name)] == 1;
    const bool is_running = std::ranges::count(running_, &job) == 1;
    EXPECT_EQ(queue_.withdraw(job), !is_over && !is_running);
    if (is_over || is_running) return;
    ++outcomes_[static_cast<std::size_t>(job.name)];
    std::erase(submitted_, &job);
    for (std::vector<queued_job*>& stream : of_streams_) std::erase(stream, &job);
    look_at_submitted();
  }

  std::mt19937_64 random_;
  job_queue queue_;
  const job_queue::settings as_;
  stream_jobs streams_[2];
  std::deque<queued_job> jobs_;
  std::vector<int> outcomes_;
  std::vector<queued_job*> submitted_, running_;  ///< Submitted and not taken, oldest first.
  std::vector<queued_job*> of_streams_[2];        ///< The same of each stream.
};

TEST(job_queue, whatever_the_steps_each_job_comes_out_once_streams_in_order_and_a_key_has_one_turn) {
  for (const job_queue::settings& as :
       {job_queue::settings{}, {.by_key = true}, {.by_rank = true, .most_passes = 3}, {.gives_up_its_oldest = true}})
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", by key " << as.by_key << ", by rank " << as.by_rank);
      random_steps(seed, as).run();
    }
}

}  // namespace
