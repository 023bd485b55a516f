#!/usr/bin/env python3
"""tools/check_prose.py finds each pattern where it is, keeps to the counts that are known, and reads no code as prose."""
import unittest

from tree import tool_case


class check_prose(tool_case):
    tool = "check_prose.py"

    def kinds(self, text, file="braid/base/a.hpp"):
        self.write(file, text)
        return [line.split(": ")[1] for line in self.run_tool("--show", file)[1].splitlines() if line.startswith(file + ": ") and " known" not in line]

    def test_plain_sentences_are_accepted(self):
        self.write("braid/base/a.hpp", "// Returns true if the queue is empty. Wakes one waiter.\n/// There is no limit.\nint x;  ///< Guarded by lock_.\n")
        self.write("README.md", "# braid\n\nA worker that waits gives its seat away.\n")
        status, shown = self.run_tool()
        self.assertEqual(status, 0, shown)
        self.assertIn("check_prose: 2 files, 0 known", shown)

    def test_each_pattern_is_found(self):
        for text, kind in (("// Who claims must wake.", "headless"), ("// The end. What it holds goes back.", "headless"),
                           ("// Waits for so many items.", "number"), ("// A bell that nobody rings.", "person"),
                           ("// This is no operation.", "no-noun"), ("/// False: it ends.", "answer"),
                           ("int x;  ///< Null: it waits as a thread.", "answer"), ("// Kept for ever.", "archaic"),
                           ("// It comes soon, mostly.", "archaic"), ("// " + "word " * 41 + ".", "long"),
                           ("f(\"nobody has seen the failure\");", "person")):
            self.assertEqual(self.kinds(text + "\n"), [kind], text)

    def test_a_sentence_is_read_over_the_ends_of_lines(self):
        self.assertEqual(self.kinds("// It takes so\n// many items.\n"), ["number"])

    def test_code_is_not_read(self):
        self.assertEqual(self.kinds("int nobody = 0;  \nbool for_ever(int dear);\nf(\"nobody\");\n"), [])
        self.assertEqual(self.kinds("A word.\n\n```cpp\n// nobody\n```\n\nThe function `nobody()` waits.\n", "README.md"), [])

    def test_a_file_with_more_than_is_known_is_refused_and_one_with_fewer_is_written_down(self):
        self.write("braid/base/a.hpp", "// A bell that nobody rings.\n")
        self.assertEqual(self.run_tool("--write")[0], 0)
        self.assertEqual(self.run_tool()[0], 0)
        self.write("braid/base/a.hpp", "// A bell that nobody rings.\n\n// Who rings it waits.\n")
        status, shown = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("braid/base/a.hpp: 2 sentences that are read twice, 1 are known", shown)
        self.write("braid/base/a.hpp", "// A bell.\n")
        status, shown = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("--write", shown)


if __name__ == "__main__":
    unittest.main()
