// Boost.Fiber's channels. MODE 1: every fiber on one thread. MODE 2: two threads that steal fibers from each other, but
// pp has one fiber on each thread, so that it measures the way between threads. No select.
#include <boost/fiber/algo/work_stealing.hpp>
#include <boost/fiber/buffered_channel.hpp>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/unbuffered_channel.hpp>
#include <boost/version.hpp>
#include <cstdint>
#include <latch>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/channel/shapes.hpp"

namespace {

using boost::fibers::channel_op_status;
using unbuffered = boost::fibers::unbuffered_channel<std::uint64_t>;
using buffered = boost::fibers::buffered_channel<std::uint64_t>;

template<class Queue>
class fiber_channel {
 public:
  template<class... Capacity>
  explicit fiber_channel(Capacity... capacity) : queue_(capacity...) {}
  void send(std::uint64_t value) { queue_.push(value); }
  std::optional<std::uint64_t> recv() {
    std::uint64_t value = 0;
    if (queue_.pop(value) == channel_op_status::success) return value;
    return std::nullopt;
  }
  void close() { queue_.close(); }

 private:
  Queue queue_;
};

// Two classes in Boost, one in the shapes: the branch is predicted and costs nothing beside a push.
class either_channel {
 public:
  explicit either_channel(std::size_t capacity) {
    if (capacity == 0) {
      rendezvous_.emplace();
    } else {
      bounded_.emplace(capacity);
    }
  }
  void send(std::uint64_t value) { rendezvous_ ? rendezvous_->send(value) : bounded_->send(value); }
  std::optional<std::uint64_t> recv() { return rendezvous_ ? rendezvous_->recv() : bounded_->recv(); }
  void close() { rendezvous_ ? rendezvous_->close() : bounded_->close(); }

 private:
  std::optional<fiber_channel<unbuffered>> rendezvous_;
  std::optional<fiber_channel<buffered>> bounded_;
};

class fiber_crew {
 public:
  template<class F>
  void start(F&& f) {
    fibers_.emplace_back(std::forward<F>(f));
  }
  void join() {
    for (boost::fibers::fiber& fiber : fibers_) fiber.join();
    fibers_.clear();
  }

 private:
  std::vector<boost::fibers::fiber> fibers_;
};

struct fiber_peer {
  using channel = either_channel;
  using crew = fiber_crew;
};

struct fiber_on_each_thread {
  using channel = either_channel;
  using crew = bench::thread_crew;
};

// A second scheduler thread that steals from the first for as long as this lives.
class second_worker {
 public:
  second_worker() : thread_([this] { steal_until_told(); }) {
    boost::fibers::use_scheduling_algorithm<boost::fibers::algo::work_stealing>(2U);
    both_registered_.arrive_and_wait();
  }
  ~second_worker() {
    {
      const std::lock_guard<boost::fibers::mutex> lock(mutex_);
      leaving_ = true;
    }
    leave_.notify_all();
    thread_.join();
  }

 private:
  void steal_until_told() {
    boost::fibers::use_scheduling_algorithm<boost::fibers::algo::work_stealing>(2U);
    both_registered_.arrive_and_wait();
    std::unique_lock<boost::fibers::mutex> lock(mutex_);
    leave_.wait(lock, [this] { return leaving_; });
  }

  // The algorithm steals from every scheduler of the count that it was given, registered or not: wait for both.
  std::latch both_registered_{2};
  boost::fibers::mutex mutex_;
  boost::fibers::condition_variable leave_;
  bool leaving_ = false;
  std::thread thread_;
};

std::vector<bench::timed_case> cases_on_two_threads() {
  std::vector<bench::timed_case> cases = bench::channel_cases<fiber_peer>();
  for (bench::timed_case& one : cases) {
    if (one.name == "pp") one.run = bench::ping_pong<fiber_on_each_thread>;
  }
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view about = "Boost.Fiber " BOOST_LIB_VERSION;
  const std::string_view mode = argc > 1 ? argv[1] : "1";
  if (mode == "1") return bench::answer(argc, argv, about, bench::channel_cases<fiber_peer>());
  if (argc > 2 && std::string_view(argv[2]) == "pp") return bench::answer(argc, argv, about, cases_on_two_threads());
  second_worker stealing;
  return bench::answer(argc, argv, about, cases_on_two_threads());
}
