// Boost.Asio's thread_pool with two threads: post, and post with use_future. A pool that was joined is spent, so each
// run has its own. A task cannot wait for a task without keeping its thread from others: no fib.
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/version.hpp>
#include <utility>
#include <vector>

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

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::timed_case> cases = bench::pool_cases<asio_peer>();
  cases.push_back(bench::future_case<asio_peer>());
  return bench::answer(argc, argv, "Boost.Asio " BOOST_LIB_VERSION, cases);
}
