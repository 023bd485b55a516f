// Base of the stages that do their part where the stream is driven: one input, and nothing of their own to join.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/flow/pull_stage.hpp"

namespace braid::detail {

/// Turns items of type In into items of type Out; derived classes add pull().
template<class In, class Out>
class serial_stage : public pull_stage<Out> {
 public:
  void start(const context& ctx) override { from_->start(ctx); }
  void leave() noexcept override { from_->leave(); }
  bool runs_user_code() const noexcept override { return from_->runs_user_code(); }
  task<> stop() final { return from_->stop(); }
  /// Gives an item that passed unchanged back to the input. Counts an item that this stage made as lost, with the item
  /// that it was made of.
  bool take_back(Out&& item) noexcept override {
    if constexpr (std::same_as<In, Out>) {
      return from_->take_back(std::move(item));
    } else {
      return from_->lost(1);
    }
  }
  bool lost(std::size_t items) noexcept override { return from_->lost(items); }

 protected:
  /// Calls the function of the stage for one item. The item is lost if the function throws.
  template<class Call>
  decltype(auto) or_lost(Call call) {
    try {
      return call();
    } catch (...) {
      from_->lost(1);
      throw;
    }
  }

  explicit serial_stage(std::unique_ptr<pull_stage<In>> from) noexcept : from_(std::move(from)) {}

  const std::unique_ptr<pull_stage<In>> from_;
};

/// A stage without its input: Make(pull_stage<T>) gives the pull_stage after that.
template<class Make>
struct stage {
  Make make;

  template<class T>
  requires std::invocable<Make&&, std::unique_ptr<pull_stage<T>>>
  auto over(std::unique_ptr<pull_stage<T>> from) && { return std::move(make)(std::move(from)); }
};

/// Returns a Stage over `from`, as a pull_stage of what it gives.
template<class Stage, class In, class... Args>
std::unique_ptr<pull_stage<typename Stage::value_type>> make_stage(std::unique_ptr<pull_stage<In>> from,
                                                                   Args&&... args) {
  return make_derived<pull_stage<typename Stage::value_type>, Stage>(std::move(from), std::forward<Args>(args)...);
}

}  // namespace braid::detail
