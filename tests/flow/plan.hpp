// A pipeline that is made up from a list of numbers, and what a plain loop over its items would give.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/item.hpp"

namespace pipelines {

enum class kind {
  source,
  filter,
  serial,
  plain,
  coroutine,
  pool,
  flat_map,
  chunk,
  throttle,
  merge,
  merge_sorted,
  concat,
  race
};

struct node {
  kind what = kind::source;
  int id = 0;
  std::vector<node> inputs;
  int size = 0;  ///< Of a source: its items; of a chunk: the most.
  int form = 0;  ///< Of a source: generated, from a full channel, from one that a thread fills; of a chunk: timed; of a
                 ///< pool: of coroutines.
  bool fails = false;  ///< Of a source: instead of ending.
  int workers = 1, slack = 0;
  bool ordered = false;
  int pace = 0;         ///< Which of its items take long.
  int fails_at = -1;    ///< The place of items that its function throws for.
  int cancels_at = -1;  ///< The place of items at which its function cancels the run.

  bool has_function() const noexcept { return what != kind::source && inputs.size() == 1 && what < kind::chunk; }
  bool is_parallel() const noexcept { return what >= kind::plain && what <= kind::pool; }
  /// More than one at a time, as they are ready.
  bool mixes() const noexcept { return is_parallel() && !ordered && workers > 1; }
  bool passes(const key& k) const noexcept { return (k.place * 7 + k.source * 3 + id) % 4 != 0; }
  int parts(const key& k) const noexcept { return (k.place + id) % 3; }
};

enum class driver { thread_loop, thread_sink, coroutine };

struct plan {
  explicit plan(const std::vector<unsigned>& numbers);

  node root;
  int sources = 0;
  driver driven = driver::thread_sink;
  std::size_t leaves_after = 0;   ///< So many items; 0: it does not.
  std::size_t cancels_after = 0;  ///< The same for a cancel by the one who takes the items.
  int cancelled_at = 0;           ///< So many items have come into being: by another thread; 0: it is not.
  bool has_pools = false;
  bool may_cancel = false;  ///< One way or another.

  std::string describe() const;
};

/// The order of merge_sorted.
bool comes_before(const key& a, const key& b) noexcept;
/// Whether the order of what comes out is said, and for one source alone.
bool is_determined(const node& of);
bool keeps_order_of(const node& of, int source);
/// Which of its inputs has that source.
int input_with(const node& of, int source);
/// A pull of it runs plain functions: a branch of a fan-in, or the input of a timed chunk, holds an item then.
bool runs_functions(const node& of);
/// A stream of it may be left at any time, and has pulled nothing that it has not given.
bool holds_nothing(const node& of);
/// Every source of it is a channel, which can tell what became of each item: none is split, or put into a chunk.
bool keeps_account(const node& of);
/// Even a run to the end may cut off items, or drop failures: those of streams that lose a race.
bool may_lose_items(const node& of);
bool may_lose_failures(const node& of);
/// What is left of it where each race that somebody won is that stream alone. `winner` of a race's id: the place of the
/// input that won, or -1.
node without_losers(const node& of, const std::function<int(int)>& winner);
/// Sorted by comes_before.
bool is_sorted(const node& of);

struct outcome {
  std::vector<key> items;
  bool fails = false;
};
/// What comes out of a pipeline that is determined.
outcome in_order(const node& of);
/// Everything that could come out if nothing failed; of one source, if it is named; `failures` are all there could be:
/// of which node, for which item. (Of a source, for none: its own number.)
using failure = std::pair<int, key>;
std::vector<key> all_of(const node& of, std::optional<int> source, std::vector<failure>* failures);

}  // namespace pipelines
