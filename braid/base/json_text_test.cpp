#include "braid/base/json_text.hpp"

#include <gtest/gtest.h>

using braid::detail::encode_base64;
using braid::detail::escape_json;
using braid::detail::is_utf8;
using braid::detail::utf8_check;

namespace {

std::string base64(std::string_view bytes) {
  std::string text;
  encode_base64(bytes, text);
  return text;
}

std::string escaped(std::string_view bytes) {
  std::string text;
  escape_json(bytes, text);
  return text;
}

}  // namespace

TEST(json_text, utf8_is_told_from_other_bytes) {
  for (const std::string_view good :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\x7f"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad : {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                     "\x80", "\xc3(", "\xf5\x80\x80\x80", "a\xe2\x82"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

TEST(json_text, a_character_may_be_cut_between_pieces) {
  utf8_check check;
  EXPECT_TRUE(check.feed("\xe2\x82"));
  EXPECT_FALSE(check.complete());
  EXPECT_TRUE(check.feed("\xac"));
  EXPECT_TRUE(check.complete());
}

TEST(json_text, quotes_backslashes_and_control_characters_are_escaped) {
  EXPECT_EQ(escaped("a\"b\\c\n\t\r\x01\x1f\x7f"), "a\\\"b\\\\c\\n\\t\\r\\u0001\\u001f\x7f");
}

// The test vectors of RFC 4648, section 10.
TEST(json_text, base64_matches_the_vectors_of_its_rfc) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}
