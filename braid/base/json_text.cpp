#include "braid/base/json_text.hpp"

namespace braid::detail {

bool utf8_check::feed(std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (missing_ > 0) {
      if (byte < lowest_ || byte > highest_) return good_ = false;
      --missing_;
      lowest_ = 0x80;
      highest_ = 0xbf;
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      missing_ = 1;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      missing_ = 2;
      if (byte == 0xe0) lowest_ = 0xa0;
      if (byte == 0xed) highest_ = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      missing_ = 3;
      if (byte == 0xf0) lowest_ = 0x90;
      if (byte == 0xf4) highest_ = 0x8f;
    } else if (byte >= 0x80) {
      return good_ = false;
    }
  }
  return good_;
}

bool is_utf8(std::string_view bytes) {
  utf8_check check;
  check.feed(bytes);
  return check.complete();
}

void escape_json(std::string_view bytes, std::string& to) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : bytes) {
    switch (c) {
      case '"':
        to += "\\\"";
        break;
      case '\\':
        to += "\\\\";
        break;
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\t':
        to += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          to += c;
        } else {
          to += "\\u00";
          to += hex[static_cast<unsigned char>(c) >> 4];
          to += hex[static_cast<unsigned char>(c) & 15];
        }
    }
  }
}

void encode_base64(std::string_view bytes, std::string& to) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!bytes.empty()) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      to += i <= bytes.size() ? digits[group >> (18 - 6 * i) & 63] : '=';
    }
    bytes.remove_prefix(bytes.size() < 3 ? bytes.size() : 3);
  }
}

}  // namespace braid::detail
