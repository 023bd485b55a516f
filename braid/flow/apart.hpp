// A stream whose pull may run plain functions of the user is pulled on a thread of its own where others must not wait
// for it: a branch of a fan-in, and the input of a timed chunk and of a stage of coroutines.
//
// It is a parallel stage of one worker, whose function gives the item as it is (plain_map.hpp), and on demand: it pulls
// only while it is asked for an item itself, and holds one item at most. So the driver pulls it itself once its items
// are known to be short.
#pragma once

#include <memory>
#include <utility>

#include "braid/flow/plain_map.hpp"

namespace braid::detail {

template<class T>
std::unique_ptr<producer<T>> apart(std::unique_ptr<producer<T>> from) {
  if (!from->runs_user_code()) return from;
  using stage = plain_map<T, as_it_is>;
  return std::make_unique<stage>(std::move(from), as_it_is{}, stage_options(1, slack(0)), stage::starts::on_demand);
}

}  // namespace braid::detail
