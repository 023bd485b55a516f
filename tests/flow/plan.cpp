#include "flow/plan.hpp"

#include <algorithm>
#include <tuple>

namespace pipelines {
namespace {

/// Makes a plan of a list of numbers: one that is shorter, or has smaller ones, makes a simpler plan.
class planner {
 public:
  explicit planner(const std::vector<unsigned>& numbers) : numbers_(numbers) {}

  int below(int limit) {
    if (at_ == numbers_.size()) return 0;
    return static_cast<int>(numbers_[at_++] % static_cast<unsigned>(limit));
  }
  bool one_in(int n) { return below(n) == n - 1; }

  node pipeline(int depth) {
    node made;
    made.what = static_cast<kind>(depth > 0 ? below(13) : 0);
    if (made.what == kind::source) return source();
    made.id = ids_++;
    const int inputs = made.what >= kind::merge ? 1 + below(3) : 1;
    for (int i = 0; i < inputs; ++i) made.inputs.push_back(pipeline(depth - 1));
    if (made.what == kind::merge_sorted && !std::ranges::all_of(made.inputs, is_sorted)) made.what = kind::merge;
    if (made.is_parallel()) {
      made.workers = 1 + below(4);
      made.slack = below(4);
      made.ordered = below(2) == 1;
    }
    made.size = 1 + below(6);
    made.form = below(2);
    made.pace = below(3);
    if (made.has_function() && one_in(5)) made.fails_at = below(40);
    if (made.has_function() && one_in(9)) made.cancels_at = below(40);
    return made;
  }
  int sources() const noexcept { return sources_; }

 private:
  node source() {
    node made;
    made.id = sources_++;
    made.form = below(3);
    made.size = below(40);
    made.fails = one_in(8);
    return made;
  }

  const std::vector<unsigned>& numbers_;
  std::size_t at_ = 0;
  int ids_ = 100;
  int sources_ = 0;
};

bool has_pool(const node& of) {
  return of.what == kind::pool || std::ranges::any_of(of.inputs, has_pool);
}

bool cancels(const node& of) {
  return of.cancels_at >= 0 || std::ranges::any_of(of.inputs, cancels);
}

std::string describe_node(const node& of) {
  static constexpr const char* names[] = {"source",       "filter",   "serial", "plain",    "coroutine",
                                          "pool",         "flat_map", "chunk",  "throttle", "merge",
                                          "merge_sorted", "concat",   "race"};
  const auto say = [](const char* what, int value) { return std::string(" ") + what + "=" + std::to_string(value); };
  std::string all = names[static_cast<int>(of.what)] + std::string("#") + std::to_string(of.id) + "(";
  for (const node& each : of.inputs) all += describe_node(each) + " ";
  if (of.what == kind::source || of.what == kind::chunk || of.what == kind::pool)
    all += say("size", of.size) + say("form", of.form);
  if (of.fails) all += " fails";
  if (of.is_parallel()) all += say("workers", of.workers) + say("slack", of.slack) + say("pace", of.pace);
  if (of.ordered) all += " ordered";
  if (of.fails_at >= 0) all += say("fails_at", of.fails_at);
  if (of.cancels_at >= 0) all += say("cancels_at", of.cancels_at);
  return all + ")";
}

key part_of(const key& k, int i) {
  return {k.source, k.place, k.part * 3 + 1 + i};
}

/// What one stage makes of its input.
outcome apply(const node& of, outcome in, std::vector<failure>* failures, bool stop_at_failure) {
  outcome out;
  out.fails = in.fails;
  for (const key& k : in.items) {
    if (of.fails_at == k.place) {
      if (failures) failures->emplace_back(of.id, k);
      if (stop_at_failure) return out.fails = true, out;
    }
    if (of.what == kind::flat_map) {
      for (int i = 0; i < of.parts(k); ++i) out.items.push_back(part_of(k, i));
    } else if (of.what != kind::filter || of.passes(k)) {
      out.items.push_back(k);
    }
  }
  return out;
}

outcome source_items(const node& of) {
  outcome out;
  for (int i = 0; i < of.size; ++i) out.items.push_back({of.id, i, 0});
  out.fails = of.fails;
  return out;
}

outcome sort_merged(const std::vector<outcome>& in) {
  outcome out;
  std::vector<std::size_t> at(in.size(), 0);
  for (;;) {
    std::size_t least = in.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (at[i] == in[i].items.size()) {
        if (in[i].fails) return out.fails = true, out;
      } else if (least == in.size() || comes_before(in[i].items[at[i]], in[least].items[at[least]])) {
        least = i;
      }
    }
    if (least == in.size()) return out;
    out.items.push_back(in[least].items[at[least]++]);
  }
}

}  // namespace

