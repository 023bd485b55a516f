// For tests: what user code throws that is nothing to braid.
#pragma once

namespace braid::fixture {

struct own_error {};

}  // namespace braid::fixture
