// Where a receive may stand.
#include "model.hpp"

namespace {
using namespace probe;

receiver<value> two() {
  return channel<value>::holding(1, 2);
}

task<> statement(receiver<value> rx) {
  co_await rx.recv();
}
BRAID_TRAP(recv_as_a_statement) {
  statement(two()).get();
}

task<int> in_while(receiver<value> rx) {
  int sum = 0;
  while (auto v = co_await rx.recv()) sum += v->number();
  co_return sum;
}
BRAID_TRAP(recv_in_a_while_condition) {
  expect(in_while(two()).get() == 3, "sum");
}

int counted = 0;
task<> in_while_no_local(receiver<value> rx) {
  while (auto v = co_await rx.recv()) counted += v->number();
}
BRAID_TRAP(recv_in_a_while_condition_without_a_named_local) {
  counted = 0;
  in_while_no_local(two()).get();
  expect(counted == 3, "sum");
}

task<> in_if(receiver<value> rx) {
  if (auto v = co_await rx.recv()) counted = v->number();
}
BRAID_TRAP(recv_in_an_if_condition_without_a_named_local) {
  counted = 0;
  in_if(two()).get();
  expect(counted == 1, "value");
}
task<> in_if_bool(receiver<value> rx) {
  if (co_await rx.recv()) ++counted;
}
BRAID_TRAP(recv_as_a_bare_if_condition_without_a_named_local) {
  counted = 0;
  in_if_bool(two()).get();
  expect(counted == 1, "c");
}
task<> in_while_bool(receiver<value> rx) {
  while (co_await rx.recv()) ++counted;
}
BRAID_TRAP(recv_as_a_bare_while_condition_without_a_named_local) {
  counted = 0;
  in_while_bool(two()).get();
  expect(counted == 2, "c");
}
task<> in_not(receiver<value> rx) {
  while (true)
    if (!co_await rx.recv()) co_return;
}
BRAID_TRAP(recv_negated_in_an_if_condition) {
  in_not(two()).get();
}
task<> in_for(receiver<value> rx) {
  for (auto v = co_await rx.recv(); v; v = co_await rx.recv()) ++counted;
}
BRAID_TRAP(recv_in_a_for_header) {
  counted = 0;
  in_for(two()).get();
  expect(counted == 2, "c");
}
task<> in_do(receiver<value> rx) {
  do ++counted;
  while (co_await rx.recv());
}
BRAID_TRAP(recv_in_a_do_while_condition) {
  counted = 0;
  in_do(two()).get();
  expect(counted == 3, "c");
}

receiver<value>* global_rx = nullptr;
task<> nothing_named() {
  co_await global_rx->recv();
}
BRAID_TRAP(recv_in_a_coroutine_without_local_and_parameter) {
  auto rx = two();
  global_rx = &rx;
  nothing_named().get();
}
task<> two_statements(const receiver<value>& rx) {
  co_await rx.recv();
  co_await rx.recv();
}
BRAID_TRAP(recv_twice_with_a_reference_parameter_only) {
  auto rx = two();
  two_statements(rx).get();
}

task<> param_switch(receiver<value> rx) {
  switch ((co_await rx.recv())->number()) {
    case 1:
      counted = 1;
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(recv_in_a_switch_condition_without_a_named_local) {
  counted = 0;
  param_switch(two()).get();
  expect(counted == 1, "case");
}
task<> local_switch(receiver<value> rx) {
  int extra = 1;
  switch ((co_await rx.recv())->number()) {
    case 1:
      counted = extra;
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(recv_in_a_switch_condition_with_a_named_local) {
  counted = 0;
  local_switch(two()).get();
  expect(counted == 1, "case");
}

template<class T>
struct generic {
  static task<> consume(receiver<T> rx) { co_await rx.recv(); }
  static task<> consume_all(receiver<T> rx) {
    while (auto v = co_await rx.recv()) counted += v->number();
  }
  task<> member(receiver<T> rx) {
    while (auto v = co_await rx.recv()) counted += v->number() + extra;
  }
  int extra = 1;
};
BRAID_TRAP(recv_in_a_static_member_of_a_class_template) {
  generic<value>::consume(two()).get();
}
BRAID_TRAP(recv_loop_in_a_static_member_of_a_class_template) {
  counted = 0;
  generic<value>::consume_all(two()).get();
  expect(counted == 3, "sum");
}
BRAID_TRAP(recv_loop_in_a_member_function) {
  counted = 0;
  generic<value> g;
  g.member(two()).get();
  expect(counted == 5, "sum");
}

task<int> binding(receiver<order> rx) {
  auto [id, count] = *co_await rx.recv();
  co_return id.number() + count;
}
BRAID_TRAP(recv_bound_by_structured_binding) {
  expect(binding(channel<order>::holding(4)).get() == 4, "binding");
}
task<int> binding_loop(receiver<order> rx) {
  int sum = 0;
  for (int i = 0; i < 2; ++i) {
    auto [id, count] = *co_await rx.recv();
    sum += id.number() + count;
  }
  co_return sum;
}
BRAID_TRAP(recv_bound_by_structured_binding_in_a_loop) {
  expect(binding_loop(channel<order>::holding(4, 5)).get() == 9, "binding");
}
task<int> member_access(receiver<order> rx) {
  co_return (co_await rx.recv())->id.number();
}
BRAID_TRAP(recv_then_member_access) {
  expect(member_access(channel<order>::holding(4)).get() == 4, "member");
}
task<int> value_or(receiver<value> rx) {
  co_return (co_await rx.recv()).value_or(value(9)).number();
}
BRAID_TRAP(recv_then_value_or_with_a_temporary) {
  expect(value_or(two()).get() == 1, "value_or");
}
task<std::optional<value>> returned(receiver<value> rx) {
  co_return co_await rx.recv();
}
BRAID_TRAP(recv_returned) {
  expect(returned(two()).get()->number() == 1, "returned");
}

task<int> in_try(receiver<value> rx) {
  int n = 0;
  try {
    n = (co_await rx.recv())->number();
  } catch (const std::exception&) {
    n = -1;
  }
  co_return n;
}
BRAID_TRAP(recv_in_a_try_block) {
  expect(in_try(two()).get() == 1, "try");
}

int calls = 0;
int difference(std::optional<value> a, std::optional<value> b) {
  ++calls;
  return a->number() - b->number();
}
task<int> both_arguments(receiver<value> rx) {
  co_return difference(co_await rx.recv(), co_await rx.recv());
}
BRAID_TRAP(recv_twice_as_function_arguments_by_value) {
  calls = 0;
  const int d = both_arguments(two()).get();
  expect(calls == 1 && (d == 1 || d == -1), "arguments");
}
int sum_of(const std::optional<value>& a, const std::optional<value>& b) {
  return a->number() + b->number();
}
task<int> both_refs(receiver<value> rx) {
  co_return sum_of(co_await rx.recv(), co_await rx.recv());
}
BRAID_TRAP(recv_twice_as_function_arguments_by_reference) {
  expect(both_refs(two()).get() == 3, "sum");
}
task<int> operators(receiver<value> rx) {
  co_return (co_await rx.recv())->number() + (co_await rx.recv())->number();
}
BRAID_TRAP(recv_twice_in_one_sum) {
  expect(operators(two()).get() == 3, "sum");
}

task<int> logical(receiver<value> rx, bool first) {
  int n = 0;
  if (first && co_await rx.recv() && co_await rx.recv()) n = 1;
  co_return n;
}
BRAID_TRAP(recv_behind_logical_and) {
  expect(logical(two(), true).get() == 1, "and");
  expect(logical(two(), false).get() == 0, "and");
}
task<int> logical_or(receiver<value> rx, bool first) {
  int n = 0;
  if (first || co_await rx.recv()) n = 1;
  co_return n;
}
BRAID_TRAP(recv_behind_logical_or) {
  expect(logical_or(two(), true).get() == 1, "or");
  expect(logical_or(two(), false).get() == 1, "or");
}
task<int> ternary(receiver<value> rx, bool first) {
  std::optional<value> v = first ? co_await rx.recv() : std::nullopt;
  co_return v ? v->number() : 0;
}
BRAID_TRAP(recv_in_one_arm_of_a_ternary) {
  expect(ternary(two(), true).get() == 1, "arm");
  expect(ternary(two(), false).get() == 0, "arm");
}
task<int> ternary_two(receiver<value> a, receiver<value> b, bool first) {
  auto v = first ? co_await a.recv() : co_await b.recv();
  co_return v->number();
}
BRAID_TRAP(recv_in_both_arms_of_a_ternary) {
  expect(ternary_two(two(), two(), true).get() == 1, "arm");
  expect(ternary_two(two(), two(), false).get() == 1, "arm");
}
task<int> ternary_condition(receiver<value> rx) {
  co_return co_await rx.recv() ? 5 : 6;
}
BRAID_TRAP(recv_as_the_condition_of_a_ternary) {
  expect(ternary_condition(two()).get() == 5, "arm");
}

task<int> range_for(receiver<std::vector<value>> rx) {
  int sum = 0;
  for (const value& v : (co_await rx.recv()).value_or(std::vector<value>())) sum += v.number();
  co_return sum;
}
BRAID_TRAP(recv_in_a_range_for_header) {
  expect(range_for(channel<std::vector<value>>::holding(std::vector<value>(2, value(4)))).get() == 8, "sum");
}
task<int> assigned(receiver<value> rx) {
  std::optional<value> v;
  v = co_await rx.recv();
  v = co_await rx.recv();
  co_return v->number();
}
BRAID_TRAP(recv_assigned) {
  expect(assigned(two()).get() == 2, "assigned");
}
task<int> built(receiver<value> rx) {
  order o{(co_await rx.recv())->number(), 3};
  co_return o.id.number() + o.count;
}
BRAID_TRAP(recv_inside_a_braced_aggregate_local) {
  expect(built(two()).get() == 4, "built");
}
task<int> built_values(receiver<value> rx) {
  order o{*co_await rx.recv(), 3};
  co_return o.id.number() + o.count;
}
BRAID_TRAP(recv_moved_into_a_braced_aggregate_local) {
  expect(built_values(two()).get() == 4, "built");
}
task<int> named(receiver<value> rx) {
  auto in = rx.recv();
  const auto a = co_await in;
  const auto b = co_await in;
  co_return a->number() + b->number();
}
BRAID_TRAP(recv_named_and_performed_twice) {
  expect(named(two()).get() == 3, "named");
}
task<int> pushed(receiver<value> rx) {
  std::vector<value> all;
  while (auto v = co_await rx.recv()) all.push_back(std::move(*v));
  all.push_back(*co_await channel<value>::holding(5).recv());
  co_return static_cast<int>(all.size());
}
BRAID_TRAP(recv_from_a_temporary_channel_as_an_argument) {
  expect(pushed(two()).get() == 3, "pushed");
}

task<> self_statement(receiver<value> rx) {
  co_await rx.recv_self();
}
BRAID_TRAP(self_awaiting_recv_as_a_statement) {
  self_statement(two()).get();
}
task<> self_while(receiver<value> rx) {
  while (auto v = co_await rx.recv_self()) counted += v->number();
}
BRAID_TRAP(self_awaiting_recv_in_a_while_condition) {
  counted = 0;
  self_while(two()).get();
  expect(counted == 3, "sum");
}
task<> self_if(receiver<value> rx) {
  if (auto v = co_await rx.recv_self()) counted = v->number();
}
BRAID_TRAP(self_awaiting_recv_in_an_if_condition) {
  counted = 0;
  self_if(two()).get();
  expect(counted == 1, "value");
}
task<> self_nothing_named() {
  co_await global_rx->recv_self();
}
BRAID_TRAP(self_awaiting_recv_without_local_and_parameter) {
  auto rx = two();
  global_rx = &rx;
  self_nothing_named().get();
}
task<> self_switch(receiver<value> rx) {
  switch ((co_await rx.recv_self())->number()) {
    case 1:
      counted = 1;
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(self_awaiting_recv_in_a_switch_condition) {
  counted = 0;
  self_switch(two()).get();
  expect(counted == 1, "case");
}
task<int> self_ternary(receiver<value> rx, bool first) {
  std::optional<value> v = first ? co_await rx.recv_self() : std::nullopt;
  co_return v ? v->number() : 0;
}
BRAID_TRAP(self_awaiting_recv_in_one_arm_of_a_ternary) {
  expect(self_ternary(two(), true).get() == 1, "arm");
  expect(self_ternary(two(), false).get() == 0, "arm");
}

}  // namespace
