#include "braid/base/code_place.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <vector>

namespace {

using braid::detail::code_places;
using braid::detail::note_callers;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using places = std::array<const void*, 6>;

[[gnu::noinline]] const void* walk_here(places& to) {
  const void* const place = __builtin_return_address(0);
  note_callers(place, to);
  return place;
}

TEST(note_callers, begins_with_the_call_that_it_is_told_and_goes_outwards) {
  places to{};
  const void* const place = walk_here(to);
  EXPECT_EQ(to[0], place);
  EXPECT_NE(to[1], nullptr);  // googletest, which calls the test
  EXPECT_NE(to[1], place);
}

TEST(note_callers, gives_the_place_alone_where_no_call_returns_to_it) {
  places to{};
  const int nowhere = 0;
  note_callers(&nowhere, to);
  EXPECT_EQ(to, (places{&nowhere}));
}

TEST(code_places, is_a_command_with_the_file_and_the_offsets_in_it) {
  places to{};
  walk_here(to);
  const std::string text = code_places({to.data(), 2});
  EXPECT_THAT(text, StartsWith("addr2line -Cfipe /"));
  std::istringstream words(text);
  std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  ASSERT_GE(all.size(), 4u);
  Dl_info found{};
  ASSERT_NE(::dladdr(to[0], &found), 0);
  // The base is 0 in the file of a program that is not to be moved, and the start of its first part otherwise.
  const auto offset = std::strtoull(all[3].c_str(), nullptr, 16);
  const auto address = reinterpret_cast<std::uintptr_t>(to[0]) - 1;
  EXPECT_TRUE(offset == address || offset == address - reinterpret_cast<std::uintptr_t>(found.dli_fbase)) << text;
}

TEST(code_places, leaves_out_what_is_in_no_file_or_in_the_c_library) {
  const int on_the_stack = 0;
  const void* const addresses[] = {&on_the_stack, nullptr, ::dlsym(RTLD_DEFAULT, "lldiv")};
  EXPECT_THAT(code_places(addresses), IsEmpty());
}

}  // namespace
