#include "braid/flow/stream_run.hpp"

namespace braid::detail {

const constant_cause& end_of_stream() {
  static const constant_cause it(error_code::cancelled, "end of stream");
  return it;
}

cancellable context_of_run(const context& wanted) {
  end_of_stream();
  const cancel_scope* const current = performer::current().scope();
  if (!current || current == wanted.scope().get()) return with_cancel(wanted);
  return with_cancel(with_stop(wanted, current_context().stop_token()));
}

}  // namespace braid::detail
