#include "braid/flow/stream_run.hpp"

namespace braid::detail {

cancellable context_of_run(const context& wanted) {
  const cancel_scope* const current = performer::current().scope();
  if (!current || current == wanted.scope().get()) return with_cancel(wanted);
  return with_cancel(with_stop(wanted, current_context().stop_token()));
}

}  // namespace braid::detail
