// For tests: what user code throws that is nothing to braid.
#pragma once

namespace braid::staged {

struct own_error {};

}  // namespace braid::staged
