#include "braid/runtime/process_wide.hpp"
#include "braid/runtime/work_stealing_executor.hpp"

namespace braid {

executor& default_executor() {
  return detail::process_wide<work_stealing_executor>::get();
}

}  // namespace braid
