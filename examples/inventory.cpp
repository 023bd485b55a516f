// An inventory: a pool that lives as long as the program takes stock movements from a channel, books those of one
// product in their order, and answers on another channel, until SIGTERM. What was taken in by then is still booked.
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "braid/braid.hpp"

struct movement {
  int batch;
  std::size_t product;
  int quantity;  // negative: it goes out
};

// One worker at a time has a product, so the levels need no lock.
class inventory {
 public:
  int book(const movement& m) {
    int& level = levels_[m.product];
    if (level + m.quantity < 0) throw std::runtime_error("only " + std::to_string(level) + " left");
    return level += m.quantity;
  }

 private:
  std::array<int, 4> levels_{};
};

// Ten of each product come in, and then four orders of three: the last cannot be met in the first batch.
void send_batches(const braid::sender<movement>& jobs) {
  for (int batch = 1; batch <= 3; ++batch)
    for (const int quantity : {10, -3, -3, -3, -3})
      for (std::size_t product = 0; product < 4; ++product)
        if (!jobs.emplace(batch, product, quantity).get()) return;
  kill(getpid(), SIGTERM);  // as the one who stops the service would
}

void close_at_sigterm(braid::sender<movement> jobs, sigset_t wanted) {
  int signal = 0;
  sigwait(&wanted, &signal);
  jobs.close();  // no more is taken in; what is in the channel is still booked
}

int main() {
  sigset_t sigterm;
  sigemptyset(&sigterm);
  sigaddset(&sigterm, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &sigterm, nullptr);  // in all threads: close_at_sigterm gets it

  inventory stock;
  braid::worker_pool pool(3, braid::by_key(&movement::product), [&](const movement& m) { return stock.book(m); });
  braid::channel<movement> jobs(8);
  braid::channel<braid::job_result<movement, int>> results(8);
  auto feeding = pool.attach(std::move(jobs.rx), std::move(results.tx));
  std::thread closer(close_at_sigterm, jobs.tx, sigterm), client(send_batches, std::move(jobs.tx));

  struct tally {
    int booked = 0, refused = 0;
  };
  std::map<int, tally> batches;
  for (const auto& [job, level] : results.rx) level ? ++batches[job.batch].booked : ++batches[job.batch].refused;

  client.join();
  closer.join();
  const std::size_t answered = feeding.get();
  pool.drain().get();
  for (const auto& [batch, count] : batches)
    std::printf("batch %d: %d booked, %d refused\n", batch, count.booked, count.refused);
  std::printf("after SIGTERM: %zu movements answered, none lost\n", answered);
}
