// Callables inside an await.
#include "model.hpp"

namespace {
using namespace probe;

template<class F>
task<int> run_by_value(F f) {
  int n = co_await f();
  co_return n;
}
template<class F>
task<int> call_by_reference(F&& f) {
  int n = f();
  co_return n;
}
template<class F>
task<int> call_by_value(F f) {
  int n = f();
  co_return n;
}
task<int> l_value_capture(value v) {
  co_return co_await call_by_value([v] { return v.number(); });
}
BRAID_TRAP(lambda_with_an_owning_capture_as_a_by_value_argument) {
  expect(l_value_capture(5).get() == 5, "n");
}
task<int> l_value_capture_ref(value v) {
  co_return co_await call_by_reference([v] { return v.number(); });
}
BRAID_TRAP(lambda_with_an_owning_capture_as_a_reference_argument) {
  expect(l_value_capture_ref(5).get() == 5, "n");
}
task<int> l_reference_capture(value v) {
  co_return co_await call_by_value([&v] { return v.number(); });
}
BRAID_TRAP(lambda_with_a_reference_capture_as_an_argument) {
  expect(l_reference_capture(5).get() == 5, "n");
}
task<int> l_reference_default(value v) {
  co_return co_await call_by_value([&] { return v.number(); });
}
BRAID_TRAP(lambda_with_a_default_reference_capture_as_an_argument) {
  expect(l_reference_default(5).get() == 5, "n");
}
task<int> l_int_capture(int n) {
  co_return co_await call_by_value([n] { return n; });
}
BRAID_TRAP(lambda_with_a_trivial_capture_as_an_argument) {
  expect(l_int_capture(5).get() == 5, "n");
}
task<int> l_no_capture() {
  co_return co_await call_by_value([] { return 5; });
}
BRAID_TRAP(lambda_without_capture_as_an_argument) {
  expect(l_no_capture().get() == 5, "n");
}
task<int> l_named(value v) {
  auto f = [v] { return v.number(); };
  co_return co_await call_by_value(f);
}
BRAID_TRAP(lambda_with_an_owning_capture_named_first) {
  expect(l_named(5).get() == 5, "n");
}
task<int> l_named_moved(value v) {
  auto f = [v] { return v.number(); };
  co_return co_await call_by_value(std::move(f));
}
BRAID_TRAP(lambda_with_an_owning_capture_named_and_moved) {
  expect(l_named_moved(5).get() == 5, "n");
}
task<int> l_called(value v) {
  co_return co_await [v]() -> task<int> {
    int n = v.number();
    co_return n;
  }();
}
BRAID_TRAP(lambda_coroutine_with_an_owning_capture_called_in_the_await) {
  expect(l_called(5).get() == 5, "n");
}
task<int> l_called_arguments(value v) {
  co_return co_await [](value inner) -> task<int> {
    int n = inner.number();
    co_return n;
  }(v);
}
BRAID_TRAP(lambda_coroutine_without_capture_called_in_the_await) {
  expect(l_called_arguments(5).get() == 5, "n");
}
task<int> l_coroutine_by_value(value v) {
  co_return co_await run_by_value([v]() -> task<int> {
    int n = v.number();
    co_return n;
  });
}
BRAID_TRAP(lambda_coroutine_with_an_owning_capture_as_an_argument) {
  expect(l_coroutine_by_value(5).get() == 5, "n");
}
task<int> l_coroutine_named(value v) {
  auto f = [v]() -> task<int> {
    int n = v.number();
    co_return n;
  };
  co_return co_await f();
}
BRAID_TRAP(lambda_coroutine_with_an_owning_capture_named_first) {
  expect(l_coroutine_named(5).get() == 5, "n");
}
struct counter {
  value start;
  explicit counter(int n) : start(n) {}
  int operator()() const { return start.number(); }
};
task<int> l_class() {
  co_return co_await call_by_value(counter(5));
}
BRAID_TRAP(function_object_with_a_constructor_as_an_argument) {
  expect(l_class().get() == 5, "n");
}
task<int> l_function() {
  std::function<int()> f = [v = value(5)] { return v.number(); };
  co_return co_await call_by_value(f);
}
BRAID_TRAP(function_wrapper_named_first) {
  expect(l_function().get() == 5, "n");
}
task<int> use_function(std::function<int()> f) {
  int n = f();
  co_return n;
}
task<int> l_function_temp(value v) {
  co_return co_await use_function([v] { return v.number(); });
}
BRAID_TRAP(lambda_with_an_owning_capture_converted_to_a_function_wrapper) {
  expect(l_function_temp(5).get() == 5, "n");
}
task<int> l_function_ref(value v) {
  co_return co_await use_function([&v] { return v.number(); });
}
BRAID_TRAP(lambda_with_a_reference_capture_converted_to_a_function_wrapper) {
  expect(l_function_ref(5).get() == 5, "n");
}

}  // namespace
