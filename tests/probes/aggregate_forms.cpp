// Option structs inside an await, and awaits inside an aggregate.
#include "model.hpp"

namespace {
using namespace probe;

receiver<value> two() {
  return channel<value>::holding(1, 2);
}

struct options {
  int times = 1;
  std::chrono::milliseconds first = 10ms;
};
struct owning_options {
  int times = 1;
  value name = 9;
};

// Options.
template<class Op>
struct retrying : operation {
  retrying(options o, Op& op_) : how(o), op(op_) {}
  performer<retrying> operator co_await() noexcept { return {this}; }
  auto finish() {
    expect(how.times == 3, "options");
    return op.finish();
  }
  options how;
  Op& op;
};
template<class Op>
auto retry(options how, Op&& op) {
  return retrying<std::remove_reference_t<Op>>(how, op);
}
template<class Op>
auto retry_owning(owning_options how, Op&& op) {
  return retrying<std::remove_reference_t<Op>>({how.times}, op);
}
task<int> o_trivial(receiver<value> rx) {
  co_return (co_await retry({.times = 3}, rx.recv()))->number();
}
BRAID_TRAP(options_trivially_destructible_braced) {
  expect(o_trivial(two()).get() == 1, "n");
}
task<int> o_typed(receiver<value> rx) {
  co_return (co_await retry(options{.times = 3, .first = 5ms}, rx.recv()))->number();
}
BRAID_TRAP(options_trivially_destructible_typed) {
  expect(o_typed(two()).get() == 1, "n");
}
task<int> o_owning(receiver<value> rx) {
  co_return (co_await retry_owning({.times = 3}, rx.recv()))->number();
}
BRAID_TRAP(options_with_a_destructor_braced) {
  expect(o_owning(two()).get() == 1, "n");
}
task<int> o_owning_named(receiver<value> rx) {
  owning_options how{.times = 3};
  co_return (co_await retry_owning(how, rx.recv()))->number();
}
BRAID_TRAP(options_with_a_destructor_named) {
  expect(o_owning_named(two()).get() == 1, "n");
}

// Aggregates that stand near an await, not in its argument.
task<order> return_braced(receiver<value> rx) {
  co_return order{*co_await rx.recv(), 3};
}
BRAID_TRAP(awaited_value_in_a_returned_braced_aggregate) {
  expect(return_braced(two()).get().id.number() == 1, "n");
}
task<int> braced_scalar(receiver<value> rx) {
  struct point {
    int x, y;
  };
  point p{(co_await rx.recv())->number(), (co_await rx.recv())->number()};
  co_return p.x + p.y;
}
BRAID_TRAP(awaited_number_in_a_trivial_braced_aggregate) {
  expect(braced_scalar(two()).get() == 3, "n");
}
task<int> pair_local(receiver<value> rx) {
  std::pair<value, int> p{*co_await rx.recv(), 3};
  co_return p.first.number();
}
BRAID_TRAP(awaited_value_in_a_braced_class_with_a_constructor) {
  expect(pair_local(two()).get() == 1, "n");
}
task<int> array_local(receiver<value> rx) {
  value all[2] = {*co_await rx.recv(), *co_await rx.recv()};
  co_return all[0].number() + all[1].number();
}
BRAID_TRAP(awaited_values_in_an_array) {
  expect(array_local(two()).get() == 3, "n");
}
task<int> std_array_local(receiver<value> rx) {
  std::array<value, 2> all = {*co_await rx.recv(), *co_await rx.recv()};
  co_return all[0].number() + all[1].number();
}
BRAID_TRAP(awaited_values_in_a_std_array) {
  expect(std_array_local(two()).get() == 3, "n");
}
task<int> assign_after(receiver<value> rx) {
  order o;
  o.id = *co_await rx.recv();
  co_return o.id.number();
}
BRAID_TRAP(awaited_value_assigned_to_a_member) {
  expect(assign_after(two()).get() == 1, "n");
}
task<int> optional_braced(receiver<value> rx) {
  auto in = co_await rx.recv();
  order o{*in, 3};
  co_return o.id.number();
}
BRAID_TRAP(awaited_value_named_then_braced) {
  expect(optional_braced(two()).get() == 1, "n");
}
task<int> emplaced(receiver<value> rx) {
  std::vector<order> all;
  all.emplace_back(*co_await rx.recv(), 3);
  co_return all[0].id.number();
}
BRAID_TRAP(awaited_value_emplaced_into_a_vector) {
  expect(emplaced(two()).get() == 1, "n");
}

}  // namespace
