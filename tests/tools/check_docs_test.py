#!/usr/bin/env python3
"""tools/check_docs.py accepts documents that show what is compiled, refuses others, and mends them when asked."""
import unittest

from tree import tool_case

SOURCE = """#include <cstdio>
// [greet]
int main() {
  // [inner]
  std::puts("hello");
  // [inner]
}
// [greet]
"""


class check_docs(tool_case):
    tool = "check_docs.py"

    def setUp(self):
        super().setUp()
        self.write("examples/CMakeLists.txt", "braid_program(hello SOURCES hello.cpp)\n")
        self.write("examples/hello.cpp", SOURCE)
        self.program("echo hello; echo $1")

    def program(self, script):
        self.write("build/examples/hello", f"#!/bin/sh\n{script}\n").chmod(0o755)

    def page(self, *lines):
        return self.write("README.md", "\n".join(("# Title", *lines, "The end.", "")))

    def accepted(self, *arguments):
        status, text = self.run_tool(*arguments)
        self.assertEqual(status, 0, text)
        return text

    def refused(self, words, *arguments):
        status, text = self.run_tool(*arguments)
        self.assertEqual(status, 1, text)
        self.assertIn(words, text)

    def build(self):
        return "--build", self.root / "build"

    def test_a_block_that_equals_its_region_is_accepted(self):
        self.page("<!-- snippet: examples/hello.cpp#inner -->", "```cpp", 'std::puts("hello");', "```")
        self.assertIn("1 blocks checked", self.accepted())

    def test_a_region_is_shown_without_the_marks_inside_it(self):
        self.page("<!-- snippet: examples/hello.cpp#greet -->", "```cpp", "int main() {", '  std::puts("hello");', "}", "```")
        self.accepted()

    def test_a_block_that_differs_is_refused_with_both_lines(self):
        self.page("<!-- snippet: examples/hello.cpp#inner -->", "```cpp", 'std::puts("hullo");', "```")
        self.refused('shows:  std::puts("hullo");\n    should: std::puts("hello");')

    def test_a_block_with_a_line_more_is_refused(self):
        self.page("<!-- snippet: examples/hello.cpp#inner -->", "```cpp", 'std::puts("hello");', "more();", "```")
        self.refused("README.md:3:")

    def test_a_whole_file_is_shown_without_its_region_marks(self):
        shown = [line for line in SOURCE.splitlines() if "[" not in line]
        self.page("<!-- snippet: examples/hello.cpp -->", "```cpp", *shown, "```")
        self.accepted()

    def test_c_plus_plus_without_a_marker_is_refused(self):
        for language in ("cpp", "c++", "CPP", "cpp title=x"):
            self.page(f"```{language}", "int x;", "```")
            self.refused("README.md:2: C++ without a marker")

    def test_another_language_needs_no_marker(self):
        self.page("```sh", "make run", "```")
        self.accepted()

    def test_an_unknown_file_is_refused(self):
        self.page("<!-- snippet: examples/none.cpp -->", "```cpp", "```")
        self.refused("there is no file examples/none.cpp")

    def test_an_unknown_region_is_refused(self):
        self.page("<!-- snippet: examples/hello.cpp#none -->", "```cpp", "```")
        self.refused("has 0 lines `// [none]`")

    def test_a_file_that_no_build_compiles_is_refused(self):
        self.write("examples/loose.cpp", "int x;\n")
        self.page("<!-- snippet: examples/loose.cpp -->", "```cpp", "int x;", "```")
        self.refused("examples/loose.cpp is not compiled")

    def test_a_marker_without_a_block_is_refused(self):
        self.page("<!-- snippet: examples/hello.cpp -->", "Some text.", "```sh", "```")
        self.refused("README.md:2: no fenced block follows")

    def test_a_block_that_is_never_closed_is_refused(self):
        self.page("```sh", "make run")
        self.refused("never closed")

    def test_documents_in_folders_of_docs_are_read(self):
        self.write("docs/decisions/001-x.md", "```cpp\nint x;\n```\n")
        self.refused("docs/decisions/001-x.md:1:")

    def test_an_output_that_equals_the_program_s_is_accepted(self):
        self.page("<!-- output: examples/hello world -->", "```text", "hello", "world", "```")
        self.accepted(*self.build())

    def test_an_output_that_differs_is_refused(self):
        self.page("<!-- output: examples/hello -->", "```text", "goodbye", "```")
        self.refused("shows:  goodbye\n    should: hello", *self.build())

    def test_an_output_without_a_build_tree_is_counted_and_left(self):
        self.page("<!-- output: examples/hello -->", "```text", "goodbye", "```")
        self.assertIn("1 not checked", self.accepted())

    def test_a_program_that_is_not_built_is_refused(self):
        self.page("<!-- output: examples/none -->", "```text", "```")
        self.refused("there is no program examples/none", *self.build())

    def test_a_program_that_fails_is_refused(self):
        self.program("echo hello; echo broken >&2; exit 3")
        self.page("<!-- output: examples/hello -->", "```text", "hello", "```")
        self.refused("ended with status 3: broken", *self.build())

    def test_a_session_shows_what_its_commands_print(self):
        self.page("<!-- session: -->", "```console", "$ echo one; echo two >&2", "one", "two", "$ printf 3", "3", "```")
        self.accepted(*self.build())

    def test_a_session_that_differs_is_refused(self):
        self.page("<!-- session: -->", "```console", "$ echo one", "two", "```")
        self.refused("shows:  two\n    should: one", *self.build())

    def test_a_session_finds_the_tools_of_the_build_tree(self):
        self.write("build/braid", "#!/bin/sh\necho found\n").chmod(0o755)
        self.page("<!-- session: -->", "```console", "$ braid", "found", "```")
        self.accepted(*self.build())

    def test_of_several_build_trees_the_first_that_has_the_program_is_taken(self):
        self.write("tool/greet", "#!/bin/sh\necho from the tool\n").chmod(0o755)
        self.page("<!-- output: examples/hello -->", "```", "hello", "```", "<!-- session: -->", "```", "$ greet", "from the tool", "```")
        self.accepted("--build", self.root / "tool", *self.build())
        self.program("echo hullo")
        self.refused("shows:  hello", "--build", self.root / "tool", *self.build())

    def test_fix_writes_the_right_text_and_nothing_else(self):
        page = self.page("<!-- snippet: examples/hello.cpp#inner -->", "```cpp", "a", "b", "```", "Between.",
                         "<!-- output: examples/hello x -->", "```text", "```")
        self.accepted("--fix", *self.build())
        self.assertEqual(page.read_text(), "\n".join((
            "# Title", "<!-- snippet: examples/hello.cpp#inner -->", "```cpp", 'std::puts("hello");', "```", "Between.",
            "<!-- output: examples/hello x -->", "```text", "hello", "x", "```", "The end.", "")))
        self.accepted(*self.build())

    def test_fix_still_refuses_what_it_cannot_mend(self):
        self.page("```cpp", "int x;", "```")
        self.refused("C++ without a marker", "--fix")


if __name__ == "__main__":
    unittest.main()