plan::plan(const std::vector<unsigned>& numbers) {
  planner made(numbers);
  driven = static_cast<driver>(made.below(3));
  const int ends = made.below(5);
  const std::size_t after = 1 + static_cast<std::size_t>(made.below(30));
  if (ends == 2) leaves_after = after;
  if (ends == 3 && driven != driver::thread_loop) cancels_after = after;
  if (ends == 4 && driven != driver::thread_loop) cancelled_at = static_cast<int>(2 * after);
  root = made.pipeline(6);
  sources = made.sources();
  has_pools = has_pool(root);
  may_cancel = cancels_after > 0 || cancelled_at > 0 || cancels(root);
}

std::string plan::describe() const {
  static constexpr const char* names[] = {"for", "|", "into"};
  return describe_node(root) + ", driven by " + names[static_cast<int>(driven)] +
         (leaves_after ? ", left after " + std::to_string(leaves_after) : "") +
         (cancels_after ? ", cancelled after " + std::to_string(cancels_after) : "") +
         (cancelled_at ? ", cancelled from outside at " + std::to_string(cancelled_at) : "");
}

bool comes_before(const key& a, const key& b) noexcept {
  return std::tie(a.place, a.source, a.part) < std::tie(b.place, b.source, b.part);
}

bool is_determined(const node& of) {
  return !of.mixes() && of.what != kind::race && (of.what != kind::merge || of.inputs.size() == 1) &&
         std::ranges::all_of(of.inputs, is_determined);
}

bool keeps_order_of(const node& of, int source) {
  if (of.what == kind::source) return of.id == source;
  return !of.mixes() && std::ranges::any_of(of.inputs, [&](const node& in) { return keeps_order_of(in, source); });
}

int input_with(const node& of, int source) {
  const auto has = [source](const node& in) {
    return in.what == kind::source ? in.id == source : input_with(in, source) >= 0;
  };
  const auto at = std::ranges::find_if(of.inputs, has);
  return at == of.inputs.end() ? -1 : static_cast<int>(at - of.inputs.begin());
}

bool runs_functions(const node& of) {
  switch (of.what) {
    case kind::source:
      return of.form == 0;
    case kind::plain:
    case kind::coroutine:
    case kind::merge:
    case kind::merge_sorted:
      return of.inputs.size() == 1 && of.what >= kind::merge && runs_functions(of.inputs[0]);
    case kind::throttle:
    case kind::concat:
      return std::ranges::any_of(of.inputs, runs_functions);
    default:
      return true;
  }
}

bool holds_nothing(const node& of) {
  if (of.what >= kind::merge && of.what != kind::concat && of.inputs.size() > 1 &&
      std::ranges::any_of(of.inputs, runs_functions))
    return false;
  return of.what != kind::flat_map && of.what != kind::chunk && of.what != kind::throttle &&
         of.what != kind::merge_sorted && !of.is_parallel() && std::ranges::all_of(of.inputs, holds_nothing);
}

bool keeps_account(const node& of) {
  if (of.what == kind::source) return of.form != 0;
  return of.what != kind::flat_map && of.what != kind::chunk && std::ranges::all_of(of.inputs, keeps_account);
}

bool may_lose_items(const node& of) {
  if (of.what == kind::race && !std::ranges::all_of(of.inputs, holds_nothing)) return true;
  if (of.what == kind::race && of.inputs.size() > 1 && std::ranges::any_of(of.inputs, runs_functions)) return true;
  return std::ranges::any_of(of.inputs, may_lose_items);
}

bool may_lose_failures(const node& of) {
  return of.what == kind::race || std::ranges::any_of(of.inputs, may_lose_failures);
}

node without_losers(const node& of, const std::function<int(int)>& winner) {
  if (of.what == kind::race)
    if (const int won = winner(of.id); won >= 0)
      return without_losers(of.inputs[static_cast<std::size_t>(won)], winner);
  node left = of;
  for (node& each : left.inputs) each = without_losers(each, winner);
  return left;
}

bool is_sorted(const node& of) {
  return !of.mixes() &&
         (of.what < kind::merge || of.what == kind::merge_sorted || of.what == kind::race || of.inputs.size() == 1) &&
         std::ranges::all_of(of.inputs, is_sorted);
}

outcome in_order(const node& of) {
  if (of.what == kind::source) return source_items(of);
  std::vector<outcome> in;
  for (const node& each : of.inputs) in.push_back(in_order(each));
  if (of.what == kind::merge_sorted) return sort_merged(in);
  outcome all;
  for (const outcome& each : in) {
    if (all.fails) break;
    all.items.insert(all.items.end(), each.items.begin(), each.items.end());
    all.fails = each.fails;
  }
  return apply(of, std::move(all), nullptr, true);
}

std::vector<key> all_of(const node& of, std::optional<int> source, std::vector<failure>* failures) {
  if (of.what == kind::source) {
    if (source && of.id != *source) return {};
    if (of.fails && failures) failures->emplace_back(of.id, key{of.id, of.size, 0});
    return source_items(of).items;
  }
  outcome all;
  for (const node& each : of.inputs) {
    const std::vector<key> some = all_of(each, source, failures);
    all.items.insert(all.items.end(), some.begin(), some.end());
  }
  return apply(of, std::move(all), failures, false).items;
}

}  // namespace pipelines
