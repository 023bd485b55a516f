// The law table holds: every law is proved in every flavour by tests that exist, or says what comes later.
#include "conformance/law_table.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "conformance/tests_of_tree.hpp"

namespace {

using namespace braid::conformance;
namespace fs = std::filesystem;

/// The flavour that a setting's name begins with; the name itself if it has none.
std::string flavour_of(const std::string& setting) {
  for (const flavour_row& f : flavour_rows())
    if (setting.starts_with(std::string(f.name) + "_")) return std::string(f.name);
  return setting;
}

/// `suite.test` of each registered test, to the flavours that it runs in; `all` if it does not depend on one.
std::map<std::string, std::set<std::string>> registered_tests() {
  std::map<std::string, std::set<std::string>> found;
  const testing::UnitTest& program = *testing::UnitTest::GetInstance();
  for (int s = 0; s < program.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *program.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      const std::string name = suite.GetTestInfo(t)->name();
      const std::string suite_name = suite.name();
      const std::size_t slash = name.find('/');
      const std::string plain = suite_name.substr(suite_name.find('/') + 1) + "." + name.substr(0, slash);
      const std::string setting = slash == std::string::npos ? "all" : name.substr(slash + 1);
      found[plain].insert(flavour_of(setting));
    }
  }
  return found;
}

std::set<std::string> ids_of_laws() {
  std::set<std::string> ids;
  for (const law_row& law : law_rows()) ids.emplace(law.id);
  return ids;
}

TEST(law_table, every_test_that_it_names_exists) {
  const auto registered = registered_tests();
  const std::set<std::string> elsewhere = tests_of_tree(BRAID_TREE);
  const auto exists = [&](const std::string& test) { return registered.count(test) || elsewhere.count(test); };
  for (const law_row& law : law_rows())
    for (const std::string_view test : law.tests)
      EXPECT_TRUE(exists(std::string(test))) << law.id << " names " << test << ", which does not exist";
  for (const flavour_row& f : flavour_rows())
    for (const std::string_view test : f.tests)
      EXPECT_TRUE(registered.count(std::string(test))) << f.name << " names " << test << ", which does not exist";
}

TEST(law_table, no_law_names_a_test_twice) {
  for (const law_row& law : law_rows())
    EXPECT_EQ(std::set<std::string_view>(law.tests.begin(), law.tests.end()).size(), law.tests.size()) << law.id;
}

TEST(law_table, every_law_is_proved_in_every_flavour_or_says_what_comes_later) {
  const auto registered = registered_tests();
  for (const law_row& law : law_rows()) {
    if (law.tests.empty()) {
      EXPECT_FALSE(law.later.empty()) << law.id << " needs tests, or says that it comes later";
      continue;
    }
    std::set<std::string> proved;
    for (const std::string_view test : law.tests)
      if (const auto found = registered.find(std::string(test)); found != registered.end())
        proved.insert(found->second.begin(), found->second.end());
    for (const flavour_row& f : flavour_rows()) {
      const bool is = !law.in_every_flavour || proved.count("all") || proved.count(std::string(f.name));
      EXPECT_TRUE(is) << law.id << " has no test for " << f.name;
    }
  }
}

TEST(law_table, it_has_all_laws) {
  const std::set<std::string> ids = ids_of_laws();
  for (int i = 1; i <= 12; ++i) EXPECT_TRUE(ids.count("O" + std::to_string(i))) << i;
  for (int i = 1; i <= 8; ++i) EXPECT_TRUE(ids.count("C" + std::to_string(i))) << i;
  for (int i = 1; i <= 5; ++i) EXPECT_TRUE(ids.count("S" + std::to_string(i))) << i;
  for (int i = 1; i <= 5; ++i) EXPECT_TRUE(ids.count("R" + std::to_string(i))) << i;
  for (int i = 1; i <= 6; ++i) EXPECT_TRUE(ids.count("E" + std::to_string(i))) << i;
  for (int i = 0; i <= 7; ++i) EXPECT_TRUE(ids.count("F" + std::to_string(i))) << i;
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(ids.count("X" + std::to_string(i))) << i;
}

TEST(law_table, every_law_that_a_source_or_a_document_cites_is_in_it) {
  static const std::regex cited(R"(\b[Ll]aws? ([OCSREFX][0-9]+)\b|\(([OCSREFX][0-9]+)[):,])");
  const std::set<std::string> ids = ids_of_laws();
  int citations = 0;
  for (const char* const top : {"braid", "cmd", "docs", "tests"})
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(BRAID_TREE) / top)) {
      const fs::path& file = entry.path();
      if (file.extension() != ".hpp" && file.extension() != ".cpp" && file.extension() != ".md") continue;
      std::stringstream stream;
      stream << std::ifstream(file).rdbuf();
      const std::string text = stream.str();
      for (std::sregex_iterator at(text.begin(), text.end(), cited); at != std::sregex_iterator(); ++at) {
        const std::string id = (*at)[1].matched ? (*at)[1].str() : (*at)[2].str();
        EXPECT_TRUE(ids.count(id)) << file << " cites law " << id << ", which the table does not have";
        ++citations;
      }
    }
  EXPECT_GT(citations, 50);
}

TEST(law_table, the_document_says_what_the_table_says) {
  const std::string path = BRAID_LAWS_DOCUMENT;
  if (std::getenv("BRAID_WRITE_LAWS")) std::ofstream(path) << laws_document();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), laws_document()) << "write it anew: BRAID_WRITE_LAWS=1 conformance_test";
}

}  // namespace
