// A child of a task group that makes the values of a channel; group.generate() spawns it.
#pragma once

#include "braid/sync/channel.hpp"
#include "braid/sync/spawned.hpp"

namespace braid::detail {

/// Calls f(args..., sender). Keeps a second sender, so that the channel can still be closed with an error after f's
/// sender was destroyed with f's frame.
template<class T, class F, class... Args>
class generator : public spawned<F, Args..., sender<T>> {
 public:
  template<class... As>
  generator(group_core& group, const sender<T>& out, As&&... f_and_args)
      : spawned<F, Args..., sender<T>>(group, std::forward<As>(f_and_args)..., out), out_(out) {}

 private:
  void hand_out() noexcept override {
    if (this->thrown() && !out_.closed()) {
      out_.close(this->thrown());
      this->mark_seen();  // the receivers throw it
    }
    out_.drop();
  }
  sender<T> out_;
};

}  // namespace braid::detail
