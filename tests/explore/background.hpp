// The background context for scenarios that make contexts or groups: includers need not name it.
#pragma once

#include "braid/sync/context.hpp"

namespace explore {

/// Made before the first schedule: the background context lives as long as the process, not as long as a schedule.
inline const braid::context background;

}  // namespace explore
