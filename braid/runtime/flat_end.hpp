// Destroys a chain of objects, each of which holds the last reference to the next one. Examples: a channel whose
// buffered value is the receiver of another channel, a context that is a value of another context, a task that is the
// argument of another task. Users build such chains in loops. Destroyed recursively, a chain would overflow the stack.
// So would the stop of contexts each of which ends by the stop token of the one before.
#pragma once

namespace braid::detail {

/// Part of an object that can be a link of such a chain.
struct chain_link {
  void (*end)(chain_link&) noexcept = nullptr;
  chain_link* next = nullptr;
};

/// Calls end(link), which may destroy the object. If 50 such calls are nested in the thread already, the innermost of
/// them makes the call as soon as its own has returned.
void end_flat(chain_link& link, void (*end)(chain_link&) noexcept) noexcept;

}  // namespace braid::detail
