// braid's worker_pool with two workers: its submit, its futures and its batches. A pool that was drained is spent, so
// each run has its own, as Asio's has. The jobs of submit and future are std::functions, since a pool has one handler.
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "bench/pool/batches.hpp"
#include "bench/pool/shapes.hpp"
#include "braid/pool/worker_pool.hpp"

namespace {

// Room for every job of a case: the other peers have no bound.
const braid::pool_options endless{.queue = 2'000'000};

class worker_pool_crew {
 public:
  template<class F>
  void submit(F f) {
    plain_.post(std::move(f));
  }
  template<class F>
  braid::future<std::uint64_t> async(F f) {
    return giving_.submit(std::move(f)).get();
  }
  void wait() {
    plain_.drain().get();
    giving_.drain().get();
  }

 private:
  using plain_job = std::function<void()>;
  using giving_job = std::function<std::uint64_t()>;
  braid::worker_pool<plain_job, void> plain_{2, [](const plain_job& job) { job(); }, endless};
  braid::worker_pool<giving_job, std::uint64_t> giving_{2, [](const giving_job& job) { return job(); }, endless};
};

struct worker_pool_peer {
  template<class Body>
  static void run(Body body) {
    worker_pool_crew crew;
    body(crew);
  }
};

// A pool that stays for all batches.
class batch_pool {
 public:
  std::vector<std::uint64_t> run(const std::vector<std::uint64_t>& batch) { return pool_.run(batch); }
  template<class Take>
  void stream(const std::vector<std::uint64_t>& batch, Take take) {
    for (const auto& one : pool_.stream(batch)) take(*one.outcome);
  }

 private:
  braid::worker_pool<std::uint64_t, std::uint64_t> pool_{2, bench::unchanged};
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::timed_case> cases = bench::pool_cases<worker_pool_peer>();
  cases.push_back(bench::future_case<worker_pool_peer>());
  cases.push_back(bench::run_case<batch_pool>());
  cases.push_back(bench::stream_case<batch_pool>());
  return bench::answer(argc, argv, "braid " BRAID_VERSION, cases);
}
