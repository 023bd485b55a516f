// The forms that docs/coroutines.md tells users to write.
#include "model.hpp"

namespace {
using namespace probe;

struct retry_options {
  int times = 1;
  std::chrono::milliseconds first_wait = 10ms;
};
template<class Op>
Op& retry(retry_options how, Op&& op) {
  expect(how.times == 3, "options");
  return op;
}
template<class F>
task<int> call(F f) {
  int result = f();
  co_return result;
}
int handled = 0;
void handle(const value& v) {
  handled += v.number();
}

// [receive]
task<> consume(receiver<value> rx) {
  while (auto v = co_await rx.recv()) handle(*v);
}
// [receive]
BRAID_TRAP(documented_receive) {
  handled = 0;
  consume(channel<value>::holding(1, 2)).get();
  expect(handled == 3, "sum");
}

// [send]
task<bool> produce(sender<order> tx, order mine) {
  if (const bool sent = co_await tx.emplace(5, 3); !sent) co_return false;
  co_return co_await tx.send(std::move(mine));
}
// [send]
BRAID_TRAP(documented_send) {
  channel<order> c;
  expect(produce(c.tx, order{6, 4}).get(), "sent");
  expect(c.buffer->size() == 2 && c.buffer->back().id.number() == 6, "arrived");
}

// [select]
task<int> serve(context ctx, receiver<value> rx) {
  int sum = 0;
  auto in = rx.recv();
  auto stop = ctx.done();
  for (;;) switch (const auto won = co_await select(in, after(1s), stop); won) {
      case 0:
        if (auto v = in.result()) sum += v->number();
        break;
      case 1:
        break;
      case 2:
        co_return sum;
    }
}
// [select]
BRAID_TRAP(documented_select) {
  selection<3>::turn = 0;
  expect(serve(context(), channel<value>::holding(1, 2)).get() == 1, "sum");
}

// [condition]
task<> one_round(context ctx) {
  switch (const auto which = co_await select(after(1s), ctx.done()); which) {
    case 0:
      handle(1);
      break;
    default:
      break;
  }
}
// [condition]
BRAID_TRAP(documented_condition) {
  selection<2>::turn = 0;
  handled = 0;
  one_round(context()).get();
  expect(handled == 1, "case");
}

// [within]
task<int> first_two(context ctx, receiver<value> rx) {
  auto v = co_await within(ctx, rx.recv());
  auto next_one = co_await within(2s, rx.recv());
  co_return v->number() + next_one->number();
}
// [within]
BRAID_TRAP(documented_within) {
  expect(first_two(context(), channel<value>::holding(1, 2)).get() == 3, "sum");
}

// [aggregate]
task<order> receive_order(receiver<value> rx) {
  auto id = co_await rx.recv();
  order made{std::move(*id), 3};
  co_return made;
}
// [aggregate]
BRAID_TRAP(documented_aggregate) {
  expect(receive_order(channel<value>::holding(4)).get().id.number() == 4, "id");
}

// [callable]
task<int> with_callable(value owned) {
  auto f = [owned] { return owned.number(); };
  const int named = co_await call(f);
  const int borrowed = co_await call([&] { return owned.number(); });
  co_return named + borrowed;
}
// [callable]
BRAID_TRAP(documented_callable) {
  expect(with_callable(2).get() == 4, "sum");
}

// [branch]
task<int> either(receiver<value> left, receiver<value> right, bool go_left) {
  std::optional<value> v;
  if (go_left)
    v = co_await left.recv();
  else
    v = co_await right.recv();
  co_return v->number();
}
// [branch]
BRAID_TRAP(documented_branch) {
  expect(either(channel<value>::holding(1), channel<value>::holding(2), false).get() == 2, "right");
}

task<int> with_options(receiver<value> rx) {
  auto v = co_await retry({.times = 3}, rx.recv());
  co_return v->number();
}
BRAID_TRAP(documented_options) {
  expect(with_options(channel<value>::holding(1)).get() == 1, "value");
}

}  // namespace
