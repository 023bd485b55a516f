// Overloads for calls that cannot work. The compiler says why in one sentence: at the place of the call, as the first
// error, in place of the list of all candidates.
#pragma once

#include <coroutine>

namespace braid::detail {

/// The result of a refused call. It can be used in every way that a result can, so that no second error hides the
/// sentence.
struct refused {
  template<class T>
  operator T() const;
  template<class T>
  refused operator|(T&&) const;
  refused get() const;
  refused begin() const;
  refused end() const;
  refused operator*() const;
  refused operator++();
  bool operator!=(refused) const;
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>) const;
  refused await_resume() const;
};

/// Stands for one element of a braced list.
struct in_braces {
  template<class T>
  in_braces(T&&);
};

}  // namespace braid::detail

/// Marks a function that is declared and never defined: a call does not compile, and the compiler prints `sentence`.
/// The function takes part in overload resolution, so it must be constrained to calls that no other overload takes.
#define BRAID_REFUSED(sentence) __attribute__((unavailable(sentence)))
