// Values with a greater alignment than the plain operator new gives: everywhere on threads, and up to 64 bytes in
// coroutines, whose frames are aligned to that.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "braid/braid.hpp"

namespace {

using namespace std::chrono_literals;

std::atomic<int> misplaced{0};

/// Notes each object that lies where it may not.
template<std::size_t Alignment>
struct alignas(Alignment) aligned {
  aligned(double x = 0) noexcept {
    for (double& each : parts) each = x;
    look();
  }
  aligned(const aligned& other) noexcept {
    for (std::size_t i = 0; i < count; ++i) parts[i] = other.parts[i];
    look();
  }
  aligned& operator=(const aligned&) = default;
  ~aligned() { look(); }
  void look() const noexcept {
    volatile auto address = reinterpret_cast<std::uintptr_t>(this);  // no compiler takes the alignment for granted
    if (address % Alignment != 0) ++misplaced;
  }
  double sum() const noexcept {
    look();
    double all = 0;
    for (const double each : parts) all += each;
    return all;
  }
  static constexpr std::size_t count = Alignment / sizeof(double);
  double parts[count];
};

template<class T>
class alignment : public testing::Test {
 protected:
  alignment() { misplaced = 0; }
  ~alignment() override { EXPECT_EQ(misplaced, 0); }
};
template<class T>
class alignment_on_threads : public alignment<T> {};
using in_coroutines = testing::Types<aligned<64>>;  // what is right for 64 is right for 32
using on_threads = testing::Types<aligned<64>, aligned<4096>>;
TYPED_TEST_SUITE(alignment, in_coroutines);
TYPED_TEST_SUITE(alignment_on_threads, on_threads);

template<class T>
braid::task<T> twice(T x) {
  char odd = 1;
  T local(x.parts[0] + odd);
  co_await braid::after(1us);
  local.parts[0] += 1;
  for (double& each : local.parts) each = 2 * x.parts[0];
  co_return local;
}
template<class T>
braid::task<double> sum_of(braid::receiver<T> in) {
  double sum = 0;
  while (auto x = co_await in.recv()) sum += x->parts[0];
  co_return sum;
}
template<class T>
braid::task<> send_each(int n, braid::sender<T> out) {
  for (int i = 0; i < n; ++i) {
    const T value(1);
    if (const bool sent = co_await out.send(value); !sent) co_return;
    if (const bool sent = co_await out.emplace(1.0); !sent) co_return;
  }
}
template<class T>
braid::task<double> select_two(braid::receiver<T> a, braid::receiver<T> b) {
  auto first = a.recv();
  auto second = b.recv();
  double sum = 0;
  for (;;) switch (co_await braid::select(first, second)) {
      case 0:
        if (auto v = first.result()) sum += v->parts[0];
        break;
      case 1:
        if (auto v = second.result()) sum += v->parts[0];
        break;
      default:
        co_return sum;
    }
}

TYPED_TEST(alignment, an_over_aligned_value_is_where_it_may_be_in_every_part_of_a_coroutine) {
  using T = TypeParam;
  for (int round = 0; round < 20; ++round) {
    std::vector<braid::task<T>> apart;  // frames at several addresses
    for (int i = 0; i < 5; ++i) apart.push_back(twice(T(i)));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(std::move(apart[static_cast<std::size_t>(i)]).get().parts[0], 2 * i);
    braid::task_group group;
    auto sum = group.async(sum_of<T>, group.template generate<T>(round % 3, send_each<T>, 5));
    auto selected = group.async(select_two<T>, group.template generate<T>(0, send_each<T>, 5),
                                group.template generate<T>(3, send_each<T>, 5));
    auto value = group.async([](T x) { return x; }, T(7));
    auto task = group.async(twice<T>, T(7));
    EXPECT_EQ(sum.get(), 10);
    EXPECT_EQ(selected.get(), 20);
    EXPECT_EQ(value.get().sum(), 7 * double(T::count));
    EXPECT_EQ(braid::within(1h, task).get().parts[0], 14);
    EXPECT_EQ(braid::within(1h, twice(T(2))).get().parts[0], 4);
    group.join().get();
  }
}

TYPED_TEST(alignment, an_over_aligned_value_is_an_item_of_stages_and_pools_of_coroutines) {
  using T = TypeParam;
  const std::vector<T> items(30, T(1));
  const auto add = [](double sum, const T& x) { return sum + x.parts[0]; };
  EXPECT_EQ(braid::from(items) | braid::map(3, twice<T>) | braid::reduce(0.0, add), 60);
  EXPECT_EQ(braid::from(items) | braid::map(3, twice<T>, braid::ordered) | braid::reduce(0.0, add), 60);
  braid::worker_pool pool(2, twice<T>);
  EXPECT_EQ(pool.call(T(4)).parts[0], 8);
  EXPECT_EQ(pool.run(items).size(), 30u);
  braid::broadcast<T> all(2);
  braid::task_group group;
  auto seen = group.async(
      [](braid::subscriber<T> in) -> braid::task<double> {
        double sum = 0;
        while (auto x = co_await in.recv()) sum += x->parts[0];
        co_return sum;
      },
      std::move(all.rx));
  for (const T& x : items) EXPECT_TRUE(all.tx.send(x).get());
  all.tx.drop();
  EXPECT_EQ(seen.get(), 30);
  group.join().get();
}

TYPED_TEST(alignment_on_threads, a_value_of_any_alignment_goes_through_everything_that_is_no_coroutine) {
  using T = TypeParam;
  const std::vector<T> items(30, T(1));
  const auto same = [](const T& x) { return T(x.parts[0]); };
  const auto add = [](double sum, const T& x) { return sum + x.parts[0]; };
  EXPECT_EQ(braid::from(items) | braid::map(same) | braid::reduce(0.0, add), 30);
  EXPECT_EQ(braid::from(items) | braid::map(3, same, braid::ordered) | braid::reduce(0.0, add), 30);
  EXPECT_EQ(braid::from(items) | braid::chunk(7) | braid::count(), 5u);
  braid::worker_pool<int, T> pool(2, [](int x) { return T(x); });
  EXPECT_EQ(pool.call(3).parts[0], 3);
  EXPECT_EQ(pool.run(std::vector{1, 2, 3}).size(), 3u);
  braid::worker_pool<T, double> takes(2, [](const T& x) { return x.parts[0]; });
  EXPECT_EQ(takes.call(T(3)), 3);
  braid::task_group group;
  auto value = group.async([](const T& x) { return T(x.parts[0]); }, T(7));
  EXPECT_EQ(value.get().parts[0], 7);
  group.join().get();
  const auto passes = [](braid::channel<T> ch) {
    std::thread sender([out = std::move(ch.tx)] {
      for (int i = 0; i < 3; ++i) EXPECT_TRUE(out.send(T(2)).get());
    });
    double sum = 0;
    for (const T& x : ch.rx) sum += x.parts[0];
    EXPECT_EQ(sum, 6);
    sender.join();
  };
  passes(braid::channel<T>(0));
  passes(braid::channel<T>(3));
  passes(braid::channel<T>(braid::unbounded));
  passes(braid::channel<T>(braid::drop_oldest(3)));
  passes(braid::channel<T>(braid::priority(3, [](const T& x) { return static_cast<int>(x.parts[0]); })));
}

}  // namespace
