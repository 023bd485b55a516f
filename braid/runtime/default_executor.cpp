#include "braid/runtime/fork_safe_singleton.hpp"
#include "braid/runtime/work_stealing_executor.hpp"

namespace braid {

executor& default_executor() {
  return detail::fork_safe_singleton<work_stealing_executor>::get();
}

}  // namespace braid
