// The capacity of a channel or a broadcast: a number that is often read from a configuration.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "braid/base/argument.hpp"

namespace braid::detail {

/// The limit for storage whose memory is reserved at once and touched as it is used.
inline constexpr std::size_t most_capacity = 2'147'483'647;
/// The limit for storage that is initialised at once.
inline constexpr std::size_t most_initialised_capacity = 16'777'216;
/// If there is no memory for so few values, that is not the fault of the number.
inline constexpr std::size_t surely_meant = 65'536;

/// Returns a new Storage for `capacity` values, made with the further arguments; the caller owns it. Throws
/// std::invalid_argument, which names the capacity, unless `capacity` is from `least` to `most` and the process gets
/// the memory for it; std::bad_alloc if even a small capacity gets none.
template<class Storage, class... Args>
Storage* make_storage(const char* what, std::size_t capacity, std::size_t least, std::size_t most, Args&&... args) {
  checked_argument(what, capacity, least, most);
  try {
    return new Storage(capacity, std::forward<Args>(args)...);
  } catch (const std::bad_alloc&) {
    if (capacity <= surely_meant) throw;
    refuse_argument(what, std::to_string(capacity),
                    range_text(least, most) + ", and there is no memory for that number of values");
  }
}

}  // namespace braid::detail
