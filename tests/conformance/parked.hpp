// White box: whether a performer is parked. Tests need it to say "first it waits, then ...", since without it they
// would have to sleep; no public call tells it.
#pragma once

#include <cstdint>

#include "braid/runtime/performer.hpp"

namespace braid::conformance {

/// The performer's word is open: it is enlisted with all its cases, or holds all their locks and is about to be. So
/// whatever the caller does next to one of those sources comes after that. Any thread, while the performer lives.
bool is_parked(const detail::performer& who) noexcept;

/// Returns once is_parked(who). A test whose performer never parks is ended by the watchdog.
void wait_until_parked(const detail::performer& who) noexcept;

}  // namespace braid::conformance
