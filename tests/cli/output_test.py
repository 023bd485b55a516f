"""How results appear on stdout and stderr."""

import base64
import json
import os
import re
import resource
import subprocess
import tempfile
import time

from tool import BRAID, TestCase, braid_map, main


class Output(TestCase):
    def test_output_of_jobs_never_mixes(self):
        run = braid_map("-j8", "for i in 1 2 3 4 5; do printf '{}%.0s' $(seq 2000); echo; done", ":::", *"abcdefgh")
        self.assertEqual(len(run.lines), 40)
        for at in range(0, 40, 5):
            self.assertEqual(len({*run.lines[at:at + 5]}), 1)
        self.assertTrue(all(len(line) == 2000 for line in run.lines))

    def test_lines_of_braid_never_stand_in_the_middle_of_a_jobs_stderr(self):
        size = 1_000_000
        job = f"head -c {size} /dev/zero | tr '\\0' x >&2; (echo left >&2; sleep 0.01; echo late >&2) & : {{}}"
        process = subprocess.Popen([BRAID, "map", "-v", "-j4", job, ":::", *"abcdefgh"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        pieces = []
        while piece := os.read(process.stderr.fileno(), 65536):
            pieces.append(piece)
            time.sleep(0.002)  # so that jobs begin while the output of others is written
        process.stderr.close()
        self.assertEqual(process.wait(), 0)
        texts = [line for line in b"".join(pieces).split(b"\n") if b"x" * 100 in line]
        self.assertEqual({(len(text.rstrip(b"left")), text.count(b"x")) for text in texts}, {(size, size)})
        self.assertEqual(len(texts), 8)

    def test_stdout_and_stderr_stay_apart(self):
        run = braid_map("-k", "echo out{}; echo err{} >&2", ":::", "1", "2")
        self.assertEqual(run.out, b"out1\nout2\n")
        self.assertEqual(run.err, "err1\nerr2\n")

    def test_bytes_pass_untouched_without_a_last_newline(self):
        self.assertEqual(braid_map("-k", "printf '\\001\\377%s' {}", ":::", "a", "b").out, b"\x01\xffa\x01\xffb")

    def test_as_ready_by_default_and_in_input_order_with_k(self):
        job = "sleep 0.{}; echo {}"
        self.assertEqual(braid_map("-j3", job, ":::", "5", "3", "1").lines, ["1", "3", "5"])
        self.assertEqual(braid_map("-j3", "-k", job, ":::", "5", "3", "1").lines, ["5", "3", "1"])

    def test_a_slow_head_of_the_line_does_not_stall_the_slots(self):
        count = 300
        script = f"test {{}} != 1 || {{ while test $(ls $D | wc -l) -lt {count}; do sleep 0.05; done; }}; touch $D/{{}}; echo {{}}"
        folder = subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
        run = braid_map("-j2", "-k", script, ":::", *map(str, range(1, count + 2)), env={"D": folder})
        subprocess.run(["rm", "-r", folder], check=True)
        self.assertEqual(run.lines, [str(n) for n in range(1, count + 2)])

    def test_tagged_lines_carry_their_input_and_end_in_a_newline(self):
        run = braid_map("-kT", "printf 'x\\ny'; echo {} >&2", ":::", "a b", "c")
        self.assertEqual(run.out, b"a b\tx\na b\ty\nc\tx\nc\ty\n")
        self.assertEqual(run.err, "a b\ta b\nc\tc\n")

    def test_a_tag_may_be_a_template(self):
        self.assertEqual(braid_map("-k", "-T={/.}-{#}", "echo", ":::", "d/f.txt").out, b"f-1\td/f.txt\n")

    def test_raw_output_goes_to_the_same_place_untouched(self):
        run = braid_map("-u", "-j1", "echo {}; echo e{} >&2", ":::", "a", "b")
        self.assertEqual((run.out, run.err), (b"a\nb\n", "ea\neb\n"))

    def test_quiet_shows_only_what_failed(self):
        run = braid_map("-kq", "echo {}; test {} != b", ":::", "a", "b", "c")
        self.assertEqual(run.out, b"b\n")
        self.assertEqual(run.code, 1)

    def test_json_has_every_field_of_a_finished_job(self):
        run = braid_map("--json", "-j1", "sh", "-c", "echo out; printf '\\377' >&2; exit 3", "x{}", ":::", "ü\"")
        record = json.loads(run.out)
        self.assertEqual(list(record), ["v", "seq", "inputs", "argv", "try", "state", "exit", "signal", "slot", "pid",
                                        "start", "end", "wall_ns", "user_ns", "sys_ns", "maxrss_kb", "out_bytes",
                                        "err_bytes", "out", "err_b64"])
        self.assertEqual(record["inputs"], ['ü"'])
        self.assertEqual(record["argv"][-1], 'xü"')
        self.assertEqual((record["v"], record["seq"], record["slot"], record["exit"]), (1, 1, 1, 3))
        self.assertEqual(base64.b64decode(record["err_b64"]), b"\xff")
        self.assertRegex(record["start"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertGreater(record["wall_ns"], 0)
        self.assertGreater(record["maxrss_kb"], 0)

    def test_json_of_inputs_that_are_not_text_is_base64(self):
        record = json.loads(braid_map("--json", "true", stdin=b"\xff\n").out)
        self.assertEqual(base64.b64decode(record["inputs_b64"][0]), b"\xff")

    def test_a_large_output_streams_through_json(self):
        record = json.loads(braid_map("--json", "head -c 5000000 /dev/zero | tr '\\0' '\"'; : {}", ":::", "a").out)
        self.assertEqual(record["out"], '"' * 5000000)

    def test_large_outputs_arrive_whole_in_order(self):
        run = braid_map("-k", "-j4", "head -c 3000000 /dev/zero | tr '\\0' {}", ":::", *"abcd")
        self.assertEqual(run.out, b"".join(letter * 3000000 for letter in (b"a", b"b", b"c", b"d")))

    def test_a_reader_that_goes_away_ends_the_run_with_4(self):
        process = subprocess.Popen([BRAID, "map", "-j2", "seq", ":::", *["100000"] * 50], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=30), 4)
        self.assertIn(b"Broken pipe", process.stderr.read())
        process.stderr.close()

    def test_a_job_may_open_its_output_by_any_name_and_loses_nothing(self):
        script = ("echo one; echo two > /dev/stdout; echo three > /proc/self/fd/1; echo four; echo five | tee /dev/stderr; "
                  "echo six >&2; echo seven > /dev/stderr; : {}")
        for options in ((), ("-k",), ("-T=t",), ("--json",)):
            run = braid_map(*options, script, ":::", "x")
            if options == ("--json",):
                record = json.loads(run.out)
                out, err = record["out"], record["err"]
            else:
                out, err = (text.replace("t\t", "") for text in (run.out.decode(), run.err))
            self.assertEqual((run.code, out, err), (0, "one\ntwo\nthree\nfour\nfive\n", "five\nsix\nseven\n"), options)

    def test_output_of_a_process_substitution_that_ends_just_after_its_job_is_the_jobs(self):
        run = braid_map("-k", "bash", "-c", "exec > >(cat); echo {}", ":::", "a", "b")
        self.assertEqual((run.code, run.out), (0, b"a\nb\n"))

    def test_small_output_needs_no_room_on_disk(self):
        run = subprocess.run([BRAID, "map", "-k", "-j1", "echo result-{}; true", ":::", "1", "2"], capture_output=True, timeout=30, check=False,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)))
        self.assertEqual((run.returncode, run.stdout), (0, b"result-1\nresult-2\n"))

    def with_a_small_disk(self, *words):
        """Runs braid with 1 MiB for its files: by a limit of file sizes, which any user can set."""
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
        process = subprocess.Popen([BRAID, "map", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err.decode()

    def test_output_that_no_disk_holds_ends_the_run_with_4_and_says_whose_and_how_much(self):
        for options in ((), ("-k",), ("-T",), ("--json",), ("-q",)):
            code, out, err = self.with_a_small_disk(*options, "-j1", "head -c 20000000 /dev/zero | tr '\\0' x; true {}",
                                                    ":::", "1", "2")
            self.assertEqual(code, 4, (options, err))
            found = re.search(r"^braid: job 1: .*File too large; it is cut after (\d+) bytes, (\d+) bytes are lost", err, re.M)
            self.assertTrue(found, (options, err))
            if options == ("--json",):
                record = json.loads(out.splitlines()[0])
                self.assertEqual((record["state"], record["out"]), ("failed", "x" * int(found[1])))
                self.assertIn("File too large", record["reason"])

    def test_a_disk_that_is_full_or_becomes_full_cuts_nothing_in_silence(self):
        if os.getuid() != 0:
            self.skipTest("only root can mount a small disk")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], check=True)
            try:
                env = {"TMPDIR": folder}
                run = braid_map("-j1", "head -c 20000000 /dev/zero | tr '\\0' x; true {}", ":::", "1", env=env)
                self.assertEqual(run.code, 4, run.err)
                self.assertRegex(run.err, r"braid: job 1: .*No space left on device.*; it is cut after \d+ bytes, \d+ bytes are lost")
                with open(os.path.join(folder, "filler"), "wb", buffering=0) as filler, self.assertRaises(OSError):
                    while True:
                        filler.write(b"x" * 65536)
                for options in ((), ("-k",), ("--json",)):
                    run = braid_map(*options, "-j1", "echo result-{}; true", ":::", "1", "2", env=env)
                    self.assertIn(run.code, (0, 2, 4), run.err)
                    if run.code == 0:
                        self.assertEqual(len(re.findall(rb"result-[12]\b", run.out)), 2, options)
                    else:
                        self.assertIn("No space left", run.err)
            finally:
                subprocess.run(["umount", folder], check=True)

    def test_a_full_disk_under_k_is_noticed(self):
        with open("/dev/full", "wb") as full:
            run = braid_map("-k", "echo", ":::", *"abcdef", stdout=full)
        self.assertEqual(run.code, 4)

    def test_no_progress_line_where_stderr_is_no_terminal(self):
        self.assertEqual(braid_map("sleep", ":::", "1.3").err, "")

    def progress_on_a_terminal(self, **env):
        ours, theirs = os.openpty()
        process = subprocess.Popen([BRAID, "map", "-j1", "sleep", ":::", "0.7", "0.8", "0.1"], stderr=theirs,
                                   env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **env})
        os.close(theirs)
        seen = b""
        while True:
            try:
                seen += os.read(ours, 4096)
            except OSError:
                break
        self.assertEqual(process.wait(timeout=30), 0)
        os.close(ours)
        return seen

    def test_a_progress_line_on_a_terminal_after_a_second(self):
        seen = self.progress_on_a_terminal()
        self.assertRegex(seen, rb"1/3 33%  1 running  .*/s  ETA .*oldest 0:00 0.8")
        self.assertIn(b"3 jobs in", seen)

    def test_no_progress_line_on_a_dumb_terminal_or_with_no_color(self):
        self.assertEqual(self.progress_on_a_terminal(TERM="dumb"), b"")
        self.assertEqual(self.progress_on_a_terminal(NO_COLOR="1"), b"")


if __name__ == "__main__":
    main()
