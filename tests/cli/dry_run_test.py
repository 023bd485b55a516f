"""What --dry-run and -v print: lines that a shell runs as braid would have run them."""

import os
import random
import shutil
import subprocess
import tempfile

from tool import TestCase, braid_map, main

# Prints its name and every argument; a program of this name lies in PATH beside shell builtins of the same name.
SHOW = "#!/bin/sh\nprintf '%s\\0' \"${0##*/}\" \"$@\"\n"
NAMES = ["show", "a=b", "echo", "test", "[", "if", "{", "time", "printf", "-x", "a b", "it's", "~", "é"]
PIECES = [b"a", b"b c", b"'", b'"', b"\\", b"\\n", b"\\0101", b"%", b"%s", b"%b", b"\n", b"\n\n", b"\r", b"\t", b"\x1b[31m", b"\x7f", b"\x01",
          b"\x81", b"\x82\x83\x84", b"\x88", b"\xff\xfe", "é€".encode(), b"$(id)", b"`id`", b"$HOME", b"${x}", b"*", b"?", b"[a]", b"~", b"#", b"!",
          b"-n", b"-", b"--", b"=", b"a=b", b"{}", b"{#}", b"|", b"&", b";", b"<", b">", b"(", b")", b"</dev/null", b" ", b"\\c"]


def hostile(rng):
    return b"".join(rng.choice(PIECES) for _ in range(rng.randrange(0, 6)))


class DryRun(TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name in NAMES:
            path = os.path.join(self.folder, name)
            with open(path, "w") as file:
                file.write(SHOW)
            os.chmod(path, 0o755)
        self.env = {"PATH": self.folder + ":" + os.environ["PATH"]}

    def run_by(self, shell, lines):
        done = subprocess.run([shell], input=lines, capture_output=True, timeout=60, env={**os.environ, **self.env})
        self.assertEqual(done.stderr, b"")
        return done.stdout

    def check(self, words, inputs, real_options=()):
        """The lines of a dry run, piped into shells, do what the real run does. One line an input."""
        listed = b"".join(value + b"\0" for value in inputs)
        real = braid_map("-k0", *real_options, *words, stdin=listed, env=self.env)
        self.assertEqual(real.err, "")
        shown = braid_map("-0", "--dry-run", *words, stdin=listed, env=self.env)
        self.assertEqual(shown.code, 0, shown.err)
        self.assertEqual(shown.out.count(b"\n"), len(inputs))
        for shell in ("sh", "bash"):
            self.assertEqual(self.run_by(shell, shown.out), real.out, (shell, words))

    def test_every_line_is_run_when_piped_into_a_shell(self):
        shown = braid_map("--dry-run", "echo", "ran", "{}", ":::", "1", "2", "3").out
        self.assertEqual(self.run_by("sh", shown), b"echo\0ran\0" b"1\0" b"echo\0ran\0" b"2\0" b"echo\0ran\0" b"3\0")

    def test_a_command_that_reads_stdin_does_not_eat_the_lines_behind_it(self):
        shown = braid_map("--dry-run", "cat; echo {}", ":::", "1", "2").out
        self.assertEqual(self.run_by("sh", shown), braid_map("-k", "cat; echo {}", ":::", "1", "2").out)

    def test_random_inputs_as_words_of_a_command(self):
        for seed in range(4):
            rng = random.Random(seed)
            with self.subTest(seed=seed):
                name = rng.choice(NAMES)
                self.check(["--exec", "--", name, hostile(rng).replace(b"{", b"{{"), b"{}", b"x{}y", b"{/}"], [hostile(rng) for _ in range(25)])

    def test_random_inputs_in_a_script(self):
        scripts = ["show {} \"{}\" '{}' x{}y", "show \"$(show {} '{/}')\"\necho \"second line\" {#}", "set -e; v={}; show \"$v\" 'a\\n%b'"]
        for seed in range(4):
            rng = random.Random(seed)
            with self.subTest(seed=seed):
                self.check(["--sh", rng.choice(scripts)], [hostile(rng) for _ in range(25)])

    def test_an_input_that_is_the_program(self):
        for name in NAMES:
            with self.subTest(name=name):
                self.check(["--exec", "--", "{}", "x"], [name.encode()])

    def test_verbose_prints_the_same_lines_as_jobs_start(self):
        values = ["a b", "it's", "a\nb", "-n"]
        shown = braid_map("--dry-run", "true", ":::", *values)
        self.assertEqual(braid_map("-v", "-j1", "true", ":::", *values).err.encode(), shown.out)
        self.assertEqual(braid_map("-v", "-j1", "true", ":::", "a b").err, "env true 'a b' </dev/null\n")

    def test_what_verbose_says_of_a_retry_is_a_comment_to_a_shell(self):
        run = braid_map("-v", "-r1", "--backoff", "1ms", "false", ":::", "a")
        self.assertTrue(run.err.splitlines()[1].startswith("#1 exit 1, again in "), run.err)


if __name__ == "__main__":
    main()
