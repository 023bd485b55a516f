"""Where inputs come from and what they may hold."""

import json
import os
import subprocess
import tempfile

from tool import BRAID, TestCase, braid_map, main, peak_kb

HOSTILE = ["a b", "it's", 'q"q', "$(id)", "`id`", "*", "-n", "\t", "a\nb", "{}", "{#}", "\\", "\\n", "!", "#", "~", ";id",
           "é", ""]


class Inputs(TestCase):
    def test_words_files_and_stdin_give_the_same(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("a\nb\nc\n")
            file.flush()
            expected = b"a\nb\nc\n"
            self.assertEqual(braid_map("-k", "echo", ":::", "a", "b", "c").out, expected)
            self.assertEqual(braid_map("-k", "echo", "::::", file.name).out, expected)
            self.assertEqual(braid_map("-k", "-a", file.name, "echo").out, expected)
            self.assertEqual(braid_map("-k", "echo", stdin=expected).out, expected)
            self.assertEqual(braid_map("-k", "-a", "-", "echo", stdin=expected).out, expected)

    def test_hostile_words_reach_the_command_unchanged(self):
        run = braid_map("-k", "printf", "%s\\0", "{}", ":::", *HOSTILE)
        self.assertEqual(run.out.split(b"\0")[:-1], [word.encode() for word in HOSTILE])

    def test_hostile_words_reach_a_script_unchanged_in_every_quote_context(self):
        run = braid_map("-k", "printf '%s\\0' {} \"{}\" '{}'", ":::", *HOSTILE)
        self.assertEqual(run.out.split(b"\0")[:-1], [word.encode() for word in HOSTILE for _ in range(3)])

    def test_zero_separated_inputs_keep_newlines_and_bytes(self):
        values = [b"a\nb", b"\xff\xfe", b" ", b"$(id)"]
        run = braid_map("-k0", "printf", "%s\\0", "{}", stdin=b"\0".join(values) + b"\0")
        self.assertEqual(run.out.split(b"\0")[:-1], values)

    def test_quotes_and_blanks_in_lines_mean_nothing(self):
        self.assertEqual(braid_map("-k", "echo", stdin=b"it's\n\"x\n a  b \n").out, b"it's\n\"x\n a  b \n")

    def test_a_line_of_100_mb_fails_as_its_own_job_in_constant_memory(self):
        process = subprocess.Popen([BRAID, "map", "--json", "-k", "echo"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)

        def write(*pieces):
            for piece in pieces:
                while piece:
                    piece = piece[process.stdin.write(piece):]

        write(b"before\n")
        records = [json.loads(process.stdout.readline())]
        before = peak_kb(process.pid)
        write(*[b"x" * (1 << 20)] * 100, b"\nafter\n")
        records += [json.loads(process.stdout.readline()) for _ in range(2)]
        grown = peak_kb(process.pid) - before
        process.communicate(timeout=30)
        self.assertEqual([r["state"] for r in records], ["ok", "failed", "ok"])
        self.assertIn("line 2 of stdin has 104857600 bytes", records[1]["reason"])
        self.assertIn("131071", records[1]["reason"])
        self.assertEqual(process.returncode, 1)
        self.assertLess(grown, 8 * 1024)  # kB; the records of a sanitizer grow by half of that

    def test_the_longest_argument_passes(self):
        run = braid_map("--json", "true", stdin=b"x" * 131071 + b"\n")
        self.assertEqual(json.loads(run.out)["state"], "ok")

    def test_a_zero_byte_in_a_line_fails_as_that_job(self):
        run = braid_map("-k", "echo", stdin=b"a\0b\nc\n")
        self.assertEqual((run.code, run.out), (1, b"c\n"))
        self.assertIn("-0", run.err)

    def test_a_list_from_windows_gives_one_hint_that_names_the_option_which_strips_it(self):
        listed = b"\xef\xbb\xbfone.txt\r\ntwo.txt\r\n"
        run = braid_map("-k", "printf", "[%s]", stdin=listed)
        self.assertEqual((run.code, run.out), (0, b"[\xef\xbb\xbfone.txt\r][two.txt\r]"))
        self.assertEqual(run.err.count("--crlf"), 1, run.err)
        self.assertEqual(len(run.err.splitlines()), 1, run.err)
        run = braid_map("--crlf", "-k", "printf", "[%s]", stdin=listed)
        self.assertEqual((run.code, run.out, run.err), (0, b"[one.txt][two.txt]", ""))

    def test_words_of_a_list_from_windows_are_hinted_at_too(self):
        run = braid_map("-k", "printf", "[%s]", ":::", "one\r", "two\r")
        self.assertEqual(run.err.count("--crlf"), 1, run.err)
        run = braid_map("--crlf", "-k", "printf", "[%s]", ":::", "one\r", "two\r")
        self.assertEqual((run.out, run.err), (b"[one][two]", ""))

    def test_a_utf_16_list_says_what_it_is(self):
        run = braid_map("echo", stdin="one\ntwo\n".encode("utf-16"))
        self.assertEqual(run.code, 1)
        self.assertIn("iconv -f UTF-16", run.err)
        self.assertNotIn("-0", run.err)

    def test_a_list_of_lines_under_0_is_hinted_at(self):
        run = braid_map("-0", "printf", "[%s]", stdin=b"a\nb\n")
        self.assertEqual(run.out, b"[a\nb\n]")
        self.assertIn("without -0", run.err)

    def test_a_missing_file_of_inputs_is_named(self):
        run = braid_map("-a", "/nonexistent/list", "echo")
        self.assertEqual(run.code, 2)
        self.assertIn("/nonexistent/list", run.err)

    def test_jobs_have_an_empty_stdin_of_their_own(self):
        self.assertEqual(braid_map("-k", "cat; echo {}", stdin=b"a\nb\n").out, b"a\nb\n")

    def test_a_terminal_without_inputs_is_told_how_to_give_some(self):
        ours, theirs = os.openpty()
        run = subprocess.run([BRAID, "map", "echo"], stdin=theirs, capture_output=True, timeout=30)
        os.close(ours)
        os.close(theirs)
        self.assertEqual(run.returncode, 2)
        self.assertIn(b":::", run.stderr)


if __name__ == "__main__":
    main()
