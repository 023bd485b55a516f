// Boost.Asio's thread_pool with two threads: post, and post with use_future. A pool that was joined is spent, so each
// run has its own. A task cannot wait for a task without keeping its thread from others: no fib.
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/version.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "bench/pool/batches.hpp"
#include "bench/pool/shapes.hpp"

namespace {

class asio_crew {
 public:
  template<class F>
  void submit(F f) {
    boost::asio::post(pool_, std::move(f));
  }
  template<class F>
  auto async(F f) {
    return boost::asio::post(pool_, boost::asio::use_future(std::move(f)));
  }
  void wait() { pool_.join(); }

 private:
  boost::asio::thread_pool pool_{2};
};

struct asio_peer {
  template<class Body>
  static void run(Body body) {
    asio_crew crew;
    body(crew);
  }
};

// A pool that stays. Asio has no way to wait for some of its work, so the results come through a queue, which is what
// its users write.
class asio_batches {
 public:
  std::vector<std::uint64_t> run(const std::vector<std::uint64_t>& batch) {
    std::vector<std::uint64_t> values(batch.size());
    std::atomic<std::size_t> left = batch.size();
    std::promise<void> all;
    for (std::size_t i = 0; i < batch.size(); ++i)
      boost::asio::post(pool_, [&, i] {
        values[i] = bench::unchanged(batch[i]);
        if (--left == 0) all.set_value();
      });
    all.get_future().wait();
    return values;
  }
  template<class Take>
  void stream(const std::vector<std::uint64_t>& batch, Take take) {
    for (const std::uint64_t value : batch) boost::asio::post(pool_, [this, value] { give(bench::unchanged(value)); });
    for (std::size_t taken = 0; taken < batch.size(); ++taken) take(next());
  }

 private:
  void give(std::uint64_t value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ready_.push_back(value);
    filled_.notify_one();
  }
  std::uint64_t next() {
    std::unique_lock<std::mutex> lock(mutex_);
    filled_.wait(lock, [this] { return !ready_.empty(); });
    const std::uint64_t value = ready_.front();
    ready_.pop_front();
    return value;
  }

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::uint64_t> ready_;
  boost::asio::thread_pool pool_{2};
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::timed_case> cases = bench::pool_cases<asio_peer>();
  cases.push_back(bench::future_case<asio_peer>());
  cases.push_back(bench::run_case<asio_batches>());
  cases.push_back(bench::stream_case<asio_batches>());
  return bench::answer(argc, argv, "Boost.Asio " BOOST_LIB_VERSION, cases);
}
