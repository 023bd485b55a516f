// Futures: operations that own a share of their task's memory, made of a function and its arguments.
#include "model.hpp"

namespace {
using namespace probe;

/// What a task leaves behind for its future.
template<class R>
class future : public operation {
 public:
  explicit future(std::shared_ptr<std::optional<R>> made) : made_(std::move(made)) {}
  future(future&& other) noexcept : made_(std::move(other.made_)) {}
  future& operator=(future&& other) noexcept {
    made_ = std::move(other.made_);
    return *this;
  }
  performer<future> operator co_await() noexcept { return {this}; }
  R finish() { return result(); }
  R result() {
    R taken = std::move(**made_);
    made_->reset();
    return taken;
  }

 private:
  std::shared_ptr<std::optional<R>> made_;
};

struct group {
  template<class F, class... Args>
  auto async(F&& f, Args&&... args) {
    using given = std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>;
    std::decay_t<F> own(std::forward<F>(f));
    return future<given>(std::make_shared<std::optional<given>>(own(std::decay_t<Args>(std::forward<Args>(args))...)));
  }
};

value same(value v) {
  return v;
}

task<int> f_temporary(group g, value v) {
  auto got = co_await g.async(same, v);
  co_return got.number();
}
BRAID_TRAP(future_as_a_temporary) {
  expect(f_temporary({}, 5).get() == 5, "n");
}
task<int> f_temporary_arguments(group g) {
  auto got = co_await g.async(same, value(5));
  co_return got.number();
}
BRAID_TRAP(future_as_a_temporary_of_a_temporary) {
  expect(f_temporary_arguments({}).get() == 5, "n");
}
task<int> f_sum(group g) {
  const int sum = (co_await g.async(same, value(2))).number() + (co_await g.async(same, value(3))).number();
  co_return sum;
}
BRAID_TRAP(futures_as_temporaries_in_a_sum) {
  expect(f_sum({}).get() == 5, "n");
}
task<int> f_within(group g, value v) {
  auto got = co_await within(2s, g.async(same, v));
  co_return got.number();
}
BRAID_TRAP(future_within_a_duration_as_a_temporary) {
  expect(f_within({}, 5).get() == 5, "n");
}
task<int> f_within_named(group g, value v) {
  auto asked = g.async(same, v);
  auto got = co_await within(2s, asked);
  co_return got.number();
}
BRAID_TRAP(future_within_a_duration_named) {
  expect(f_within_named({}, 5).get() == 5, "n");
}
task<int> f_vector(group g) {
  std::vector<future<value>> asked;
  for (int i = 1; i <= 4; ++i) asked.push_back(g.async(same, value(i)));
  int sum = 0;
  for (auto& one : asked) sum += (co_await one).number();
  co_return sum;
}
BRAID_TRAP(futures_in_a_vector) {
  expect(f_vector({}).get() == 10, "n");
}
task<> f_statement(group g, value v) {
  co_await g.async(same, v);
}
BRAID_TRAP(future_as_a_statement_without_a_named_local) {
  f_statement({}, 5).get();
}
task<int> f_returned(group g, value v) {
  co_return (co_await g.async(same, v)).number();
}
BRAID_TRAP(future_returned_without_a_named_local) {
  expect(f_returned({}, 5).get() == 5, "n");
}
task<int> f_lambda(group g) {
  auto got = co_await g.async([](value v) { return v; }, value(5));
  co_return got.number();
}
BRAID_TRAP(future_of_a_lambda_without_capture) {
  expect(f_lambda({}).get() == 5, "n");
}
task<int> f_lambda_reference(group g, value v) {
  auto got = co_await g.async([&v] { return v; });
  co_return got.number();
}
BRAID_TRAP(future_of_a_lambda_with_a_reference_capture) {
  expect(f_lambda_reference({}, 5).get() == 5, "n");
}
task<int> f_lambda_owning(group g, value v) {
  auto got = co_await g.async([v] { return v; });
  co_return got.number();
}
BRAID_TRAP(future_of_a_lambda_with_an_owning_capture) {
  expect(f_lambda_owning({}, 5).get() == 5, "n");
}
task<int> f_lambda_owning_named(group g, value v) {
  auto asked = g.async([v] { return v; });
  auto got = co_await asked;
  co_return got.number();
}
BRAID_TRAP(future_of_a_lambda_with_an_owning_capture_named_first) {
  expect(f_lambda_owning_named({}, 5).get() == 5, "n");
}

}  // namespace
