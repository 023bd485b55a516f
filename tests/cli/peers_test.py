"""braid beside the packaged GNU xargs and GNU parallel: the same inputs, the same output.

scripts/bootstrap installs both, so nothing here is skipped. Inputs are made from seeds; `make test` takes the same ones each time, `make prove`
(BRAID_PROVE_SECONDS) fresh ones for as long as it is told, and counts them.
"""

import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import time

from tool import BRAID, TestCase, braid_map, main

SECONDS = float(os.environ.get("BRAID_PROVE_SECONDS", "0"))
DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "from-parallel.md"
PARTS = [b"a", b"b.c", b".", b"..", b"/", b"//", b" ", b"-", b"_x", b"~", b"'", b'"', b"\\", b"$(id)", b"`id`", b"*", b"{}", b"{#}", b"\t", b";", b"&",
         b"|", b"<", b">", b"(", b"!", b"#", b"%s", b"=", "é€".encode(), b"\xff\xfe", b"\x01", b"\x7f", b"\r"]
PATH_PARTS = [b"a", b"bc", b".", b".", b"/", b"/", b"x.y", b".gz", b" ", b"-", "é".encode(), b"'", b"$"]
FORMS = "printf '%s\\0' {} {.} {/} {//} {/.} {#}"


def made_of(rng, parts, most):
    return b"".join(rng.choice(parts) for _ in range(rng.randrange(1, most)))


def output_of(words, listed):
    return subprocess.run(words, input=listed, capture_output=True, timeout=120, check=False).stdout


class Peers(TestCase):
    def rounds(self, few):
        """Generators: `few` fixed seeds, or fresh ones for the time that is given."""
        if SECONDS == 0:
            yield from (random.Random(seed) for seed in range(few))
            return
        end = time.monotonic() + SECONDS / 5
        while time.monotonic() < end:
            seed = random.SystemRandom().getrandbits(40)
            with self.subTest(seed=seed):
                yield random.Random(seed)

    def count(self, peer, what, number):
        print(f"count: {what} compared with {peer} {number}", flush=True)

    def test_path_placeholders_are_those_of_gnu_parallel(self):
        compared = 0
        for rng in self.rounds(2):
            values = [made_of(rng, PATH_PARTS, 8) for _ in range(150)]
            listed = b"\0".join(values) + b"\0"
            # The lines of its dry run, run by a shell: its start of a job takes 20 times as long.
            script = output_of(["parallel", "-0", "-k", "--dry-run", FORMS], listed)
            theirs = output_of(["bash"], script)
            self.assertEqual(braid_map("-0k", FORMS, stdin=listed).out.split(b"\0"), theirs.split(b"\0"))
            compared += len(values)
        self.count("GNU parallel", "paths", compared)

    def test_hostile_inputs_reach_the_command_as_with_gnu_parallel(self):
        compared = 0
        for rng in self.rounds(1):
            values = [made_of(rng, PARTS, 6) for _ in range(60)]
            listed = b"\0".join(values) + b"\0"
            theirs = output_of(["parallel", "-0", "-k", "-j2", "printf '%s\\0' {} x{}y"], listed)
            self.assertEqual(braid_map("-0k", "printf '%s\\0' {} x{}y", stdin=listed).out.split(b"\0"), theirs.split(b"\0"))
            compared += len(values)
        self.count("GNU parallel", "inputs", compared)

    def test_tagged_lines_are_those_of_gnu_parallel(self):
        compared = 0
        for rng in self.rounds(1):
            values = [made_of(rng, [b"a", b"b c", b"-", b"x.y", "é".encode()], 5) for _ in range(30)]
            listed = b"\n".join(values) + b"\n"
            command = "printf '%s\\n' 1 {#}"
            self.assertEqual(braid_map("-kT", command + "; : {}", stdin=listed).out, output_of(["parallel", "-k", "--tag", command + "; : {}"], listed))
            compared += len(values)
        self.count("GNU parallel", "tagged jobs", compared)

    def test_hostile_inputs_reach_the_command_as_with_xargs(self):
        compared = 0
        for rng in self.rounds(2):
            values = [made_of(rng, [*PARTS, b"\n"], 6) for _ in range(100)]
            listed = b"\0".join(values) + b"\0"
            for words in (["printf", "[%s]\\0", "{}", "x{}y"], ["printf", "%s{}\\0", "-"]):
                theirs = output_of(["xargs", "-0", "-I{}", *words], listed)
                # xargs and braid replace {} in every word; printf reads what then stands in its format.
                self.assertEqual(braid_map("-0k", "--exec", "--", *words, stdin=listed).out, theirs)
            compared += 2 * len(values)
        self.count("xargs", "inputs", compared)

    def test_lines_are_cut_as_by_xargs(self):
        compared = 0
        for rng in self.rounds(2):
            lines = [b"".join(rng.choice(PARTS) for _ in range(rng.randrange(0, 4))) for _ in range(100)]
            listed = b"\n".join(lines) + rng.choice([b"", b"\n", b"\n\n"])
            theirs = output_of(["xargs", "-d", "\\n", "-n1", "printf", "[%s]\\0"], listed)
            self.assertEqual(braid_map("-k", "--exec", "printf", "[%s]\\0", stdin=listed).out, theirs)
            compared += len(lines)
        self.count("xargs", "lines", compared)

    def test_every_row_of_the_page_prints_the_same_in_both_columns(self):
        if SECONDS:
            return
        rows = compared_rows(DOCUMENT.read_text(encoding="utf-8"))
        self.assertGreater(len(rows), 25)
        for theirs, ours in rows:
            with self.subTest(row=ours):
                self.assertEqual(self.shown_by(ours), self.shown_by(theirs))

    def shown_by(self, command):
        with tempfile.TemporaryDirectory() as folder:
            tools = os.path.join(folder, ".tools")
            place = os.path.join(folder, "place")
            os.makedirs(os.path.join(place, "d"))
            os.makedirs(tools)
            os.symlink(BRAID, os.path.join(tools, "braid"))
            for name, text in (("list", "one\ntwo words\nit's \"three\"\n"), ("commands", "echo 1\necho 'a  b' | tr a x\n"), ("d/file", "")):
                with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run(["bash", "-c", command], cwd=place, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False,
                                  env={**os.environ, "PATH": tools + ":" + os.environ["PATH"], "PARALLEL_SHELL": shutil.which("bash"), "HOME": folder})
            self.assertNotEqual(done.stdout if "/dev/null" not in command.split("|")[0] else b"-", b"", (command, done.stderr))
            return done.stdout


def compared_rows(text):
    """The commands of both columns of each table that stands after a mark `<!-- compared -->`."""
    rows = []
    for table in text.split("<!-- compared -->")[1:]:
        for line in table.lstrip("\n").splitlines():
            if not line.startswith("|"):
                break
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if all(cell.startswith("`") for cell in cells):
                rows.append([cell.strip("`").replace("\\|", "|") for cell in cells])
    return rows


if __name__ == "__main__":
    main()
