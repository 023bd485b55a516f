// within and select: operations that refer to other operations.
#include "model.hpp"

namespace {
using namespace probe;

int counted = 0;
receiver<value> two() {
  return channel<value>::holding(1, 2);
}

task<int> w_const(const context& ctx, receiver<value> rx) {
  auto v = co_await within(ctx, rx.recv());
  co_return v->number();
}
BRAID_TRAP(within_a_context_by_const_reference) {
  context ctx;
  expect(w_const(ctx, two()).get() == 1, "v");
}
task<int> w_value(context ctx, receiver<value> rx) {
  auto v = co_await within_by_value(ctx, rx.recv());
  co_return v->number();
}
BRAID_TRAP(within_a_context_by_value) {
  expect(w_value(context(), two()).get() == 1, "v");
}
task<> w_statement(context ctx, receiver<value> rx) {
  co_await within(ctx, rx.recv());
}
BRAID_TRAP(within_a_context_by_const_reference_without_a_named_local) {
  w_statement(context(), two()).get();
}
task<> w_statement_value(context ctx, receiver<value> rx) {
  co_await within_by_value(ctx, rx.recv());
}
BRAID_TRAP(within_a_context_by_value_without_a_named_local) {
  w_statement_value(context(), two()).get();
}
task<> w_while(context ctx, receiver<value> rx) {
  while (auto v = co_await within(ctx, rx.recv())) counted += v->number();
}
BRAID_TRAP(within_in_a_while_condition_without_a_named_local) {
  counted = 0;
  w_while(context(), two()).get();
  expect(counted == 3, "sum");
}
task<> w_while_value(context ctx, receiver<value> rx) {
  while (auto v = co_await within_by_value(ctx, rx.recv())) counted += v->number();
}
BRAID_TRAP(within_by_value_in_a_while_condition_without_a_named_local) {
  counted = 0;
  w_while_value(context(), two()).get();
  expect(counted == 3, "sum");
}
context make_context() {
  return context();
}
task<int> w_temp(receiver<value> rx) {
  auto v = co_await within(make_context(), rx.recv());
  co_return v->number();
}
BRAID_TRAP(within_a_temporary_context) {
  expect(w_temp(two()).get() == 1, "v");
}
task<int> w_temp_value(receiver<value> rx) {
  auto v = co_await within_by_value(make_context(), rx.recv());
  co_return v->number();
}
BRAID_TRAP(within_a_temporary_context_by_value) {
  expect(w_temp_value(two()).get() == 1, "v");
}
task<> w_duration(sender<value> tx) {
  value x = 5;
  bool sent = co_await within(2s, tx.by_const(x));
  expect(sent, "sent");
}
BRAID_TRAP(within_a_duration_send_of_a_named_value) {
  channel<value> c;
  w_duration(c.tx).get();
  expect(c.buffer->front().number() == 5, "v");
}
task<> w_duration_emplace(sender<order> tx) {
  co_await within(2s, tx.emplace(5, 3));
}
BRAID_TRAP(within_a_duration_emplace_without_a_named_local) {
  channel<order> c;
  w_duration_emplace(c.tx).get();
  expect(c.buffer->front().count == 3, "v");
}
task<> w_braced(sender<order> tx) {
  co_await within(2s, tx.by_rvalue(order{5, 3}));
}
BRAID_TRAP(within_a_duration_send_of_a_braced_aggregate) {
  channel<order> c;
  w_braced(c.tx).get();
  expect(c.buffer->front().count == 3, "v");
}
task<> w_if(sender<value> tx) {
  if (!co_await within(2s, tx.emplace(5))) co_return;
  ++counted;
}
BRAID_TRAP(within_negated_in_an_if_condition_without_a_named_local) {
  channel<value> c;
  counted = 0;
  w_if(c.tx).get();
  expect(counted == 1, "c");
}
task<int> w_named(context ctx, receiver<value> rx) {
  auto in = rx.recv();
  auto v = co_await within(ctx, in);
  co_return v->number();
}
BRAID_TRAP(within_a_named_operation) {
  expect(w_named(context(), two()).get() == 1, "v");
}
task<> w_nested(context ctx, receiver<value> rx) {
  auto v = co_await within(ctx, within(2s, rx.recv()));
  expect(v->number() == 1, "v");
}
BRAID_TRAP(within_nested_twice) {
  w_nested(context(), two()).get();
}
task<int> w_throws(context ctx) {
  int n = 0;
  try {
    n = co_await within(ctx, failing_operation(4));
  } catch (const std::runtime_error& error) {
    n = std::stoi(error.what());
  }
  co_return n;
}
BRAID_TRAP(within_that_throws_past_live_temporaries) {
  expect(w_throws(context()).get() == 4, "error");
}
task<> throws_bare() {
  co_await failing_operation(4);
}
BRAID_TRAP(operation_that_throws_out_of_the_coroutine) {
  try {
    throws_bare().get();
    expect(false, "it did not throw");
  } catch (const std::runtime_error&) {
  }
}
task<> throws_with_value_param(value v) {
  co_await failing_operation(v);
}
BRAID_TRAP(operation_that_throws_with_a_parameter_that_has_a_destructor) {
  try {
    throws_with_value_param(4).get();
    expect(false, "it did not throw");
  } catch (const std::runtime_error&) {
  }
}
task<> throws_send(sender<value> tx) {
  try {
    co_await tx.by_rvalue(co_await failing_operation(4));
  } catch (const std::runtime_error&) {
    ++counted;
  }
}
BRAID_TRAP(operation_that_throws_inside_a_send_argument) {
  channel<value> c;
  counted = 0;
  throws_send(c.tx).get();
  expect(counted == 1, "c");
}

task<> s_switch(receiver<value> rx) {
  auto in = rx.recv();
  auto tick = after(1s);
  auto stop = after(2s);
  for (;;) switch (co_await select(in, tick, stop)) {
      case 0:
        if (auto v = in.result()) counted += v->number();
        break;
      case 1:
        ++counted;
        break;
      case 2:
        co_return;
    }
}
BRAID_TRAP(select_of_named_operations_in_a_for_ever_switch) {
  counted = 0;
  selection<3>::turn = 0;
  s_switch(two()).get();
  expect(counted == 2, "c");
}
task<> s_params(recv_operation<value>& in, after_operation& tick) {
  switch (co_await select(in, tick)) {
    case 0:
      counted = 1;
      break;
    default:
      counted = 2;
  }
}
BRAID_TRAP(select_in_a_switch_condition_with_parameters_only) {
  auto rx = two();
  auto in = rx.recv();
  auto tick = after(1s);
  counted = 0;
  selection<2>::turn = 0;
  s_params(in, tick).get();
  expect(counted == 1, "c");
}
task<> s_params_loop(recv_operation<value>& in, after_operation& tick) {
  for (;;) switch (co_await select(in, tick)) {
      case 0:
        ++counted;
        break;
      default:
        co_return;
    }
}
BRAID_TRAP(select_in_a_for_ever_switch_with_parameters_only) {
  auto rx = two();
  auto in = rx.recv();
  auto tick = after(1s);
  counted = 0;
  selection<2>::turn = 0;
  s_params_loop(in, tick).get();
  expect(counted == 1, "c");
}
task<> s_temporaries(context ctx, receiver<value> rx) {
  auto in = rx.recv();
  switch (co_await select(in, after(1s), ctx.done())) {
    case 0:
      counted = in.result()->number();
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(select_of_a_named_operation_and_temporaries) {
  counted = 0;
  selection<3>::turn = 0;
  s_temporaries(context(), two()).get();
  expect(counted == 1, "c");
}
task<> s_temporaries_only(context ctx) {
  switch (co_await select(after(1s), ctx.done())) {
    case 0:
      counted = 1;
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(select_of_temporaries_in_a_switch_without_a_named_local) {
  counted = 0;
  selection<2>::turn = 0;
  s_temporaries_only(context()).get();
  expect(counted == 1, "c");
}
task<> s_statement(context ctx) {
  co_await select(after(1s), ctx.done());
}
BRAID_TRAP(select_as_a_statement_without_a_named_local) {
  s_statement(context()).get();
}
task<> s_if(receiver<value> rx) {
  auto in = rx.recv();
  if (co_await select(in, after(1s)) == 1) co_return;
  counted = in.result()->number();
}
BRAID_TRAP(select_compared_in_an_if_condition) {
  counted = 0;
  selection<2>::turn = 0;
  s_if(two()).get();
  expect(counted == 1, "c");
}
task<> s_if_no_local(recv_operation<value>& in) {
  if (co_await select(in, after(1s)) == 1) co_return;
  counted = in.result()->number();
}
BRAID_TRAP(select_compared_in_an_if_condition_without_a_named_local) {
  auto rx = two();
  auto in = rx.recv();
  counted = 0;
  selection<2>::turn = 0;
  s_if_no_local(in).get();
  expect(counted == 1, "c");
}
task<> s_biased(receiver<value> rx) {
  auto in = rx.recv();
  const auto k = co_await select(biased, in, after(1s));
  expect(k == 0, "k");
}
BRAID_TRAP(select_biased) {
  selection<2>::turn = 0;
  s_biased(two()).get();
}
task<> s_biased_switch(receiver<value> rx) {
  auto in = rx.recv();
  switch (co_await select(biased, in, after(1s))) {
    case 0:
      co_return;
    default:
      expect(false, "k");
  }
}
BRAID_TRAP(select_biased_in_a_switch) {
  selection<2>::turn = 0;
  s_biased_switch(two()).get();
}
task<> s_span(receiver<value> a, receiver<value> b) {
  auto in_a = a.recv();
  auto in_b = b.recv();
  std::vector<operation*> cases{&in_a, &in_b};
  const auto k = co_await select(std::span<operation* const>(cases));
  expect(k == 1, "k");
}
BRAID_TRAP(select_of_a_span) {
  s_span(two(), two()).get();
}
task<> s_span_switch(receiver<value> a, receiver<value> b) {
  auto in_a = a.recv();
  auto in_b = b.recv();
  std::array<operation*, 2> cases{&in_a, &in_b};
  switch (co_await select(cases)) {
    case 1:
      break;
    default:
      expect(false, "k");
  }
}
BRAID_TRAP(select_of_an_array_in_a_switch) {
  s_span_switch(two(), two()).get();
}
task<> s_init_if(receiver<value> rx) {
  auto in = rx.recv();
  if (const auto k = co_await select(in, after(1s)); k == 0) counted = 1;
}
BRAID_TRAP(select_in_an_if_initialiser) {
  counted = 0;
  selection<2>::turn = 0;
  s_init_if(two()).get();
  expect(counted == 1, "c");
}
task<> s_within(context ctx, receiver<value> rx) {
  auto in = rx.recv();
  switch (co_await within(ctx, select(in, after(1s)))) {
    case 0:
      counted = in.result()->number();
      break;
    default:
      counted = 9;
  }
}
BRAID_TRAP(select_within_a_context_in_a_switch) {
  counted = 0;
  selection<2>::turn = 0;
  s_within(context(), two()).get();
  expect(counted == 1, "c");
}
task<> s_send(receiver<value> rx, sender<order> tx) {
  auto in = rx.recv();
  auto out = tx.by_rvalue({5, 3});
  for (;;) switch (co_await select(in, out)) {
      case 0:
        if (auto v = in.result())
          co_await tx.emplace(std::move(*v), 3);
        else
          co_return;
        break;
      case 1:
        co_return;
    }
}
BRAID_TRAP(select_with_an_emplace_inside_a_case) {
  channel<order> c;
  selection<2>::turn = 0;
  s_send(two(), c.tx).get();
  expect(c.buffer->front().id.number() == 1, "v");
}
task<> plain_after() {
  co_await after(1s);
}
BRAID_TRAP(after_as_a_statement_without_a_named_local) {
  plain_after().get();
}
task<> ctx_done(context ctx) {
  co_await ctx.done();
}
BRAID_TRAP(context_done_as_a_statement_without_a_named_local) {
  ctx_done(context()).get();
}

}  // namespace
