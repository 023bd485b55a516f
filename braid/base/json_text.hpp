// The few pieces of JSON that a job record needs, for text that is streamed: no value is ever held whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace braid::detail {

/// Checks whether bytes that arrive in pieces are UTF-8 (RFC 3629: no surrogates, no overlong forms).
class utf8_check {
 public:
  /// Returns false from the first bad byte on.
  bool feed(std::string_view bytes);
  /// Returns true if all bytes were good and no character is cut off.
  [[nodiscard]] bool complete() const { return good_ && missing_ == 0; }

 private:
  bool good_ = true;
  int missing_ = 0;  ///< continuation bytes to come
  unsigned char lowest_ = 0x80, highest_ = 0xbf;
};

[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Appends the inside of a JSON string. `bytes` may be any piece of UTF-8 text.
void escape_json(std::string_view bytes, std::string& to);

/// Appends base64 (RFC 4648). Every piece except the last must be a multiple of 3 bytes long.
void encode_base64(std::string_view bytes, std::string& to);

}  // namespace braid::detail
