// Awaiting tasks: how arguments, callables and options reach them.
#include "model.hpp"

namespace {
using namespace probe;

int counted = 0;
receiver<value> two() {
  return channel<value>::holding(1, 2);
}
task<int> add(value a, value b) {
  int sum = a.number() + b.number();
  co_return sum;
}
task<int> length(std::string text) {
  int n = static_cast<int>(text.size());
  co_return n;
}
task<int> count(std::vector<value> all) {
  int n = static_cast<int>(all.size());
  co_return n;
}
task<int> read(std::shared_ptr<value> shared) {
  int n = shared->number();
  co_return n;
}
task<int> drain(receiver<value> rx) {
  int sum = 0;
  while (auto v = co_await rx.recv()) sum += v->number();
  co_return sum;
}
task<int> take(order o) {
  int n = o.id.number();
  co_return n;
}
task<int> borrow(const order& o) {
  int n = o.id.number();
  co_return n;
}
task<int> with_context(context ctx, value v) {
  int n = ctx.alive() ? v.number() : -1;
  co_await ctx.done();
  co_return n;
}
task<> nothing() {
  co_return;
}
task<value> gives(int n) {
  co_return value(n);
}
task<int> fails(value v) {
  co_await after(1s);
  throw std::runtime_error(std::to_string(v.number()));
}

task<> t_statement() {
  co_await nothing();
}
BRAID_TRAP(task_as_a_statement_without_a_named_local) {
  t_statement().get();
}
task<int> t_values() {
  co_return co_await add(value(1), value(2));
}
BRAID_TRAP(task_with_temporary_values) {
  expect(t_values().get() == 3, "sum");
}
task<int> t_converted() {
  co_return co_await add(1, 2);
}
BRAID_TRAP(task_with_converted_values) {
  expect(t_converted().get() == 3, "sum");
}
task<int> t_lvalues(value a) {
  co_return co_await add(a, a);
}
BRAID_TRAP(task_with_copied_parameters) {
  expect(t_lvalues(2).get() == 4, "sum");
}
task<int> t_moved() {
  value a = 4;
  co_return co_await add(std::move(a), 1);
}
BRAID_TRAP(task_with_a_moved_local) {
  expect(t_moved().get() == 5, "sum");
}
task<int> t_string() {
  co_return co_await length("a literal that does not fit the short form");
}
BRAID_TRAP(task_with_a_string_made_from_a_literal) {
  expect(t_string().get() == 42, "n");
}
task<int> t_string_sum(std::string s) {
  co_return co_await length(s + "y");
}
BRAID_TRAP(task_with_a_string_expression) {
  expect(t_string_sum(std::string(40, 'x')).get() == 41, "n");
}
task<int> t_vector() {
  co_return co_await count(std::vector<value>(3));
}
BRAID_TRAP(task_with_a_vector) {
  expect(t_vector().get() == 3, "n");
}
task<int> t_shared(std::shared_ptr<value> p) {
  co_return co_await read(p);
}
BRAID_TRAP(task_with_a_shared_pointer) {
  expect(t_shared(std::make_shared<value>(6)).get() == 6, "n");
}
task<int> t_shared_made() {
  co_return co_await read(std::make_shared<value>(6));
}
BRAID_TRAP(task_with_a_shared_pointer_made_in_place) {
  expect(t_shared_made().get() == 6, "n");
}
task<int> t_receiver(receiver<value> rx) {
  co_return co_await drain(rx);
}
BRAID_TRAP(task_with_a_copied_receiver) {
  expect(t_receiver(two()).get() == 3, "n");
}
task<int> t_receiver_made() {
  co_return co_await drain(two());
}
BRAID_TRAP(task_with_a_receiver_made_in_place) {
  expect(t_receiver_made().get() == 3, "n");
}
task<int> t_receiver_moved(receiver<value> rx) {
  co_return co_await drain(std::move(rx));
}
BRAID_TRAP(task_with_a_moved_receiver) {
  expect(t_receiver_moved(two()).get() == 3, "n");
}
task<int> t_ctx(context ctx) {
  co_return co_await with_context(ctx, 5);
}
BRAID_TRAP(task_with_a_context_by_value) {
  expect(t_ctx(context()).get() == 5, "n");
}
order make() {
  return order{5, 3};
}
task<int> t_braced() {
  co_return co_await take({5, 3});
}
BRAID_TRAP(task_with_a_braced_aggregate) {
  expect(t_braced().get() == 5, "n");
}
task<int> t_typed() {
  co_return co_await take(order{5, 3});
}
BRAID_TRAP(task_with_a_typed_braced_aggregate) {
  expect(t_typed().get() == 5, "n");
}
task<int> t_typed_ref() {
  co_return co_await borrow(order{5, 3});
}
BRAID_TRAP(task_with_a_braced_aggregate_by_reference) {
  expect(t_typed_ref().get() == 5, "n");
}
task<int> t_made() {
  co_return co_await take(make());
}
BRAID_TRAP(task_with_an_aggregate_made_by_a_function) {
  expect(t_made().get() == 5, "n");
}
task<int> t_aggregate_moved() {
  order o{5, 3};
  co_return co_await take(std::move(o));
}
BRAID_TRAP(task_with_a_named_aggregate_moved) {
  expect(t_aggregate_moved().get() == 5, "n");
}
task<int> t_aggregate_named_task() {
  auto t = take({5, 3});
  co_return co_await std::move(t);
}
BRAID_TRAP(task_named_then_awaited_with_a_braced_aggregate) {
  expect(t_aggregate_named_task().get() == 5, "n");
}
task<int> t_if() {
  if (co_await add(1, 2) == 3) co_return 1;
  co_return 0;
}
BRAID_TRAP(task_compared_in_an_if_condition_without_a_named_local) {
  expect(t_if().get() == 1, "n");
}
task<int> t_if_local() {
  int n = 0;
  if (co_await add(1, 2) == 3) n = 1;
  co_return n;
}
BRAID_TRAP(task_compared_in_an_if_condition_with_a_named_local) {
  expect(t_if_local().get() == 1, "n");
}
task<int> t_params() {
  const auto v = co_await gives(co_await add(1, 2));
  co_return v.number();
}
BRAID_TRAP(task_awaited_inside_the_argument_of_a_task) {
  expect(t_params().get() == 3, "n");
}
task<> t_fails() {
  try {
    co_await fails(4);
    expect(false, "no error");
  } catch (const std::runtime_error&) {
    ++counted;
  }
}
BRAID_TRAP(task_that_fails_with_live_temporaries) {
  counted = 0;
  t_fails().get();
  expect(counted == 1, "c");
}
task<int> ternary_task(bool first) {
  int n = first ? co_await add(1, 2) : 0;
  co_return n;
}
BRAID_TRAP(task_of_int_in_one_arm_of_a_ternary) {
  expect(ternary_task(true).get() == 3, "n");
  expect(ternary_task(false).get() == 0, "n");
}
task<int> ternary_choice(bool first) {
  co_return co_await (first ? add(1, 2) : add(3, 4));
}
BRAID_TRAP(task_chosen_by_a_ternary_inside_the_await) {
  expect(ternary_choice(true).get() == 3, "n");
  expect(ternary_choice(false).get() == 7, "n");
}
task<int> ternary_argument(bool first, value v) {
  co_return co_await add(first ? v : value(4), 1);
}
BRAID_TRAP(task_with_a_ternary_of_values_as_an_argument) {
  expect(ternary_argument(true, 2).get() == 3, "n");
  expect(ternary_argument(false, 2).get() == 5, "n");
}

// A group: spawn takes the callable outside of any await.
struct group {
  std::vector<task<int>> children = {};
  template<class F, class... Args>
  void spawn(F f, Args... args) {
    children.push_back(own(std::move(f), std::move(args)...));
  }
  template<class F, class... Args>
  static task<int> own(F f, Args... args) {
    int n = co_await f(std::move(args)...);
    co_return n;
  }
  struct join_operation : operation {
    performer<join_operation> operator co_await() noexcept { return {this}; }
    void finish() {}
  };
  join_operation join() { return join_operation(); }
};
task<int> g_spawn(value v) {
  group g;
  g.spawn(
      [v](value more) -> task<int> {
        int n = v.number() + more.number();
        co_return n;
      },
      value(3));
  g.spawn([v]() -> task<int> { co_return v.number(); });
  co_await g.join();
  int sum = 0;
  for (auto& child : g.children) sum += co_await std::move(child);
  co_return sum;
}
BRAID_TRAP(group_that_owns_a_lambda_coroutine_and_its_arguments) {
  expect(g_spawn(5).get() == 13, "n");
}
task<> g_join(group& g) {
  co_await g.join();
}
BRAID_TRAP(group_join_without_a_named_local) {
  group g;
  g_join(g).get();
}

}  // namespace
