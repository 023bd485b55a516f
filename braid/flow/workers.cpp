#include "braid/flow/workers.hpp"

#include "braid/runtime/executor.hpp"

namespace braid {

std::size_t workers::in(const environment& env) const {
  if (shared_width_) return shared_width_->count();
  return count_ > 0 ? count_ : env.executor_or_default().width();
}

}  // namespace braid
