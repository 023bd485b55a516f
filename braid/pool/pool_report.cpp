// The part of a report of stalled waits that describes a pool.
#include <string>

#include "braid/pool/pool_core.hpp"

namespace braid::detail {
namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + (count == 1 ? one : many);
}

}  // namespace

std::string pool_wait::describe_others() const {
  core_.lock().assert_held();
  return core_.describe_state();
}

std::string pool_core::describe_state() const {
  return "    worker pool '" + options_.name + "': " + counted(count_.running(), " job runs on ", " jobs run on ") +
         counted(count_.width(), " worker, ", " workers, ") +
         counted(count_.lent(), " of them waits", " of them wait") + " for the pool itself; " +
         counted(queue_.submitted(), " submitted job is queued", " submitted jobs are queued") +
         (paused_ ? "; it is paused" : "") + "\n";
}

}  // namespace braid::detail
