// Awaits as conditions, in coroutines with and without a named local.
#include "model.hpp"

namespace {
using namespace probe;

int counted = 0;
receiver<value> two() {
  return channel<value>::holding(1, 2);
}

task<> await_named_in_an_if_initialiser_coroutine(sender<value> tx) {
  if (const bool sent = co_await tx.emplace(5); !sent) co_return;
  ++counted;
}
BRAID_TRAP(await_named_in_an_if_initialiser) {
  channel<value> c;
  counted = 0;
  await_named_in_an_if_initialiser_coroutine(c.tx).get();
  expect(counted == 1, "c");
}

task<> await_named_in_a_switch_condition_coroutine(context ctx) {
  switch (const auto k = co_await select(after(1s), ctx.done())) {
    case 0:
      counted = 1;
      break;
    default:
      counted = 2;
  }
}
BRAID_TRAP(await_named_in_a_switch_condition) {
  selection<2>::turn = 0;
  counted = 0;
  await_named_in_a_switch_condition_coroutine(context()).get();
  expect(counted == 1, "c");
}

task<> statement_before_a_bare_if_without_a_named_local_coroutine(receiver<value> rx) {
  co_await rx.recv();
  if (co_await rx.recv()) ++counted;
}
BRAID_TRAP(statement_before_a_bare_if_without_a_named_local) {
  counted = 0;
  statement_before_a_bare_if_without_a_named_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> statement_after_a_bare_if_without_a_named_local_coroutine(receiver<value> rx) {
  if (co_await rx.recv()) ++counted;
  co_await rx.recv();
  co_return;
}
BRAID_TRAP(statement_after_a_bare_if_without_a_named_local) {
  counted = 0;
  statement_after_a_bare_if_without_a_named_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> bare_if_under_a_range_for_variable_coroutine(receiver<value> rx) {
  for (int i : {1, 2, 3}) {
    counted += i;
    if (!co_await rx.recv()) co_return;
  }
}
BRAID_TRAP(bare_if_under_a_range_for_variable) {
  counted = 0;
  bare_if_under_a_range_for_variable_coroutine(two()).get();
  expect(counted == 6, "c");
}

task<> bare_if_in_a_try_with_a_catch_variable_coroutine(receiver<value> rx) {
  try {
    if (co_await rx.recv()) ++counted;
  } catch (const std::exception& e) {
    counted = 9;
  }
}
BRAID_TRAP(bare_if_in_a_try_with_a_catch_variable) {
  counted = 0;
  bare_if_in_a_try_with_a_catch_variable_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> bare_if_beside_a_local_lambda_coroutine(receiver<value> rx) {
  auto f = [&](int) { return 1; };
  counted = f(1);
  if (co_await rx.recv()) ++counted;
}
BRAID_TRAP(bare_if_beside_a_local_lambda) {
  counted = 0;
  bare_if_beside_a_local_lambda_coroutine(two()).get();
  expect(counted == 2, "c");
}

task<> bare_if_beside_a_static_local_coroutine(receiver<value> rx) {
  static int s = 0;
  ++s;
  if (co_await rx.recv()) ++counted;
}
BRAID_TRAP(bare_if_beside_a_static_local) {
  counted = 0;
  bare_if_beside_a_static_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> bare_if_beside_a_constant_coroutine(receiver<value> rx) {
  constexpr int k = 1;
  if (co_await rx.recv()) counted = k;
}
BRAID_TRAP(bare_if_beside_a_constant) {
  counted = 0;
  bare_if_beside_a_constant_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> bare_if_beside_an_unused_local_coroutine(receiver<value> rx) {
  [[maybe_unused]] const bool entered = true;
  if (co_await rx.recv()) counted = 1;
}
BRAID_TRAP(bare_if_beside_an_unused_local) {
  counted = 0;
  bare_if_beside_an_unused_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<int> bare_if_without_a_named_local_in_a_task_with_a_result_coroutine(receiver<value> rx) {
  if (co_await rx.recv()) co_return 1;
  co_return 2;
}
BRAID_TRAP(bare_if_without_a_named_local_in_a_task_with_a_result) {
  expect(bare_if_without_a_named_local_in_a_task_with_a_result_coroutine(two()).get() == 1, "c");
}

task<> statement_in_a_plain_while_without_a_named_local_coroutine(receiver<value> rx) {
  while (counted < 2) {
    co_await rx.recv();
    ++counted;
  }
}
BRAID_TRAP(statement_in_a_plain_while_without_a_named_local) {
  counted = 0;
  statement_in_a_plain_while_without_a_named_local_coroutine(two()).get();
  expect(counted == 2, "c");
}

task<> statement_in_a_for_ever_loop_without_a_named_local_coroutine(receiver<value> rx) {
  for (;;) {
    co_await rx.recv();
    if (++counted == 2) co_return;
  }
}
BRAID_TRAP(statement_in_a_for_ever_loop_without_a_named_local) {
  counted = 0;
  statement_in_a_for_ever_loop_without_a_named_local_coroutine(two()).get();
  expect(counted == 2, "c");
}

task<> statements_in_branches_without_a_named_local_coroutine(receiver<value> rx) {
  if (counted == 0)
    co_await rx.recv();
  else
    co_await rx.recv();
  ++counted;
}
BRAID_TRAP(statements_in_branches_without_a_named_local) {
  counted = 0;
  statements_in_branches_without_a_named_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> bare_for_condition_without_a_named_local_coroutine(receiver<value> rx) {
  for (; co_await rx.recv();) ++counted;
}
BRAID_TRAP(bare_for_condition_without_a_named_local) {
  counted = 0;
  bare_for_condition_without_a_named_local_coroutine(two()).get();
  expect(counted == 2, "c");
}

task<> ternary_condition_without_a_named_local_coroutine(receiver<value> rx) {
  counted = co_await rx.recv() ? 1 : 2;
}
BRAID_TRAP(ternary_condition_without_a_named_local) {
  counted = 0;
  ternary_condition_without_a_named_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

task<> logical_and_as_a_statement_without_a_named_local_coroutine(receiver<value> rx) {
  co_await rx.recv() && ++counted;
}
BRAID_TRAP(logical_and_as_a_statement_without_a_named_local) {
  counted = 0;
  logical_and_as_a_statement_without_a_named_local_coroutine(two()).get();
  expect(counted == 1, "c");
}

BRAID_TRAP(bare_if_in_a_lambda_coroutine_without_a_named_local) {
  counted = 0;
  auto f = [](receiver<value> rx) -> task<> {
    if (co_await rx.recv()) ++counted;
  };
  f(two()).get();
  expect(counted == 1, "c");
}

// The same conditions in a coroutine that has a named local.
task<> local_if_bool(receiver<value> rx) {
  int seen = 0;
  if (co_await rx.recv()) ++seen;
  counted = seen;
}
BRAID_TRAP(recv_as_a_bare_if_condition_with_a_named_local) {
  counted = 0;
  local_if_bool(two()).get();
  expect(counted == 1, "c");
}
task<> local_while_bool(receiver<value> rx) {
  int seen = 0;
  while (co_await rx.recv()) ++seen;
  counted = seen;
}
BRAID_TRAP(recv_as_a_bare_while_condition_with_a_named_local) {
  counted = 0;
  local_while_bool(two()).get();
  expect(counted == 2, "c");
}
task<> local_not(receiver<value> rx) {
  for (int i = 0; i < 9; ++i)
    if (!co_await rx.recv()) co_return;
}
BRAID_TRAP(recv_negated_in_an_if_condition_with_a_named_local) {
  local_not(two()).get();
}
task<> local_do(receiver<value> rx) {
  int seen = 0;
  do ++seen;
  while (co_await rx.recv());
  counted = seen;
}
BRAID_TRAP(recv_in_a_do_while_condition_with_a_named_local) {
  counted = 0;
  local_do(two()).get();
  expect(counted == 3, "c");
}
task<> local_in_branch(receiver<value> rx) {
  if (co_await rx.recv()) {
    int seen = 1;
    counted = seen;
  }
}
BRAID_TRAP(recv_as_a_bare_if_condition_with_a_local_in_the_branch) {
  counted = 0;
  local_in_branch(two()).get();
  expect(counted == 1, "c");
}
task<> condition_after_local_scope(receiver<value> rx) {
  {
    int seen = 1;
    counted = seen;
  }
  if (co_await rx.recv()) ++counted;
}
BRAID_TRAP(recv_as_a_bare_if_condition_after_the_scope_of_a_local) {
  counted = 0;
  condition_after_local_scope(two()).get();
  expect(counted == 2, "c");
}

}  // namespace
