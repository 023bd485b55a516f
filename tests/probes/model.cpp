#include "model.hpp"

#include <cstring>

namespace probe {

int live = 0;
bool immediate = false;
std::coroutine_handle<> next = nullptr;
std::deque<std::coroutine_handle<>> parked = {};

void expect(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "probe: %s\n", what);
  std::_Exit(3);
}

value::value(int number) : number_(new int(number)), self_(this) {
  ++live;
}
value::value(const value& other) : value(other.number()) {}
value::value(value&& other) noexcept : number_(std::move(other.number_)), self_(this) {
  ++live;
}
value& value::operator=(value other) noexcept {
  number_ = std::move(other.number_);
  return *this;
}
value::~value() {
  expect(self_ == this, "a value is destroyed where it was not made, or twice");
  self_ = nullptr;
  --live;
}
int value::number() const {
  expect(self_ == this, "a value is read where it was not made, or after its end");
  return number_ ? *number_ : -1;
}

operation::operation() : self_(this) {
  ++live;
}
operation::~operation() {
  expect(self_ == this, "an operation is destroyed where it was not made, or twice");
  self_ = nullptr;
  --live;
}
void operation::park(std::coroutine_handle<> waiter) {
  expect(self_ == this, "an operation is parked where it was not made");
  waiter_ = waiter;
  parked.push_back(waiter);
}

context::context() : state_(std::make_shared<value>(7)) {}
context::context(const context&) = default;
context::~context() = default;
bool context::alive() const {
  return state_->number() == 7;
}

void drive() {
  while (next || !parked.empty()) {
    if (!next) {
      next = parked.front();
      parked.pop_front();
    }
    std::exchange(next, nullptr).resume();
  }
}

trap::trap(const char* name_, void (*run_)()) : name(name_), run(run_) {
  all().push_back(this);
}
std::vector<trap*>& trap::all() {
  static std::vector<trap*> traps;
  return traps;
}

template class task<void>;
template class task<int>;
template class recv_operation<value>;
template class recv_operation<order>;
template class send_operation<value>;
template class send_operation<order>;
template class receiver<value>;
template class receiver<order>;
template class sender<value>;
template class sender<order>;

}  // namespace probe

/// Runs one trap by name, or prints the names of all.
int main(int argc, char** argv) {
  for (const probe::trap* one : probe::trap::all()) {
    if (argc < 2) {
      std::puts(one->name);
    } else if (std::strcmp(argv[1], one->name) == 0) {
      for (bool at_once : {false, true}) {
        probe::immediate = at_once;
        one->run();
        probe::expect(probe::live == 0, "values or operations outlive the probe, or ended twice");
      }
      return 0;
    }
  }
  return argc < 2 ? 0 : 2;
}
