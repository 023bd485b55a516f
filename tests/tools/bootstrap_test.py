#!/usr/bin/env python3
"""scripts/bootstrap does nothing when all is there, installs what is missing and says why, and fails in sentences.

It runs here with a PATH of its own, on which dpkg-query, apt-get and sudo are stand-ins; nothing is installed.
"""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BOOTSTRAP = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "bootstrap"
BORROWED = ("bash", "env", "mktemp", "rm", "tail")
# Every package is installed but those in ABSENT.
DPKG_QUERY = 'for name; do case $name in --*) ;; *) [[ " $ABSENT " == *" $name "* ]] || printf "installed/%s " "$name" ;; esac; done'


class bootstrap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="braid-tool-test.")
        self.addCleanup(folder.cleanup)
        self.bin = pathlib.Path(folder.name)
        self.calls = self.bin / "apt_calls"
        for name in BORROWED:
            (self.bin / name).symlink_to(shutil.which(name))
        self.program("dpkg-query", DPKG_QUERY)
        self.program("apt-get", f'echo "$@" >>{self.calls}')
        self.program("sudo", 'exec "$@"')
        self.program("id", "echo 1000")

    def program(self, name, script):
        path = self.bin / name
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        path.chmod(0o755)

    def run_it(self, *arguments, absent="", **env):
        ended = subprocess.run([BOOTSTRAP, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, timeout=60, env={"PATH": str(self.bin), "TMPDIR": str(self.bin), "ABSENT": absent, **env})
        return ended.returncode, ended.stdout

    def apt_calls(self):
        return self.calls.read_text() if self.calls.exists() else ""

    def test_with_all_there_it_says_nothing_and_calls_no_apt(self):
        for chosen in ("run", "test", "bench", "lint", "tidy", "fresh"):
            self.assertEqual(self.run_it(chosen), (0, ""))
        self.assertEqual(self.apt_calls(), "")

    def test_what_is_missing_is_named_with_its_reason_and_installed(self):
        status, text = self.run_it("test", absent="cmake clang-19")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"installing 2 of the \d+ packages in the set 'test'")
        self.assertRegex(text, r"clang-19 +the second compiler")
        self.assertRegex(self.apt_calls(), r"update\n.*install .* cmake clang-19\n")

    def test_a_set_asks_for_its_own_packages_only(self):
        self.assertEqual(self.run_it("run", absent="clang-19 golang-go"), (0, ""))

    def test_an_install_that_fails_is_said_with_the_last_words_of_apt(self):
        self.program("apt-get", 'echo "E: no such thing"; exit 100')
        status, text = self.run_it("run", absent="cmake")
        self.assertEqual(status, 1)
        self.assertIn("E: no such thing", text)
        self.assertIn("could not install: cmake", text)

    def test_an_update_that_fails_leaves_the_word_to_the_install(self):
        self.program("apt-get", '[[ " $* " != *" update "* ]]')
        status, text = self.run_it("run", absent="cmake")
        self.assertEqual(status, 0)
        self.assertIn("update failed", text)

    def test_without_apt_the_packages_are_listed(self):
        (self.bin / "apt-get").unlink()
        status, text = self.run_it("run")
        self.assertEqual(status, 1)
        self.assertIn("no apt", text)
        self.assertIn("ninja-build", text)

    def test_without_root_and_sudo_the_command_is_given(self):
        (self.bin / "sudo").unlink()
        status, text = self.run_it("run", absent="cmake")
        self.assertEqual(status, 1)
        self.assertIn("apt-get install --no-install-recommends cmake", text)

    def test_the_check_can_be_switched_off(self):
        self.assertEqual(self.run_it("run", absent="cmake", BRAID_NO_BOOTSTRAP="1"), (0, ""))

    def test_an_unknown_set_is_refused(self):
        status, text = self.run_it("rest")
        self.assertEqual(status, 1)
        self.assertIn("not 'rest'", text)


if __name__ == "__main__":
    unittest.main()
