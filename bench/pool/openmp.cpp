// OpenMP tasks of libgomp in a region of two threads. The thread that submits is one of the two; once 64 tasks for each
// thread wait, libgomp runs the next ones at once in the submitter. OpenMP has no futures.
#include <omp.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/pool/batches.hpp"
#include "bench/pool/shapes.hpp"

namespace {

struct openmp_crew {
  template<class F>
  void submit(F f) {
#pragma omp task default(none) firstprivate(f)
    f();
  }
  void wait() {
#pragma omp taskwait
  }
};

struct openmp_peer {
  template<class Body>
  static void run(Body body) {
#pragma omp parallel num_threads(2) default(none) shared(body)
#pragma omp single
    {
      openmp_crew crew;
      body(crew);
    }
  }
  template<class F, class G>
  static auto both(F f, G g) {
    std::uint64_t of_f = 0;
#pragma omp task default(none) shared(of_f) firstprivate(f)
    of_f = f();
    const std::uint64_t of_g = g();
#pragma omp taskwait
    return std::pair(of_f, of_g);
  }
};

// A loop, which is what OpenMP has for a batch; nothing comes out of it before its end, so no stream.
struct openmp_batches {
  std::vector<std::uint64_t> run(const std::vector<std::uint64_t>& batch) {
    std::vector<std::uint64_t> values(batch.size());
#pragma omp parallel for num_threads(2) schedule(dynamic) default(none) shared(values, batch)
    for (std::size_t i = 0; i < batch.size(); ++i) values[i] = bench::unchanged(batch[i]);
    return values;
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<bench::timed_case> cases = bench::pool_cases<openmp_peer>();
  cases.push_back(bench::fib_case<openmp_peer>());
  cases.push_back(bench::run_case<openmp_batches>());
  return bench::answer(argc, argv, "libgomp, OpenMP " + std::to_string(_OPENMP) + ", g++ " __VERSION__, cases);
}
