// One JSON object per finished job, on one line of stdout; the job's own output is inside it.
#pragma once

#include "braid/runner/command_template.hpp"
#include "braid/runner/result_format.hpp"

namespace braid::runner {

/// Fields: v, seq, inputs, argv or script, try, state, exit, signal, slot, pid, start, end, wall_ns, user_ns, sys_ns,
/// maxrss_kb, out_bytes, err_bytes, out, err, and reason if the command did not start or its output is cut. Unknown
/// values are null. Bytes are text if they are UTF-8, else the field's name ends in _b64. Output of any size is
/// streamed.
class json_format final : public result_format {
 public:
  /// `command` is borrowed.
  explicit json_format(const command_template& command) : command_(command) {}

  void render(const outcome& result, byte_sink& out, byte_sink& err) const override;

 private:
  const command_template& command_;
};

}  // namespace braid::runner
