#!/usr/bin/env python3
"""tools/check_style.py accepts a file that keeps the house's rules, and refuses each breach at its line."""
import unittest

from tree import tool_case


class check_style(tool_case):
    tool = "check_style.py"

    def accepted(self, file, text):
        self.write(file, text)
        status, shown = self.run_tool()
        self.assertEqual(status, 0, shown)

    def refused(self, file, text, words):
        self.write(file, text)
        status, shown = self.run_tool()
        self.assertEqual(status, 1, shown)
        self.assertIn(words, shown)

    def test_a_header_of_250_lines_is_accepted(self):
        self.accepted("braid/base/a.hpp", "#pragma once\n" + "\n" * 249)

    def test_a_header_of_251_lines_is_refused(self):
        self.refused("braid/base/a.hpp", "#pragma once\n" + "\n" * 250, "a.hpp:251: 251 lines, the budget is 250")

    def test_a_body_of_400_lines_is_accepted(self):
        self.accepted("tests/conformance/a.cpp", "\n" * 400)

    def test_a_body_of_401_lines_is_refused(self):
        self.refused("tests/conformance/a.cpp", "\n" * 401, "the budget is 400")

    def test_a_name_that_says_nothing_is_refused(self):
        for name in ("util", "string_utils", "common", "misc", "job_manager", "channel_impl"):
            self.refused(f"braid/base/{name}.cpp", "\n", f"{name}.cpp:1: '")
            (self.root / f"braid/base/{name}.cpp").unlink()

    def test_a_name_that_holds_such_a_word_inside_another_is_accepted(self):
        self.accepted("braid/base/utility_curve.cpp", "\n")

    def test_a_name_that_is_not_snake_case_is_refused(self):
        self.refused("braid/base/TaskGroup.cpp", "\n", "snake_case")

    def test_a_header_without_a_guard_is_refused(self):
        self.refused("braid/base/a.hpp", "int x;\n", "#pragma once")

    def test_a_test_beside_nothing_is_refused(self):
        self.refused("braid/base/a_test.cpp", "\n", "no a.hpp or a.cpp beside")

    def test_a_test_beside_its_code_is_accepted(self):
        self.write("braid/base/a.hpp", "#pragma once\n")
        self.accepted("braid/base/a_test.cpp", "\n")

    def test_a_weak_memory_order_without_a_reason_is_refused(self):
        for order in ("std::memory_order_relaxed", "std::memory_order::acquire"):
            self.refused("braid/base/a.cpp", f"// far away\n\n\n\nx.load({order});\n", "a.cpp:5: a weak memory order")

    def test_a_weak_memory_order_with_its_reason_is_accepted(self):
        self.accepted("braid/base/a.cpp", "// relaxed: a counter that nothing is ordered by\n\n\nx.load(std::memory_order_relaxed);\n")

    def test_a_delete_in_a_conditional_expression_is_refused(self):
        self.refused("braid/base/a.cpp", "void f(void* p, bool b) {\n  b ? g(p)\n    : ::operator delete(p);\n}\n", "a.cpp:2: ::operator delete in a")

    def test_a_delete_behind_an_if_is_accepted(self):
        self.accepted("braid/base/a.cpp", "void f(void* p, int b) {\n  if (b > 0 ? true : false) return g(p);  // ?\n  ::operator delete(p);\n}\n")

    def test_a_mark_of_unfinished_work_is_refused(self):
        self.refused("cmd/braid/main.cpp", "\n// TO" + "DO later\n", "main.cpp:2: TO" + "DO in the code")

    def test_an_empty_tree_is_refused(self):
        status, text = self.run_tool()
        self.assertEqual(status, 1, text)


if __name__ == "__main__":
    unittest.main()
