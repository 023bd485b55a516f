// A pool that stays: a job, a batch, and the results of another batch as they come.
#include <braid/braid.hpp>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

std::size_t weigh(const std::string& parcel) {
  if (parcel.empty()) throw std::invalid_argument("nothing in it");
  return parcel.size();
}

int main() {
  braid::worker_pool pool(4, weigh, {.queue = 64});

  braid::future<std::size_t> one = pool.async("clock");  // accepted: waits for room in the queue
  std::printf("%zu\n", one.get());

  const std::vector<std::string> batch{"a", "lamp", "piano"};
  for (const std::size_t weight : pool.run(batch)) std::printf("%zu ", weight);  // in order; throws batch_error
  std::printf("\n");

  const std::vector<std::string> doubtful{"chair", ""};
  for (const auto& [parcel, weight] : pool.stream(doubtful, braid::ordered))  // never throws for a job
    std::printf("'%s': %s\n", parcel.c_str(), weight ? "weighed" : weight.error().text.c_str());

  pool.drain().get();  // no more jobs; all have ended
}
