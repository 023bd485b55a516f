#include "braid/process/program_finder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "braid/process/child_fixture_test.hpp"

namespace braid::process {
namespace {

using detail::program_finder;

class program_finder_in : public testing::Test {
 protected:
  program_finder_in() {
    std::string pattern = testing::TempDir() + "braid-path-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(root_ + "/a");
    std::filesystem::create_directories(root_ + "/b");
  }
  ~program_finder_in() override { std::filesystem::remove_all(root_); }

  void put(const std::string& name, mode_t mode = 0755) const {
    std::ofstream(root_ + "/" + name) << "#!/bin/sh\n";
    ::chmod((root_ + "/" + name).c_str(), mode);
  }
  std::string search_path() const { return root_ + "/a:" + root_ + "/b"; }

  std::string root_;
};

TEST_F(program_finder_in, the_first_directory_wins) {
  put("a/tool");
  put("b/tool");
  EXPECT_EQ(program_finder(search_path()).find("tool").path, root_ + "/a/tool");
}

TEST_F(program_finder_in, a_file_without_leave_is_passed_over) {
  put("a/tool", 0644);
  put("b/tool");
  EXPECT_EQ(program_finder(search_path()).find("tool").path, root_ + "/b/tool");
}

TEST_F(program_finder_in, a_file_without_leave_is_the_answer_if_there_is_no_other) {
  put("a/tool", 0644);
  const auto found = program_finder(search_path()).find("tool");
  EXPECT_EQ(found.error_number, EACCES);
  EXPECT_EQ(found.path, root_ + "/a/tool");
}

TEST_F(program_finder_in, an_answer_is_remembered_until_it_is_forgotten) {
  put("b/tool");
  program_finder finder(search_path());
  EXPECT_FALSE(finder.find("tool").remembered);
  put("a/tool");
  EXPECT_TRUE(finder.find("tool").remembered);
  EXPECT_EQ(finder.find("tool").path, root_ + "/b/tool");
  finder.forget("tool");
  EXPECT_EQ(finder.find("tool").path, root_ + "/a/tool");
}

TEST_F(program_finder_in, a_name_with_a_slash_is_not_searched) {
  EXPECT_EQ(program_finder(search_path()).find("./tool").path, "./tool");
}

TEST_F(program_finder_in, an_empty_part_is_the_present_directory) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(root_ + "/b");
  program_finder finder(root_ + "/a::");
  std::filesystem::current_path(before);
  put("b/tool");
  EXPECT_EQ(finder.find("tool").path, root_ + "/b/tool");
}

TEST_F(program_finder_in, a_program_that_moved_is_found_again_by_the_launcher) {
  put("a/tool");
  const std::string before = ::getenv("PATH");
  ::setenv("PATH", search_path().c_str(), 1);
  launcher launch;
  ::setenv("PATH", before.c_str(), 1);
  command what;
  what.argv = {"tool"};
  EXPECT_TRUE(launch.start(what).wait().ok());
  std::filesystem::rename(root_ + "/a/tool", root_ + "/b/tool");
  EXPECT_TRUE(launch.start(what).wait().ok());
  std::filesystem::remove(root_ + "/b/tool");
  EXPECT_THROW(static_cast<void>(launch.start(what)), spawn_error);
}

}  // namespace
}  // namespace braid::process
