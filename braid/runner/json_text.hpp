// The few pieces of JSON that a job record needs, made for text that streams through: no value is ever held whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace braid::runner {

/// Says whether bytes that arrive in pieces are UTF-8 (RFC 3629: no surrogates, no overlong forms).
class utf8_check {
 public:
  /// False from the first bad byte on.
  bool feed(std::string_view bytes);
  /// True if all bytes were good and no character is cut off.
  [[nodiscard]] bool complete() const { return good_ && missing_ == 0; }

 private:
  bool good_ = true;
  int missing_ = 0;  ///< continuation bytes to come
  unsigned char lowest_ = 0x80, highest_ = 0xbf;
};

[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Appends the inside of a JSON string. `bytes` may be any piece of UTF-8 text.
void escape_json(std::string_view bytes, std::string& to);

/// Appends base64 (RFC 4648). Pieces but the last must be multiples of 3 bytes long.
void encode_base64(std::string_view bytes, std::string& to);

}  // namespace braid::runner
