// Braces and objects that own something inside an await.
#include "model.hpp"

namespace {
using namespace probe;

int counted = 0;
receiver<value> two() {
  return channel<value>::holding(1, 2);
}

task<int> aggregate_braced_as_an_argument_of_a_lambda_coroutine() {
  co_return co_await [](order o) -> task<int> {
    int n = o.id.number();
    co_return n;
  }(order{5, 3});
}
BRAID_TRAP(aggregate_braced_as_an_argument_of_a_lambda) {
  expect(aggregate_braced_as_an_argument_of_a_lambda_coroutine().get() == 5, "n");
}

task<order> aggregate_returned_without_an_await_coroutine() {
  co_return order{5, 3};
}
BRAID_TRAP(aggregate_returned_without_an_await) {
  expect(aggregate_returned_without_an_await_coroutine().get().id.number() == 5, "n");
}

task<int> aggregate_with_an_empty_optional_coroutine() {
  struct opt {
    std::optional<value> v = {};
    int n = 0;
  };
  auto g = [](opt o) -> task<int> {
    int n = o.n;
    co_return n;
  };
  co_return co_await g({.n = 4});
}
BRAID_TRAP(aggregate_with_an_empty_optional) {
  expect(aggregate_with_an_empty_optional_coroutine().get() == 4, "n");
}

task<int> braces_for_a_pair_coroutine(value v) {
  auto g = [](std::pair<value, int> o) -> task<int> {
    int n = o.first.number();
    co_return n;
  };
  co_return co_await g({v, 4});
}
BRAID_TRAP(braces_for_a_pair) {
  expect(braces_for_a_pair_coroutine(4).get() == 4, "n");
}

task<int> tuple_made_in_place_coroutine(value v) {
  auto g = [](std::tuple<value, int> o) -> task<int> {
    int n = std::get<0>(o).number();
    co_return n;
  };
  co_return co_await g(std::tuple(v, 4));
}
BRAID_TRAP(tuple_made_in_place) {
  expect(tuple_made_in_place_coroutine(4).get() == 4, "n");
}

task<int> braces_for_an_optional_coroutine(value v) {
  auto g = [](std::optional<value> o) -> task<int> {
    int n = o->number();
    co_return n;
  };
  co_return co_await g({v});
}
BRAID_TRAP(braces_for_an_optional) {
  expect(braces_for_an_optional_coroutine(4).get() == 4, "n");
}

task<int> typed_braces_for_a_class_with_a_constructor_coroutine() {
  auto g = [](value o) -> task<int> {
    int n = o.number();
    co_return n;
  };
  co_return co_await g(value{4});
}
BRAID_TRAP(typed_braces_for_a_class_with_a_constructor) {
  expect(typed_braces_for_a_class_with_a_constructor_coroutine().get() == 4, "n");
}

task<int> braces_for_a_class_with_a_constructor_coroutine() {
  auto g = [](value o) -> task<int> {
    int n = o.number();
    co_return n;
  };
  co_return co_await g({4});
}
BRAID_TRAP(braces_for_a_class_with_a_constructor) {
  expect(braces_for_a_class_with_a_constructor_coroutine().get() == 4, "n");
}

task<int> empty_braces_for_a_string_coroutine() {
  auto g = [](std::string s) -> task<int> {
    int n = int(s.size());
    co_return n;
  };
  co_return co_await g({});
}
BRAID_TRAP(empty_braces_for_a_string) {
  expect(empty_braces_for_a_string_coroutine().get() == 0, "n");
}

task<int> empty_braces_for_an_aggregate_coroutine() {
  auto g = [](order s) -> task<int> {
    int n = s.count;
    co_return n;
  };
  co_return co_await g({});
}
BRAID_TRAP(empty_braces_for_an_aggregate) {
  expect(empty_braces_for_an_aggregate_coroutine().get() == 0, "n");
}

task<int> braces_for_a_std_array_coroutine() {
  struct node {
    std::array<value, 2> a;
  };
  auto g = [](std::array<value, 2> s) -> task<int> {
    int n = s[1].number();
    co_return n;
  };
  co_return co_await g({value(1), value(2)});
}
BRAID_TRAP(braces_for_a_std_array) {
  expect(braces_for_a_std_array_coroutine().get() == 2, "n");
}

task<int> await_inside_a_lambda_coroutine_called_in_an_await_coroutine(receiver<value> rx) {
  auto v = co_await [](receiver<value> r) -> task<int> {
    int n = (co_await r.recv())->number();
    co_return n;
  }(rx);
  co_return v;
}
BRAID_TRAP(await_inside_a_lambda_coroutine_called_in_an_await) {
  expect(await_inside_a_lambda_coroutine_called_in_an_await_coroutine(two()).get() == 1, "n");
}

task<int> bind_expression_that_owns_a_value_coroutine(value v) {
  auto f = [](auto&& g) -> task<int> {
    int n = g();
    co_return n;
  };
  co_return co_await f(std::bind([](const value& x) { return x.number(); }, v));
}
BRAID_TRAP(bind_expression_that_owns_a_value) {
  expect(bind_expression_that_owns_a_value_coroutine(4).get() == 4, "n");
}

task<int> closure_with_an_owning_capture_made_by_a_function_coroutine(value v) {
  auto make = [&] { return [v] { return v.number(); }; };
  auto f = [](auto g) -> task<int> {
    int n = g();
    co_return n;
  };
  co_return co_await f(make());
}
BRAID_TRAP(closure_with_an_owning_capture_made_by_a_function) {
  expect(closure_with_an_owning_capture_made_by_a_function_coroutine(4).get() == 4, "n");
}

}  // namespace
