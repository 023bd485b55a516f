// braid's pool. MODE 1, 2: so many workers. Tasks come from the main thread, which is no worker; those of park are
// started by a task, as a goroutine starts goroutines.
#include <atomic>
#include <cstdint>
#include <future>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/pool/parking.hpp"
#include "bench/pool/shapes.hpp"
#include "braid/runtime/task.hpp"
#include "braid/runtime/work_stealing_executor.hpp"
#include "braid/sync/channel.hpp"
#include "braid/sync/context.hpp"
#include "braid/sync/fork_join.hpp"
#include "braid/sync/future.hpp"
#include "braid/sync/task_group.hpp"

namespace {

// main's, which outlives all use.
braid::executor* workers = nullptr;

braid::context on_workers() {
  return braid::context(braid::environment{workers, nullptr, nullptr});
}

class braid_crew {
 public:
  template<class F>
  void submit(F f) {
    group_.spawn(std::move(f));
  }
  template<class F>
  auto async(F f) {
    return group_.async(std::move(f));
  }
  void wait() { group_.join().get(); }

 private:
  braid::task_group group_{on_workers()};
};

struct braid_peer {
  template<class Body>
  static void run(Body body) {
    braid_crew crew;
    body(crew);
  }
  template<class F, class G>
  static auto both(F f, G g) {
    return braid::fork_join(std::move(f), std::move(g));
  }
};

class braid_lot {
 public:
  void park(std::uint64_t n) {
    expected_ = n;
    group_.spawn([this, n] {
      for (std::uint64_t i = 1; i <= n; ++i) group_.spawn(stay, this, i);
    });
    all_here_.get_future().wait();
  }
  std::uint64_t release() {
    gate_.tx.close();
    group_.join().get();
    return released_;
  }

 private:
  static braid::task<> stay(braid_lot* lot, std::uint64_t number) {
    if (++lot->here_ == lot->expected_) lot->all_here_.set_value();
    auto value = co_await lot->gate_.rx.recv();
    lot->released_ += number + value.value_or(0);
  }

  braid::channel<std::uint64_t> gate_{0};
  std::uint64_t expected_ = 0;
  std::atomic<std::uint64_t> here_ = 0;
  std::atomic<std::uint64_t> released_ = 0;
  std::promise<void> all_here_;
  braid::task_group group_{on_workers()};  // last, so that its tasks end before what they use
};

std::vector<bench::timed_case> cases(bool two_workers) {
  std::vector<bench::timed_case> all = bench::parking_cases<braid_lot>();
  for (bench::timed_case& one : bench::pool_cases<braid_peer>(two_workers)) all.push_back(std::move(one));
  all.push_back(bench::future_case<braid_peer>());
  all.push_back(bench::fib_case<braid_peer>());
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const bool two_workers = argc > 1 && std::string_view(argv[1]) == "2";
  braid::work_stealing_executor pool(two_workers ? 2 : 1);
  workers = &pool;
  return bench::answer(argc, argv, "braid " BRAID_VERSION, cases(two_workers));
}
