// A value for scenarios that count how many of it are alive.
#pragma once

#include "explore/explore.hpp"

namespace explore {

/// Counts the living; plain, since whoever destroys a value comes after who made it.
class counted {
 public:
  explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
  counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  counted& operator=(counted&&) = delete;
  ~counted() {
    check(*alive_ > 0, "a value was destroyed twice");
    --*alive_;
  }

 private:
  int* alive_;
};

}  // namespace explore
