"""Runs the real braid for the tests beside this file; its path is in the variable BRAID."""

import os
import subprocess
import time
import unittest

BRAID = os.environ["BRAID"]
PATIENCE = 30  # seconds until a test gives up waiting; nothing sleeps this long when all is well


class Finished:
    def __init__(self, process, out, err):
        self.code = process.returncode
        self.out = out
        self.err = err
        self.lines = out.decode("utf-8", "replace").splitlines()


def braid(*words, stdin=b"", env=None, stdout=subprocess.PIPE):
    """Runs `braid WORDS...` to its end."""
    process = subprocess.Popen([BRAID, *words], stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE,
                               env=None if env is None else {**os.environ, **env})
    out, err = process.communicate(stdin, timeout=PATIENCE)
    return Finished(process, out or b"", err.decode("utf-8", "replace"))


def braid_map(*words, **how):
    return braid("map", *words, **how)


def peak_kb(pid):
    """The most memory that a process has held so far."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def eventually(condition):
    """Asks until the answer is true; False if it never was."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.005)
    return False


def processes_with(mark):
    """Pids of living processes (no zombies) that have MARK in their environment or their arguments."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                if file.read().rsplit(b")", 1)[1].split()[0] in (b"Z", b"X"):
                    continue
            with open(f"/proc/{name}/environ", "rb") as file, open(f"/proc/{name}/cmdline", "rb") as words:
                if int(name) != os.getpid() and mark.encode() in file.read() + words.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


def name_of(pid):
    """Of the program that it runs; nothing if it has gone."""
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return None


main = unittest.main
TestCase = unittest.TestCase
