// The names of the tests that the sources of the tree define, for laws that other programs prove.
#pragma once

#include <set>
#include <string>

namespace braid::conformance {

/// `suite.test` of every TEST, TEST_F and TEST_P in a file under braid/ or tests/ of the tree at `root` that a
/// CMakeLists.txt beside it lists.
std::set<std::string> tests_of_tree(const std::string& root);

}  // namespace braid::conformance
