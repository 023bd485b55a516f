// What stages have in common that do their part where the stream is driven: one input, and nothing of their own to
// join.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

#include "braid/flow/producer.hpp"

namespace braid::detail {

/// From items of type In to items of type Out; pull() is all that is left to write.
template<class In, class Out>
class serial_stage : public producer<Out> {
 public:
  void start(const context& ctx) override { from_->start(ctx); }
  void leave() noexcept override { from_->leave(); }
  bool runs_user_code() const noexcept override { return from_->runs_user_code(); }
  task<> stop() final { return from_->stop(); }

 protected:
  explicit serial_stage(std::unique_ptr<producer<In>> from) noexcept : from_(std::move(from)) {}

  const std::unique_ptr<producer<In>> from_;
};

/// What makes a stage of an input: Make(producer<T>) gives the producer after it.
template<class Make>
struct stage {
  Make make;

  template<class T>
  requires std::invocable<Make&&, std::unique_ptr<producer<T>>>
  auto over(std::unique_ptr<producer<T>> from) && { return std::move(make)(std::move(from)); }
};

/// A Stage over `from`, seen as a producer of what it gives.
template<class Stage, class In, class... Args>
std::unique_ptr<producer<typename Stage::value_type>> make_stage(std::unique_ptr<producer<In>> from, Args&&... args) {
  return std::make_unique<Stage>(std::move(from), std::forward<Args>(args)...);
}

}  // namespace braid::detail
