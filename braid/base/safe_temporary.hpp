// The arguments that may be temporaries in an expression with co_await.
#pragma once

#include <type_traits>

namespace braid::detail {

/// Satisfied by an argument with a name, and by a temporary whose destructor does nothing. g++ 12 destroys other
/// temporaries twice there: a lambda that owns a capture, say (docs/coroutines.md).
template<class F>
concept safe_temporary = std::is_lvalue_reference_v<F> || std::is_trivially_destructible_v<std::remove_cvref_t<F>>;

}  // namespace braid::detail
