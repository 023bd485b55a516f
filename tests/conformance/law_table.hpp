// The laws of operations, channels, semaphores, rate limiters, streams and errors (docs/laws.md is made from this
// table), and what proves each.
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
  /// `suite.test`. One of a parameterised suite of this program proves the law in the flavours that it runs in, any
  /// other one in all. A law that is not about channels may be proved by other programs.
  std::span<const std::string_view> tests;
  int step = 1;                  ///< Above 1: the law as a whole comes with that step.
  std::string_view later = {};   ///< What comes later, and with which step if that is known; the whole without tests.
  bool in_every_flavour = true;  ///< False: it is not about channels.
};

/// A law that is not about channels.
constexpr law_row beside_channels(std::string_view id, std::string_view sentence,
                                  std::span<const std::string_view> tests, std::string_view later = {}) {
  return {.id = id, .sentence = sentence, .tests = tests, .later = later, .in_every_flavour = false};
}

std::span<const flavour_row> flavour_rows() noexcept;
std::span<const law_row> law_rows() noexcept;

/// docs/laws.md.
std::string laws_document();

}  // namespace braid::conformance
