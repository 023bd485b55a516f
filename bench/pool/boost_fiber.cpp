// Boost.Fiber on one thread, only for what a parked task costs: fibers cannot be submitted from an outside thread, and
// its scheduler takes ready fibers first in, first out, so that a fork-join of plain functions would have every fiber
// of a level alive at once. Stacks are 16 KiB, from malloc: stacks of their own mapping are limited to some 30,000 a
// process.
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <boost/fiber/unbuffered_channel.hpp>
#include <boost/version.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/pool/parking.hpp"

namespace {

class fiber_lot {
 public:
  void park(std::uint64_t n) {
    fibers_.reserve(n);
    for (std::uint64_t i = 1; i <= n; ++i) {
      fibers_.emplace_back(boost::fibers::launch::dispatch, std::allocator_arg, stacks_, [this, i] {
        std::uint64_t value = 0;
        gate_.pop(value);
        released_ += i;
      });
    }
  }
  std::uint64_t release() {
    gate_.close();
    for (boost::fibers::fiber& fiber : fibers_) fiber.join();
    return released_;
  }

 private:
  boost::fibers::fixedsize_stack stacks_{16 * 1024};
  boost::fibers::unbuffered_channel<std::uint64_t> gate_;
  std::vector<boost::fibers::fiber> fibers_;
  std::uint64_t released_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  return bench::answer(argc, argv, "Boost.Fiber " BOOST_LIB_VERSION, bench::parking_cases<fiber_lot>());
}
