"""Every exit code that braid has, and what it says with it."""

import os
import signal
import subprocess
import tempfile

from tool import BRAID, TestCase, braid, braid_map, main


class ExitCodes(TestCase):
    def test_zero_when_every_job_ends_well_and_nothing_is_said(self):
        run = braid_map("true", ":::", "a", "b")
        self.assertEqual((run.code, run.out, run.err), (0, b"", ""))

    def test_zero_without_any_input(self):
        self.assertEqual(braid_map("false", ":::").code, 0)
        self.assertEqual(braid_map("false", stdin=b"").code, 0)

    def test_one_when_a_job_failed_in_the_end(self):
        run = braid_map("sh", "-c", "exit $0", ":::", "0", "3")
        self.assertEqual(run.code, 1)
        self.assertIn("failed  #2 exit 3  3", run.err)

    def test_two_for_a_usage_error_and_nothing_was_started(self):
        with tempfile.TemporaryDirectory() as folder:
            mark = os.path.join(folder, "started")
            for words in (["--frob", "touch", mark], ["-j0", "touch", mark], ["-l", "touch", mark],
                          ["-u", "-k", "touch", mark], [f"touch {mark}; cat <<E {{}}"], [f"touch {mark} {{2}}"],
                          ["touch", mark, ":::", "a"], []):
                run = braid_map(*words, ":::", "a")
                self.assertEqual(run.code, 2, words)
                self.assertTrue(run.err.startswith("braid: "), run.err)
                self.assertFalse(os.path.exists(mark))

    def test_two_for_verbs_that_do_not_exist_or_are_not_in_yet(self):
        run = braid("gzip", "-9", "a")
        self.assertEqual(run.code, 2)
        self.assertIn("did you mean: braid map gzip -9 a", run.err)
        run = braid("serve")
        self.assertEqual(run.code, 2)
        self.assertIn("`braid serve` is not in this version", run.err)
        self.assertEqual(braid().code, 2)

    def test_three_when_x_stops_the_run(self):
        run = braid_map("-j1", "-x", "false", ":::", *map(str, range(50)))
        self.assertEqual(run.code, 3)

    def test_three_when_too_many_jobs_failed(self):
        run = braid_map("-j1", "--max-fails", "2", "false", ":::", *map(str, range(50)))
        self.assertEqual(run.code, 3)
        self.assertIn("3 failed", run.err)

    def test_one_when_the_last_input_fails_under_x(self):
        self.assertEqual(braid_map("-j1", "-x", "sh", "-c", "exit $0", ":::", "0", "1").code, 1)

    def test_four_when_stdout_is_full(self):
        with open("/dev/full", "wb") as full:
            run = braid_map("echo", ":::", "a", stdout=full)
        self.assertEqual(run.code, 4)
        self.assertIn("cannot write to stdout: No space left on device", run.err)

    def test_four_when_the_reader_of_stdout_is_gone(self):
        read, write = os.pipe()
        os.close(read)
        run = braid_map("echo", ":::", "a", stdout=write)
        os.close(write)
        self.assertEqual(run.code, 4)
        self.assertIn("Broken pipe", run.err)

    def test_126_when_the_command_cannot_be_run_and_it_is_tried_once(self):
        run = braid_map("-j1", "-r5", "/etc/passwd", ":::", *map(str, range(1000)))
        self.assertEqual(run.code, 126)
        self.assertIn("/etc/passwd", run.err)

    def test_127_when_there_is_no_such_command(self):
        run = braid_map("-j1", "no-such-command-here", ":::", *map(str, range(1000)))
        self.assertEqual(run.code, 127)
        self.assertIn("no-such-command-here", run.err)

    def test_one_when_only_an_input_names_a_command_that_is_missing(self):
        run = braid_map("{}", ":::", "true", "no-such-command-here")
        self.assertEqual(run.code, 1)

    def test_129_130_143_when_a_signal_stopped_it(self):
        for number, code in ((signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen([BRAID, "map", "-u", "-j1", "echo {}; sleep 0.2", ":::", *map(str, range(500))],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
            process.stdout.readline()
            process.send_signal(number)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, code)

    def test_help_and_version_succeed(self):
        self.assertEqual(braid("-h").code, 0)
        self.assertIn("exit code", braid_map("-h").out.decode())
        self.assertRegex(braid("--version").out.decode(), r"^braid \d+\.\d+")

    def test_map_has_the_version_that_its_help_lists(self):
        run = braid_map("--version")
        self.assertEqual((run.code, run.out), (0, braid("--version").out))


class ClosedDescriptors(TestCase):
    """A shell's `>&-`: no file of ours may get that number and take what was meant for it."""

    def run_without(self, closed, *words):
        process = subprocess.Popen(["sh", "-c", f'exec "$@" {closed}', "sh", BRAID, "map", *words], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err.decode()

    def test_output_for_a_closed_stdout_is_an_error_whatever_its_length(self):
        for length in (1, 7, 8, 9, 100, 5000, 200_000):
            for options in ((), ("-k",), ("-T",), ("--json",)):
                code, _, err = self.run_without(">&-", *options, f"head -c {length} /dev/zero; : {{}}", ":::", "1", "2")
                self.assertEqual(code, 4, (length, options, err))
                self.assertIn("cannot write to stdout: Bad file descriptor", err)

    def test_a_closed_stdout_is_no_error_where_nothing_is_printed(self):
        self.assertEqual(self.run_without(">&-", "true", ":::", "1", "2")[::2], (0, ""))

    def test_a_dry_run_and_help_for_a_closed_stdout_are_errors(self):
        for words in (("--dry-run", "echo", ":::", "1"), ("--help",)):
            code, _, err = self.run_without(">&-", *words)
            self.assertEqual(code, 4)
            self.assertIn("cannot write to stdout", err)

    def test_a_closed_stderr_takes_nothing_and_the_output_is_whole(self):
        self.assertEqual(self.run_without("2>&-", "-k", "echo", ":::", "1234567", "2"), (0, b"1234567\n2\n", ""))
        self.assertEqual(self.run_without("2>&-", "-k", "echo {} >&2", ":::", "1234567")[0], 4)
        self.assertEqual(self.run_without("2>&-", "false", ":::", "1")[0], 1)

    def test_inputs_from_a_closed_stdin_are_refused(self):
        code, out, err = self.run_without("<&-", "echo")
        self.assertEqual((code, out), (2, b""))
        self.assertIn("stdin is closed", err)
        self.assertEqual(self.run_without("<&-", "echo", ":::", "1"), (0, b"1\n", ""))

    def test_jobs_see_open_descriptors_and_nothing_of_ours_with_all_three_closed(self):
        with tempfile.TemporaryDirectory() as folder:
            code, _, _ = self.run_without("<&- >&- 2>&-", "-j2", f"ls /proc/self/fd > {folder}/{{}}; :", ":::", "1", "2")
            self.assertEqual(code, 0)
            for name in "12":
                with open(f"{folder}/{name}") as listed:
                    self.assertEqual(listed.read().split(), ["0", "1", "2", "3"])

    def test_a_stderr_that_cannot_take_our_words_is_not_passed_over(self):
        with open("/dev/full", "wb") as full:
            process = subprocess.run([BRAID, "map", "false", ":::", "1"], stdout=subprocess.PIPE, stderr=full, check=False)
        self.assertEqual(process.returncode, 4)


if __name__ == "__main__":
    main()
