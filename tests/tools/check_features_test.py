#!/usr/bin/env python3
"""tools/check_features.py accepts claims that a test proves, and refuses others."""
import unittest

from tree import tool_case

HEAD = ("| feature | answer | where | proof or reason |", "|---|---|---|---|")


class check_features(tool_case):
    tool = "check_features.py"

    def setUp(self):
        super().setUp()
        self.write("braid/sync/channel.hpp", "")
        self.write("braid/sync/channel_test.cpp", "TEST(channel, holds_a_value) {}\nTEST_P(law,\n       is_kept) {}\n")
        self.write("examples/CMakeLists.txt", 'braid_example_prints(squares "385")\n')

    def run_page(self, *rows):
        self.write("docs/features.md", "\n".join(("# Features", "", *HEAD, *rows, "")))
        return self.run_tool()

    def accepted(self, *rows):
        status, text = self.run_page(*rows)
        self.assertEqual(status, 0, text)
        return text

    def refused(self, words, *rows):
        status, text = self.run_page(*rows)
        self.assertEqual(status, 1, text)
        self.assertIn(words, text)

    def test_a_claim_with_a_header_and_a_test_is_accepted(self):
        text = self.accepted("| it holds | has | [channel.hpp](../braid/sync/channel.hpp) | `channel.holds_a_value`, `law.is_kept` |")
        self.assertIn("1 features (1 has,", text)

    def test_an_example_is_a_test(self):
        self.accepted("| it holds | partly | [channel.hpp](../braid/sync/channel.hpp) | `example_squares` |")

    def test_a_method_of_a_python_test_is_a_test(self):
        self.write("tests/tools/singer_test.py", "class singer(tool_case):\n    def test_sings(self):\n        pass\n")
        self.accepted("| it sings | has | [channel.hpp](../braid/sync/channel.hpp) | `singer.test_sings` |")
        self.refused("there is no test singer.test_dances",
                     "| it dances | has | [channel.hpp](../braid/sync/channel.hpp) | `singer.test_dances` |")

    def test_a_way_to_take_the_library_in_is_a_test(self):
        self.write("tests/consume/CMakeLists.txt", "foreach(way shared plugin)\nendforeach()\n")
        self.accepted("| it is shared | has | [channel.hpp](../braid/sync/channel.hpp) | `consume_shared` |")
        self.refused("there is no test consume_raw",
                     "| it is raw | has | [channel.hpp](../braid/sync/channel.hpp) | `consume_raw` |")

    def test_a_test_that_does_not_exist_is_refused(self):
        self.refused("there is no test channel.sings",
                     "| it sings | has | [channel.hpp](../braid/sync/channel.hpp) | `channel.sings` |")

    def test_an_example_that_does_not_exist_is_refused(self):
        self.refused("there is no test example_cubes",
                     "| it holds | has | [channel.hpp](../braid/sync/channel.hpp) | `example_cubes` |")

    def test_a_claim_without_a_test_is_refused(self):
        self.refused("no test proves 'it holds'", "| it holds | partly | [channel.hpp](../braid/sync/channel.hpp) | surely |")

    def test_a_claim_without_a_header_is_refused(self):
        self.refused("names no header", "| it holds | has | here | `channel.holds_a_value` |")

    def test_a_header_that_does_not_exist_is_refused(self):
        self.refused("there is no file ../braid/none.hpp", "| it holds | has | [x](../braid/none.hpp) | `channel.holds_a_value` |")

    def test_a_refusal_without_a_reason_is_refused(self):
        self.refused("has no reason", "| it sings | refused | | |")

    def test_a_refusal_with_a_reason_is_accepted(self):
        self.accepted("| it sings | refused | | no voice |")

    def test_another_answer_is_refused(self):
        self.refused("'not yet' is no answer", "| it sings | not yet | | surely |")

    def test_a_row_with_too_few_cells_is_refused(self):
        self.refused("3 cells", "| it sings | refused | no voice |")

    def test_a_page_without_a_table_is_refused(self):
        self.write("docs/features.md", "# Features\n")
        status, text = self.run_tool()
        self.assertEqual(status, 1, text)
        self.assertIn("no table", text)


if __name__ == "__main__":
    unittest.main()
