#include "braid/runtime/task_failure.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using braid::task_failure;

TEST(task_failure, says_which_task_threw_what) {
  const task_failure plain{.exception = std::make_exception_ptr(std::runtime_error("no such file")), .number = 3};
  EXPECT_EQ(plain.text(), "task 3 threw: no such file");
}

TEST(task_failure, says_the_name_and_the_place_of_the_spawn_where_they_are_known) {
  const auto here = std::source_location::current();
  const task_failure named{.exception = std::make_exception_ptr(std::runtime_error("no such file")),
                           .number = 0,
                           .name = "parse",
                           .place = here};
  EXPECT_EQ(named.text(), std::string("task 0 'parse', spawned at ") + here.file_name() + ":" +
                              std::to_string(here.line()) + ", threw: no such file");
}

TEST(task_failure, says_so_when_the_exception_is_no_std_exception) {
  const task_failure number{.exception = std::make_exception_ptr(5), .number = 1};
  EXPECT_EQ(number.text(), "task 1 threw: an exception that is not a std::exception");
}
