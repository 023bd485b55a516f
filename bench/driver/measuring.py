"""One sample is one process. Calibration, and rounds in random order."""
import math
import signal
import subprocess
from dataclasses import dataclass, field

from . import machine

TIMEOUT_SECONDS = 60
TARGET_SECONDS = 0.3
SHORTEST_SECONDS = 0.15
LONGEST_SECONDS = 0.5
WARM_UP = 1.1  # a process runs N/10 units before the N that it times
MOST_UNITS = 50_000_000


class Failed(Exception):
    """A process that gave no number; the text says why."""


def take_sample(command, timeout=TIMEOUT_SECONDS):
    """Runs one benchmark process and returns its number. Raises Failed; never waits longer than `timeout`."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"no answer in {timeout:g} s") from None
    except OSError as error:
        raise Failed(f"could not be started: {error.strerror}") from None
    if done.returncode < 0:
        raise Failed(f"killed by {signal.Signals(-done.returncode).name}{_last_line(done.stderr)}")
    if done.returncode != 0:
        raise Failed(f"ended with status {done.returncode}{_last_line(done.stderr)}")
    try:
        value = float(done.stdout)
    except ValueError:
        raise Failed(f"printed {done.stdout!r} instead of a number") from None
    if not math.isfinite(value) or value <= 0:
        raise Failed(f"printed {done.stdout!r}, which is no number above 0")
    return value


def _last_line(text):
    lines = text.strip().splitlines()
    return f": {lines[-1]}" if lines else ""


def two_digits(n):
    """n with two significant digits, so that reports are easy to read."""
    step = 10 ** max(0, len(str(int(n))) - 2)
    return max(1, int(n) // step * step)


def calibrate(sample, first_units, most=MOST_UNITS):
    """The N with which a process takes about TARGET_SECONDS. `sample(n)` gives nanoseconds per unit.

    The last N has been run once and fitted: threads may be ten times slower after a longer start. A peer that fails
    keeps the N that was tried, so that the rounds show the failure.
    """
    n = first_units
    for _ in range(8):
        try:
            spent = sample(n) * n * WARM_UP / 1e9
        except Failed:
            return n
        if SHORTEST_SECONDS <= spent <= LONGEST_SECONDS:
            return n
        fitting = two_digits(n * min(100.0, TARGET_SECONDS / spent))
        fitting = max(first_units, min(fitting, most))
        if fitting == n:
            return n
        n = fitting
    return n


@dataclass
class Job:
    """One peer in one case, its N and what its processes answered."""

    case: str
    peer: str
    command: list
    units: int = 0
    memory_mb: int = 0
    samples: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def run_once(self, round_number, timeout=TIMEOUT_SECONDS, free_mb=machine.free_memory_mb):
        if sum("no answer" in failure for failure in self.failures) >= 2:
            self.failures.append(f"round {round_number}: not started, it gave no answer twice")
            return
        if self.memory_mb and self.memory_mb > free_mb():
            self.failures.append(f"round {round_number}: not started, it may take {self.memory_mb:,} MB "
                                 f"and {free_mb():,} MB are free")
            return
        try:
            self.samples.append(take_sample(self.command + [self.case, str(self.units)], timeout))
        except Failed as reason:
            self.failures.append(f"round {round_number}: {reason}")


def run_rounds(jobs, rounds, random, told=lambda round_number, done: None):
    """Every job once a round, in a fresh random order each round."""
    for round_number in range(1, rounds + 1):
        order = list(jobs)
        random.shuffle(order)
        for done, job in enumerate(order, 1):
            job.run_once(round_number)
            told(round_number, done)
