#!/usr/bin/env python3
"""tools/check_layers.py accepts what the include rule allows, and refuses each kind of wrong include with its mend."""
import unittest

from tree import tool_case

ORDER = 'set(BRAID_LAYERS "base < runtime < sync < inspect < flow < pool < simulation < { jobs, process } < runner < service < cmd")\n'


class check_layers(tool_case):
    tool = "check_layers.py"

    def setUp(self):
        super().setUp()
        self.write("braid/CMakeLists.txt", ORDER)

    def refused(self, file, include, *words):
        """The include is refused at its place, and the message holds the include, a rule and a mend."""
        self.write(file, f"#pragma once\n\n{include}\n")
        status, text = self.run_tool()
        self.assertEqual(status, 1, text)
        for word in (f"{file}:3: {include}", "rule: ", "mend: ", *words):
            self.assertIn(word, text)

    def accepted(self, file, include):
        self.write(file, f"#pragma once\n\n{include}\n")
        status, text = self.run_tool()
        self.assertEqual(status, 0, text)

    def test_a_file_may_include_its_own_folder(self):
        self.accepted("braid/sync/channel.hpp", '#include "braid/sync/detail/ring.hpp"')

    def test_a_file_may_include_a_folder_to_its_left(self):
        self.accepted("braid/sync/channel.hpp", '#include "braid/base/check.hpp"')

    def test_the_command_may_include_every_folder(self):
        self.accepted("cmd/braid/main.cpp", '#include "braid/runner/run.hpp"')

    def test_a_folder_to_the_right_is_refused(self):
        self.refused("braid/base/result.hpp", '#include "braid/sync/channel.hpp"', "sync is to its right", "tests/")

    def test_a_test_keeps_the_order_too(self):
        self.refused("braid/base/result_test.cpp", '#include "braid/sync/channel.hpp"', "sync is to its right")

    def test_the_command_is_to_the_right_of_every_folder(self):
        self.refused("braid/service/api.cpp", '#include "cmd/braid/options.hpp"', "cmd is to its right")

    def test_folders_in_one_pair_of_braces_stay_apart(self):
        self.refused("braid/jobs/queue.hpp", '#include "braid/process/child.hpp"', "one pair of braces")

    def test_a_folder_to_the_right_of_the_braces_may_include_both(self):
        self.accepted("braid/runner/run.hpp", '#include "braid/jobs/job.hpp"\n#include "braid/process/child.hpp"')

    def test_an_include_of_an_unknown_folder_is_refused(self):
        self.refused("braid/sync/channel.hpp", '#include "braid/chan/ring.hpp"', "'chan' is no layer")

    def test_a_file_in_an_unknown_folder_is_refused(self):
        self.write("braid/chan/ring.hpp", "#pragma once\n")
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("braid/chan/ring.hpp:1: the folder 'chan' is no layer", text)

    def test_a_file_outside_every_folder_is_refused(self):
        self.write("braid/loose.hpp", "#pragma once\n")
        self.assertEqual(self.run_tool()[0], 1)

    def test_a_path_that_is_not_from_the_root_is_refused(self):
        self.refused("braid/base/check.cpp", '#include "check.hpp"', "from the root")

    def test_the_atomic_seam_may_name_its_other_side(self):
        self.accepted("braid/base/atomic.hpp", '#include "explore/atomic.hpp"')

    def test_no_other_file_may_name_the_other_side_of_the_seam(self):
        self.refused("braid/base/check.hpp", '#include "explore/atomic.hpp"', "from the root")

    def test_a_project_header_in_angle_brackets_is_refused(self):
        self.refused("braid/sync/channel.hpp", "#include <braid/base/check.hpp>", "in quotes")

    def test_an_include_by_macro_is_refused(self):
        self.refused("braid/sync/channel.hpp", "#include BRAID_RING", "names its file")

    def test_spaces_around_the_hash_hide_nothing(self):
        self.write("braid/base/a.hpp", '#pragma once\n\n  #  include   "braid/sync/channel.hpp"\n')
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("braid/base/a.hpp:3:", text)

    def test_an_include_in_a_comment_is_no_include(self):
        self.accepted("braid/base/a.hpp", '// #include "braid/sync/channel.hpp"\n/*\n#include "braid/sync/channel.hpp"\n*/')

    def test_the_line_number_counts_comment_lines(self):
        self.write("braid/base/a.hpp", '/* one\n two */\n#include "braid/sync/channel.hpp"\n')
        self.assertIn("braid/base/a.hpp:3:", self.run_tool()[1])

    def test_the_core_may_include_std(self):
        self.accepted("braid/flow/map.hpp", "#include <vector>")

    def test_the_core_may_not_include_a_foreign_library(self):
        self.refused("braid/flow/map.hpp", "#include <boost/asio.hpp>", "std alone")

    def test_a_folder_outside_the_core_may_include_a_foreign_library(self):
        self.accepted("braid/runner/output.cpp", "#include <nlohmann/json.hpp>")

    def test_the_runtime_may_include_linux_headers(self):
        self.accepted("braid/runtime/parker.cpp", "#include <linux/futex.h>\n#include <sys/syscall.h>\n#include <unistd.h>")

    def test_sync_may_not_include_linux_headers(self):
        self.refused("braid/sync/channel.hpp", "#include <sys/epoll.h>", "base, runtime and process")

    def test_a_test_may_include_a_test_library(self):
        self.accepted("braid/sync/channel_test.cpp", "#include <gtest/gtest.h>\n#include <rapidcheck.h>")

    def test_a_header_may_not_include_a_test_library(self):
        self.refused("braid/sync/channel.hpp", "#include <gtest/gtest.h>", "std alone")

    def test_the_contents_page_shows_the_core(self):
        self.accepted("braid/braid.hpp", '#include "braid/flow/map.hpp"')

    def test_the_contents_page_shows_nothing_else(self):
        self.refused("braid/braid.hpp", '#include "braid/jobs/job.hpp"', "in-process library only")

    def test_nothing_in_the_library_includes_the_contents_page(self):
        self.refused("braid/flow/map.hpp", '#include "braid/braid.hpp"', "contents page is for users")

    def test_a_tree_without_an_order_is_refused(self):
        self.write("braid/CMakeLists.txt", "\n")
        self.write("braid/base/a.hpp", "#pragma once\n")
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("BRAID_LAYERS", text)

    def test_an_order_that_names_a_folder_twice_is_refused(self):
        self.write("braid/CMakeLists.txt", 'set(BRAID_LAYERS "base < simulation < base")\n')
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("twice", text)

    def test_an_empty_tree_is_refused(self):
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn("no source file", text)


if __name__ == "__main__":
    unittest.main()
