// The laws of operations, channels, semaphores, rate limiters, streams, errors and executors (docs/laws.md is made from this
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
  /// `suite.test`, of this program or another one. One of a parameterised suite of this program proves the law in the
  /// flavours that it runs in, any other one of it in all; a law about channels has one for each flavour.
  std::span<const std::string_view> tests;
  std::string_view later = {};   ///< What of it is not kept or not proved yet; required without tests.
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
