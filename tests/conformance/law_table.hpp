// The laws of operations, channels, semaphores, rate limiters and errors (docs/laws.md is made from this table), and
// what proves each.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace braid::conformance {

/// A kind of channel.
struct flavour_row {
  std::string_view name;      ///< As in the names of parameterised tests.
  std::string_view own = {};  ///< In what it differs from a bounded channel.
  std::span<const std::string_view> tests = {};
};

struct law_row {
  std::string_view id;
  std::string_view sentence;
  /// Tests of this program, `suite.test`. One of a parameterised suite proves the law in the flavours that it runs
  /// in, any other one in all.
  std::span<const std::string_view> tests;
  int step = 1;                  ///< Above 1: the law as a whole comes with that step.
  std::string_view later = {};   ///< What part of it comes later, and with which step.
  bool in_every_flavour = true;  ///< False: it is not about channels.
};

std::span<const flavour_row> flavour_rows() noexcept;
std::span<const law_row> law_rows() noexcept;

/// docs/laws.md.
std::string laws_document();

}  // namespace braid::conformance
