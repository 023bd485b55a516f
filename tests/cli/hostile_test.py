"""Jobs of random hostile behaviour under random formats, kills and ends: every byte is shown, or told as dropped.

300 jobs; with BRAID_PROVE_SECONDS=n (make prove) at least 10,000, and n seconds of fresh seeds. BRAID_SEED=n repeats one.
"""

import base64
import json
import os
import random
import re
import signal
import struct
import subprocess
import tempfile
import threading
import time

from tool import BRAID, PATIENCE, TestCase, eventually, main, processes_with

JOB = os.environ["BRAID_HOSTILE_JOB"]
ACCOUNT = struct.Struct("6Q")
JOBS_A_RUN = 100
FORMATS = ((), ("-k",), ("-T=t",), ("-kT=t",), ("--json",), ("-k", "--json"))
LATE = re.compile(r"^braid: job (\d+): (\d+) bytes on its (stdout|stderr) came after its end", re.M)


def plain_parts(text, kind):
    """Bytes of each job, each of which has written in one piece; every byte is a job's."""
    parts, seen = {}, 0
    for match in re.finditer(rb"(\d{7}" + kind + rb")\1*", text):
        job = int(match[1][:7])
        if job in parts:
            raise AssertionError(f"output of job {job} stands in two places")
        parts[job] = len(match[0])
        seen += len(match[0])
    if seen != len(text):
        raise AssertionError(f"{len(text) - seen} bytes belong to no job: {re.sub(rb'(?:[0-9]{7}[oe])+', b'', text)[:200]!r}")
    return parts


