// Context, within and select: operations that refer to other operations.
#pragma once

#include "channel.hpp"

namespace probe {

/// Shared state behind a handle with a destructor.
class context {
 public:
  class done_operation : public operation {
   public:
    performer<done_operation> operator co_await() noexcept { return {this}; }
    void finish() {}
  };
  context();
  context(const context&);
  ~context();
  done_operation done() const { return done_operation(); }
  bool alive() const;

 private:
  std::shared_ptr<value> state_;
};

class after_operation : public operation {
 public:
  performer<after_operation> operator co_await() noexcept { return {this}; }
  void finish() {}
};
inline after_operation after(std::chrono::nanoseconds) {
  return after_operation();
}

/// within's own operation: refers to the operation that it bounds and holds a timer.
template<class Op, class Scope>
class bounded_operation : public operation {
 public:
  bounded_operation(Scope scope, Op& inner) : inner_(inner), scope_(scope) {}
  performer<bounded_operation> operator co_await() noexcept { return {this}; }
  decltype(auto) finish() {
    ++performed;
    return inner_.finish();
  }
  inline static int performed = 0;

 private:
  Op& inner_;
  Scope scope_;
  after_operation timer_ = {};
  std::array<operation*, 2> both_ = {&timer_, nullptr};
};

template<class Op>
auto within(const context& scope, Op&& inner) {
  return bounded_operation<std::remove_reference_t<Op>, const context&>(scope, inner);
}
template<class Op>
auto within_by_value(context scope, Op&& inner) {
  return bounded_operation<std::remove_reference_t<Op>, context>(std::move(scope), inner);
}
template<class Op>
auto within(std::chrono::nanoseconds limit, Op&& inner) {
  return bounded_operation<std::remove_reference_t<Op>, std::chrono::nanoseconds>(limit, inner);
}

/// select's own operation: an array of pointers to the cases.
template<std::size_t N>
class selection : public operation {
 public:
  explicit selection(std::array<operation*, N> cases) : cases_(cases) {}
  performer<selection> operator co_await() noexcept { return {this}; }
  std::size_t finish() {
    for (operation* one : cases_) expect(dynamic_cast<operation*>(one) != nullptr, "a case is gone");
    return static_cast<std::size_t>(turn++) % N;
  }
  inline static int turn = 0;

 private:
  std::array<operation*, N> cases_;
};

struct biased_t {};
inline constexpr biased_t biased = {};
template<class... Ops>
requires(std::is_base_of_v<operation, std::remove_reference_t<Ops>>&&...) selection<sizeof...(Ops)> select(
    Ops&&... ops) {
  return selection<sizeof...(Ops)>({static_cast<operation*>(&ops)...});
}
template<class... Ops>
selection<sizeof...(Ops)> select(biased_t, Ops&&... ops) {
  return selection<sizeof...(Ops)>({static_cast<operation*>(&ops)...});
}
class span_selection : public operation {
 public:
  explicit span_selection(std::span<operation* const> cases) : cases_(cases) {}
  performer<span_selection> operator co_await() noexcept { return {this}; }
  std::size_t finish() { return cases_.size() - 1; }

 private:
  std::span<operation* const> cases_;
};
inline span_selection select(std::span<operation* const> cases) {
  return span_selection(cases);
}

/// Throws out of await_resume.
class failing_operation : public operation {
 public:
  explicit failing_operation(const value& reason) : reason_(reason) {}
  performer<failing_operation> operator co_await() noexcept { return {this}; }
  int finish() { throw std::runtime_error(std::to_string(reason_.number())); }

 private:
  value reason_;
};

}  // namespace probe
