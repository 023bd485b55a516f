// A value that takes its channel's lock as it is destroyed: whoever destroys it under that lock is found out at once.
#pragma once

#include <utility>

#include "braid/sync/channel.hpp"

namespace braid::conformance {

/// While it has something to say, its destructor uses the channel that it came from.
class meddler {
 public:
  meddler(const receiver<meddler>* channel, int* destroyed) noexcept : channel_(channel), destroyed_(destroyed) {}
  meddler(meddler&& other) noexcept : channel_(std::exchange(other.channel_, nullptr)), destroyed_(other.destroyed_) {}
  meddler& operator=(meddler&&) = delete;
  ~meddler() {
    if (!channel_) return;  // the shell that a move leaves
    static_cast<void>(channel_->size());
    static_cast<void>(channel_->closed());
    ++*destroyed_;
  }

 private:
  const receiver<meddler>* channel_;
  int* destroyed_;
};

}  // namespace braid::conformance
