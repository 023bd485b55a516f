#include "braid/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

TEST(result, a_value_is_given_back) {
  braid::result<std::unique_ptr<int>> r(std::make_unique<int>(3));
  ASSERT_TRUE(r);
  EXPECT_EQ(**r, 3);
  EXPECT_EQ(*std::move(r).value(), 3);
}

TEST(result, an_error_keeps_code_text_and_exception) {
  const auto thrown = std::make_exception_ptr(std::runtime_error("no disk"));
  braid::result<int> r(braid::error{braid::error_code::failed, "no disk", thrown});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, braid::error_code::failed);
  EXPECT_EQ(r.error().text, "no disk");
  EXPECT_THROW(r.value(), std::runtime_error);
}

TEST(result, asking_an_error_without_exception_for_its_value_throws_bad_access) {
  braid::result<int> r(braid::error{braid::error_code::closed, "closed", nullptr});
  EXPECT_THROW(r.value(), std::bad_variant_access);
}

TEST(result, of_nothing_is_done_or_an_error) {
  braid::result<void> done(std::monostate{});
  EXPECT_TRUE(done);
}
