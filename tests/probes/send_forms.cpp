// How a value reaches a send, for each way in which `send` could take it, and where the send may stand.
#include "model.hpp"

namespace {
using namespace probe;

order make() {
  return order{5, 3};
}
std::string prefix = std::string(40, 'p');
int done_count = 0;

void check(const std::shared_ptr<std::deque<order>>& buffer) {
  expect(!buffer->empty(), "nothing was sent");
  for (const order& o : *buffer) expect(o.id.number() == 5 && o.count == 3, "another value arrived");
}

// One trap: the coroutine sends by `expression`, then the channel must hold what `holds` says of its first value.
#define BRAID_SEND_TRAP(name, type, expression, holds) \
  task<> name##_coroutine(sender<type> tx) {           \
    [[maybe_unused]] order o{5, 3};                    \
    const bool sent = co_await expression;             \
    expect(sent, "it was not sent");                   \
  }                                                    \
  BRAID_TRAP(name) {                                   \
    channel<type> c;                                   \
    name##_coroutine(c.tx).get();                      \
    const type& first = c.buffer->front();             \
    expect(holds, "another value arrived");            \
  }

#define BRAID_ORDER_ARRIVED (first.id.number() == 5 && first.count == 3)

#define BRAID_SEND_TRAPS(signature)                                                                                   \
  BRAID_SEND_TRAP(send_a_braced_aggregate_##signature, order, tx.signature({5, 3}), BRAID_ORDER_ARRIVED)              \
  BRAID_SEND_TRAP(send_a_typed_braced_aggregate_##signature, order, tx.signature(order{5, 3}), BRAID_ORDER_ARRIVED)   \
  BRAID_SEND_TRAP(send_a_parenthesised_aggregate_##signature, order, tx.signature(order(5, 3)), BRAID_ORDER_ARRIVED)  \
  BRAID_SEND_TRAP(send_an_aggregate_made_by_a_function_##signature, order, tx.signature(make()), BRAID_ORDER_ARRIVED) \
  BRAID_SEND_TRAP(send_a_moved_local_##signature, order, tx.signature(std::move(o)), BRAID_ORDER_ARRIVED)             \
  BRAID_SEND_TRAP(send_a_string_expression_##signature, std::string, tx.signature(prefix + "y"), first.size() == 41)  \
  BRAID_SEND_TRAP(send_a_vector_##signature, std::vector<std::string>,                                                \
                  tx.signature(std::vector<std::string>(2, prefix)), first.size() == 2)                               \
  BRAID_SEND_TRAP(send_a_temporary_of_a_class_##signature, value, tx.signature(value(4)), first.number() == 4)

BRAID_SEND_TRAPS(by_value)
BRAID_SEND_TRAPS(by_rvalue)
BRAID_SEND_TRAPS(by_const)
BRAID_SEND_TRAPS(by_forward)

BRAID_SEND_TRAP(send_a_string_literal, std::string, tx.by_value("a literal that does not fit the short form"),
                first.size() == 42)
BRAID_SEND_TRAP(send_a_unique_pointer, std::unique_ptr<int>, tx.by_value(std::make_unique<int>(4)), *first == 4)
BRAID_SEND_TRAP(send_an_int, int, tx.by_value(4), first == 4)
BRAID_SEND_TRAP(emplace_pieces, order, tx.emplace(5, 3), BRAID_ORDER_ARRIVED)
BRAID_SEND_TRAP(emplace_a_moved_member, order, tx.emplace(std::move(o.id), 3), BRAID_ORDER_ARRIVED)
BRAID_SEND_TRAP(emplace_a_temporary_value, order, tx.emplace(value(5), 3), BRAID_ORDER_ARRIVED)
BRAID_SEND_TRAP(emplace_an_aggregate_made_by_a_function, order, tx.emplace(make()), BRAID_ORDER_ARRIVED)

task<> statement(sender<order> tx) {
  co_await tx.emplace(5, 3);
}
BRAID_TRAP(emplace_as_a_statement_without_a_named_local) {
  channel<order> c;
  statement(c.tx).get();
  check(c.buffer);
}
task<> statement_made(sender<order> tx) {
  co_await tx.by_rvalue(make());
}
BRAID_TRAP(send_as_a_statement_without_a_named_local) {
  channel<order> c;
  statement_made(c.tx).get();
  check(c.buffer);
}
task<> in_if_braced(sender<order> tx) {
  int n = 0;
  if (co_await tx.by_rvalue({5, 3})) ++n;
}
BRAID_TRAP(send_a_braced_aggregate_in_a_condition) {
  channel<order> c;
  in_if_braced(c.tx).get();
  check(c.buffer);
}
task<> in_if_made(sender<order> tx) {
  int n = 0;
  if (co_await tx.by_rvalue(make())) ++n;
}
BRAID_TRAP(send_an_aggregate_made_by_a_function_in_a_condition) {
  channel<order> c;
  in_if_made(c.tx).get();
  check(c.buffer);
}

// Conditions without a named local in the coroutine.
task<> bare_if(sender<value> tx) {
  if (!co_await tx.by_rvalue(5)) co_return;
  ++done_count;
}
BRAID_TRAP(send_negated_in_an_if_condition_without_a_named_local) {
  channel<value> c;
  done_count = 0;
  bare_if(c.tx).get();
  expect(done_count == 1, "c");
}
task<> bare_while(sender<value> tx) {
  while (co_await tx.by_rvalue(5)) ++done_count;
}
BRAID_TRAP(send_as_a_while_condition_without_a_named_local) {
  channel<value> c;
  done_count = 0;
  bare_while(c.tx).get();
  expect(done_count == 3, "c");
}
task<> bare_if_int(sender<int> tx) {
  if (!co_await tx.by_value(5)) co_return;
  ++done_count;
}
BRAID_TRAP(send_of_an_int_in_an_if_condition_without_a_named_local) {
  channel<int> c;
  done_count = 0;
  bare_if_int(c.tx).get();
  expect(done_count == 1, "c");
}
task<> bare_while_emplace(sender<value> tx) {
  while (co_await tx.emplace(5)) ++done_count;
}
BRAID_TRAP(emplace_as_a_while_condition_without_a_named_local) {
  channel<value> c;
  done_count = 0;
  bare_while_emplace(c.tx).get();
  expect(done_count == 3, "c");
}
task<> local_while(sender<value> tx) {
  int n = 0;
  while (co_await tx.emplace(5)) ++n;
  done_count = n;
}
BRAID_TRAP(emplace_as_a_while_condition_with_a_named_local) {
  channel<value> c;
  done_count = 0;
  local_while(c.tx).get();
  expect(done_count == 3, "c");
}
task<> for_if(sender<value> tx) {
  for (int i = 0; i < 9; ++i)
    if (!co_await tx.emplace(i)) co_return;
}
BRAID_TRAP(emplace_negated_in_an_if_in_a_for_with_a_named_local) {
  channel<value> c;
  for_if(c.tx).get();
}
task<> named_send(sender<order> tx) {
  auto out = tx.by_rvalue({5, 3});
  const bool sent = co_await out;
  expect(sent, "sent");
}
BRAID_TRAP(send_named_with_a_braced_aggregate) {
  channel<order> c;
  named_send(c.tx).get();
  check(c.buffer);
}
task<> named_bool(sender<order> tx) {
  order o{5, 3};
  bool ok = co_await tx.by_rvalue(std::move(o));
  if (!ok) co_return;
}
BRAID_TRAP(send_result_named_then_tested) {
  channel<order> c;
  named_bool(c.tx).get();
  check(c.buffer);
}
task<> from_recv(receiver<order> rx, sender<order> tx) {
  while (auto o = co_await rx.recv()) co_await tx.by_rvalue(std::move(*o));
}
BRAID_TRAP(send_of_a_received_value) {
  channel<order> c;
  from_recv(channel<order>::holding(5), c.tx).get();
  expect(c.buffer->front().id.number() == 5, "v");
}
task<> nested_await(receiver<value> rx, sender<value> tx) {
  co_await tx.by_rvalue(*co_await rx.recv());
}
BRAID_TRAP(send_of_an_awaited_value_in_one_expression) {
  channel<value> c;
  nested_await(channel<value>::holding(5), c.tx).get();
  expect(c.buffer->front().number() == 5, "v");
}
task<> nested_await_emplace(receiver<value> rx, sender<order> tx) {
  co_await tx.emplace(*co_await rx.recv(), 3);
}
BRAID_TRAP(emplace_of_an_awaited_value_in_one_expression) {
  channel<order> c;
  nested_await_emplace(channel<value>::holding(5), c.tx).get();
  check(c.buffer);
}
task<> ternary_bool(sender<int> tx, bool go) {
  bool sent = go ? co_await tx.by_value(5) : false;
  expect(sent == go, "sent");
}
BRAID_TRAP(send_in_one_arm_of_a_ternary_of_bool) {
  channel<int> c;
  ternary_bool(c.tx, true).get();
  ternary_bool(c.tx, false).get();
}

}  // namespace
