"""Habits of GNU xargs and GNU parallel: every option that they have is an option of braid, or is refused with the way."""

import re
import shutil
import subprocess

from tool import TestCase, braid_map, main

# Long options of rush 0.8, which no package has.
RUSH = ["assign", "cleanup-time", "continue", "dry-run", "escape", "escape-symbols", "eta", "field-delimiter", "greedy", "immediate-output",
        "infile", "jobs", "keep-order", "no-kill-exes", "no-stop-exes", "nrecords", "out-file", "print-retry-output", "propagate-exit-status",
        "record-delimiter", "records-join-separator", "retries", "retry-interval", "stop-on-error", "succ-cmd-file", "timeout", "trim", "verbose",
        "version", "C", "d", "D", "g", "i", "J", "n", "o", "Q", "t", "e", "c", "V"]


def options_of_parallel():
    """What the packaged GNU parallel reads, from its table of options."""
    with open(shutil.which("parallel"), encoding="utf-8", errors="replace") as file:
        text = file.read()
    table = text[text.index('("debug|D=s"'):]
    table = re.sub(r'"\s*\.\s*"', "", table[:table.index("\n}\n")])
    names = set()
    for spec in re.findall(r'"([^"\[\n]+?)(?:\[[^"]*)?"\s*=>', table):
        names.update(re.sub(r"([=:]\w)?(:.*)?$", "", spec).split("|"))
    return sorted(name for name in names if not name.startswith("_"))


def options_of_xargs():
    text = subprocess.run(["xargs", "--help"], capture_output=True, check=True, text=True).stdout
    return sorted({name for line in text.splitlines() if line.startswith("  ")
                   for name in re.findall(r"(?<![\w-])-{1,2}([\w-]+)", line.split("   ")[0] if line.startswith("  -") else "")})


class Foreign(TestCase):
    def check(self, name):
        """Accepted, or refused by a sentence that says more than that it is not there. Nothing is started."""
        dashes = "-" if len(name.split("=")[0]) == 1 else "--"
        run = braid_map(dashes + name, "--dry-run", "true", ":::", "a")
        if run.code != 2:
            self.assertEqual(run.code, 0, (name, run.err))
            return False
        self.assertTrue(run.err.startswith("braid: "), run.err)
        if "there is no option" in run.err:
            self.assertIn("did you mean --", run.err, name)
        self.assertEqual(run.out, b"")
        return True

    def test_every_option_of_the_packaged_gnu_parallel(self):
        names = options_of_parallel()
        self.assertGreater(len(names), 200)
        refused = [name for name in names if self.check(name)]
        self.assertGreater(len(refused), 150)

    def test_every_option_of_the_packaged_xargs(self):
        names = options_of_xargs()
        self.assertGreater(len(names), 20)
        self.assertGreater(len([name for name in names if self.check(name)]), 10)

    def test_every_option_of_rush(self):
        for name in RUSH:
            self.check(name)

    def test_placeholders_of_others_are_refused_before_anything_is_started(self):
        for name in ("{= $_++ =}", "{-1}", "{1}", "{2.}", "{:}", "{..}", "{^.txt}", "{%.}", "{@(x)}", "{##}", "{+/}", "{{.Id}}"):
            for words in (["echo", name], [f"echo {name}; true"], ["-T=" + name, "echo"]):
                run = braid_map(*words, ":::", "a")
                self.assertEqual((run.code, run.out), (2, b""), (words, run.err))
                self.assertIn(name, run.err)

    def test_an_own_shell_around_a_placeholder_is_warned_about_once_with_the_safe_form(self):
        run = braid_map("-k", "bash", "-c", "echo {}", ":::", "a", "b")
        self.assertEqual((run.code, run.out), (0, b"a\nb\n"))
        self.assertEqual(len(run.err.splitlines()), 1, run.err)
        self.assertIn("bash -c '... \"$1\"' _ {}", run.err)
        self.assertIn("eval", braid_map("eval echo {}", ":::", "a").err)
        self.assertEqual(braid_map("-k", "bash", "-c", "echo \"$1\"", "_", "{}", ":::", "$(id)").err, "")
        self.assertIn("reads an input again", braid_map("-h").out.decode())

    def test_options_after_the_command_are_explained(self):
        run = braid_map("echo {}; date", "-j4", ":::", "a")
        self.assertEqual(run.code, 1)
        self.assertIn("options stand before the command", run.err)
        run = braid_map("ls -l", "-k", ":::", "x")
        self.assertEqual(run.code, 127)
        self.assertIn("options stand before the command", run.err)
        run = braid_map("ls", "--dry-run", ":::", "/")
        self.assertEqual(run.code, 1)
        self.assertIn("--dry-run stands behind the command", run.err)
        self.assertNotIn("stands behind", braid_map("ls", "-d", "--all", "--color", ":::", "/nonexistent").err)


if __name__ == "__main__":
    main()
