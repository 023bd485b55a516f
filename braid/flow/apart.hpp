// Pulls a stream on a thread of its own if its pull may run plain functions of the user. This is for streams whose pull
// must not hold up others: a branch of a fan-in, and the input of a timed chunk or of a stage of coroutines.
//
// The thread is the one worker of a parallel stage whose function returns the item unchanged (plain_map.hpp). The stage
// is on demand: it pulls only while it is asked for an item itself, and holds one item at most. As in any such stage,
// the driver pulls the stream itself once its items are known to be short.
#pragma once

#include <memory>
#include <utility>

#include "braid/base/make_derived.hpp"
#include "braid/flow/plain_map.hpp"

namespace braid::detail {

template<class T>
std::unique_ptr<pull_stage<T>> apart(std::unique_ptr<pull_stage<T>> from) {
  if (!from->runs_user_code()) return from;
  using stage = plain_map<T, as_it_is>;
  return make_derived<pull_stage<T>, stage>(std::move(from), as_it_is{}, stage_options(1, slack(0)),
                                            stage::starts::on_demand);
}

}  // namespace braid::detail
