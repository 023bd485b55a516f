// Reports misuse: the program ends with one sentence that names the mistake (law E2).
//
// Expected outcomes (closed, cancelled, timed out) are values or exceptions. Misuse, a broken contract that no caller
// can fix at run time, is neither: it is reported once on stderr and the process aborts, in every build.
#pragma once

namespace braid::detail {

/// Prints "braid: <sentence>" with the caller's place on stderr and aborts. Thread-safe; never returns.
[[noreturn]] void fail(const char* sentence, const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept;

}  // namespace braid::detail

/// Checks a contract in every build. `sentence` says what the caller did wrong and how to fix it.
#define BRAID_CHECK(condition, sentence) \
  do {                                   \
    if (!(condition)) [[unlikely]]       \
      ::braid::detail::fail(sentence);   \
  } while (false)