def json_parts(out):
    shown = ({}, {})
    for line in out.splitlines():
        record = json.loads(line)
        for at, name, kind in ((0, "out", b"o"), (1, "err", b"e")):
            text = record[name].encode() if name in record else base64.b64decode(record[name + "_b64"])
            if text != b"%07d%s" % (record["seq"], kind) * (len(text) // 8) or len(text) != record[name + "_bytes"]:
                raise AssertionError(f"{name} of job {record['seq']} holds what it did not write")
            shown[at][record["seq"]] = len(text)
    return shown


class Run:
    def __init__(self, seed, folder):
        self.seed = seed
        self.random = random.Random(seed)
        self.options = self.random.choice(FORMATS)
        self.stop = self.random.choice([None] * 6 + [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
        self.mark = f"BRAID_HOSTILE.{os.getpid()}.{seed}"
        self.killed = set()
        self.ledger = os.path.join(folder, f"ledger.{seed}")
        with open(self.ledger, "wb") as file:
            file.truncate((JOBS_A_RUN + 1) * ACCOUNT.size + 8192)

    def accounts(self):
        with open(self.ledger, "rb") as file:
            return dict(enumerate(ACCOUNT.iter_unpack(file.read((JOBS_A_RUN + 1) * ACCOUNT.size))))

    def jobs_alive(self):
        return [pid for pid in processes_with(self.mark) if pid != self.process.pid]

    def kill_some(self):
        """Kills processes of jobs, any of them, now and then."""
        while not self.over.wait(self.random.random() * 0.1):
            alive = self.jobs_alive()
            if alive and self.random.random() < 0.3:
                self.kill(self.random.choice(alive))

    def kill(self, process):
        """Notes which job's process it was: one that it started may write on after the job's end."""
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            os.kill(process, signal.SIGKILL)
            self.killed.add(int(words[1]))
        except (OSError, IndexError, ValueError):
            pass  # it has gone

    def execute(self):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            self.over = threading.Event()
            words = [BRAID, "map", "-j8", "--timeout", "1s", *self.options, JOB, "{}", str(self.seed), self.ledger]
            self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=out, stderr=err,
                                            env={**os.environ, "BRAID_HOSTILE": self.mark})
            killer = threading.Thread(target=self.kill_some)
            killer.start()
            try:
                self.process.stdin.write(b"".join(b"%d\n" % n for n in range(1, JOBS_A_RUN + 1)))
                self.process.stdin.flush()
                if self.stop:
                    eventually(lambda: sum(account[0] for account in self.accounts().values()) > JOBS_A_RUN // 2)
                    self.process.send_signal(self.stop)
                else:  # braid runs on until the last process has written its last byte
                    eventually(lambda: all(account[0] for job, account in self.accounts().items() if job > 0))
                    eventually(lambda: not self.jobs_alive())
            finally:
                self.over.set()
                killer.join()
                self.process.stdin.close()
            self.code = self.process.wait(timeout=PATIENCE)
            for file in (out, err):
                file.seek(0)
            self.out, self.err = out.read(), err.read()

    def shown(self):
        """Bytes of each job on stdout and stderr."""
        said = re.sub(rb"(?:\d{7}e)+", b"", self.err)
        self.said = re.sub(rb"^t\t", b"", said, flags=re.M).decode()
        if "--json" in self.options:
            return json_parts(self.out)
        ours = re.compile(rb"^(?:braid: |\d+ jobs? in |  failed  #|  \.\.\. and )[^\n]*$", re.M)
        err = b"".join(piece for piece in ours.sub(b"", self.err).split(b"\n"))
        out = self.out
        if any("T" in option for option in self.options):
            out, err = (re.sub(rb"t\t", b"", text).replace(b"\n", b"") for text in (out, err))
        return plain_parts(out, b"o"), plain_parts(err, b"e")

    def check(self, test, sums):
        about = f"seed {self.seed}: {' '.join(self.options)} {self.stop}"
        allowed = {0, 1} if not self.stop else {0, 1, 128 + self.stop}
        test.assertIn(self.code, allowed, about)
        shown = self.shown()
        dropped = ({}, {})
        for job, count, stream in LATE.findall(self.said):
            dropped[stream == "stderr"][int(job)] = int(count)
        for job, (began, daemon, *bytes_of) in self.accounts().items():
            sums["jobs"] += began
            for at in (0, 1):
                intended, done = bytes_of[at], bytes_of[at + 2]
                got, late = shown[at].get(job, 0), dropped[at].get(job, 0)
                test.assertLessEqual(got + late, intended, f"{about}: job {job} stream {at + 1}")
                if late > 0:
                    test.assertTrue(daemon or self.stop or job in self.killed, f"{about}: job {job} left no process")
                if not (self.stop and daemon):  # a daemon may write on when the run has been stopped
                    test.assertGreaterEqual(got + late, done, f"{about}: job {job} stream {at + 1}: {self.said[-800:]}")
                for what, count in (("written", done), ("shown", got), ("dropped and told", late)):
                    sums[what] += count
        test.assertEqual(eventually(lambda: not processes_with(self.mark)), True, about)


class HostileJobs(TestCase):
    def run_of(self, seed, folder, sums):
        run = Run(seed, folder)
        run.execute()
        run.check(self, sums)
        os.unlink(run.ledger)

    def test_every_byte_of_a_hostile_job_is_shown_once_under_its_own_name_or_told_as_dropped(self):
        seconds = int(os.environ.get("BRAID_PROVE_SECONDS", "0"))
        jobs = 10_000 if seconds else 300
        sums = dict.fromkeys(("jobs", "written", "shown", "dropped and told"), 0)
        until = time.monotonic() + seconds
        with tempfile.TemporaryDirectory() as folder:
            if "BRAID_SEED" in os.environ:
                self.run_of(int(os.environ["BRAID_SEED"]), folder, sums)
                return
            while sums["jobs"] < jobs or time.monotonic() < until:  # a run has more than half of its jobs, and ends
                self.run_of(random.SystemRandom().randrange(1 << 31), folder, sums)
        print(f"count: captured hostile jobs {sums.pop('jobs')}")
        for what, count in sums.items():
            print(f"count: bytes of hostile jobs {what} {count}")


if __name__ == "__main__":
    main()
