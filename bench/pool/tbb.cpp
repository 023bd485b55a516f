// oneTBB's task_group in an arena of two threads. The thread that submits stands in the arena: it is one of the two,
// and runs tasks itself while it waits.
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <oneapi/tbb/version.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <utility>
#include <vector>

#include "bench/pool/batches.hpp"
#include "bench/pool/shapes.hpp"

namespace {

// The group has no results: a promise in the task carries them. Whoever finds one missing waits for the group, since
// that is the wait in which oneTBB helps.
template<class F, class R>
struct promised_call {
  F f;
  mutable std::promise<R> value;  // the group calls its functions as const
  void operator()() const { value.set_value(f()); }
};

template<class R>
class tbb_future {
 public:
  tbb_future(tbb::task_group& group, std::future<R> value) : group_(&group), value_(std::move(value)) {}
  R get() {
    if (value_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) group_->wait();
    return value_.get();
  }

 private:
  tbb::task_group* group_;
  std::future<R> value_;
};

class tbb_crew {
 public:
  template<class F>
  void submit(F f) {
    group_.run(std::move(f));
  }
  template<class F>
  auto async(F f) {
    promised_call<F, decltype(f())> call{std::move(f), {}};
    tbb_future made(group_, call.value.get_future());
    group_.run(std::move(call));
    return made;
  }
  void wait() { group_.wait(); }

 private:
  tbb::task_group group_;
};

struct tbb_peer {
  template<class Body>
  static void run(Body body) {
    static tbb::task_arena arena(2);
    arena.execute([&] {
      tbb_crew crew;
      body(crew);
    });
  }
  template<class F, class G>
  static auto both(F f, G g) {
    std::uint64_t of_f = 0;
    tbb::task_group group;
    group.run([&] { of_f = f(); });
    const std::uint64_t of_g = g();
    group.wait();
    return std::pair(of_f, of_g);
  }
};

// A pool that stays: the arena. Its stream is tasks that push on oneTBB's queue.
class tbb_batches {
 public:
  std::vector<std::uint64_t> run(const std::vector<std::uint64_t>& batch) {
    std::vector<std::uint64_t> values(batch.size());
    arena_.execute([&] {
      tbb::parallel_for(std::size_t{0}, batch.size(), [&](std::size_t i) { values[i] = bench::unchanged(batch[i]); });
    });
    return values;
  }
  template<class Take>
  void stream(const std::vector<std::uint64_t>& batch, Take take) {
    for (const std::uint64_t value : batch) arena_.enqueue([this, value] { ready_.push(bench::unchanged(value)); });
    for (std::size_t taken = 0; taken < batch.size(); ++taken) {
      std::uint64_t value = 0;
      ready_.pop(value);
      take(value);
    }
  }

 private:
  tbb::concurrent_bounded_queue<std::uint64_t> ready_;
  tbb::task_arena arena_{2};
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::timed_case> cases = bench::pool_cases<tbb_peer>();
  cases.push_back(bench::future_case<tbb_peer>());
  cases.push_back(bench::fib_case<tbb_peer>());
  cases.push_back(bench::run_case<tbb_batches>());
  cases.push_back(bench::stream_case<tbb_batches>());
  return bench::answer(argc, argv, "oneTBB " TBB_VERSION_STRING, cases);
}
