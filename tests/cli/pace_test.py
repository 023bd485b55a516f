"""A million inputs: how soon the first job starts, how far braid reads ahead, and what it needs of memory."""

import fcntl
import os
import subprocess
import tempfile
import threading
import time

from tool import BRAID, TestCase, eventually, main, peak_kb

MILLION = 1_000_000


class Offer:
    """Writes lines into a pipe on a thread and counts the bytes that were taken."""

    def __init__(self, lines):
        self.read, self.write = os.pipe()
        self.taken = 0
        self.thread = threading.Thread(target=self._serve, args=(lines,))

    def start(self):
        os.close(self.read)
        self.thread.start()

    def _serve(self, lines):
        try:
            for at in range(0, len(lines), 4096):
                self.taken += os.write(self.write, lines[at:at + 4096])
        except BrokenPipeError:
            pass
        os.close(self.write)


def numbered(count):
    return b"".join(b"%d\n" % n for n in range(1, count + 1))


class Pace(TestCase):
    def test_a_million_lines_start_soon_in_little_memory_and_are_not_read_ahead(self):
        offer = Offer(numbered(MILLION))
        pipe_bytes = fcntl.fcntl(offer.write, fcntl.F_GETPIPE_SZ)
        with tempfile.TemporaryDirectory() as folder:
            first = os.path.join(folder, "first")
            best = None
            began = time.clock_gettime(time.CLOCK_REALTIME)
            process = subprocess.Popen(
                [BRAID, "map", "-j2", f"test {{}} != 1 || date +%s.%N > {first}; exec sleep 1000"],
                stdin=offer.read, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            offer.start()
            self.assertTrue(eventually(lambda: os.path.exists(first) and os.path.getsize(first) > 0))
            with open(first) as file:
                best = float(file.read()) - began
            # Both slots are busy for good: wait until the writer has not moved for a while, then look.
            last = -1
            while last != offer.taken:
                last = offer.taken
                time.sleep(0.2)
            ahead_bytes = offer.taken - pipe_bytes
            ahead_lines = numbered(60_000)[:max(ahead_bytes, 0)].count(b"\n")
            peak = peak_kb(process.pid)
            process.terminate()
            process.wait(timeout=30)
            offer.thread.join()
        print(f"first job after {best * 1e3:.1f} ms, VmHWM {peak} kB, about {ahead_lines} lines read ahead")
        self.assertLess(peak, 16 * 1024)
        self.assertLessEqual(ahead_lines, 1024 + 2)
        self.assertLess(best, 1.0)  # a loaded machine; bench/map measures the 50 ms

    def test_x_stops_a_million_lines_at_job_200(self):
        offer = Offer(numbered(MILLION))
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            process = subprocess.Popen([BRAID, "map", "-x", "-j2", f"echo {{}} >> {log}; test {{}} != 200"],
                                       stdin=offer.read, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            offer.start()
            _, err = process.communicate(timeout=60)
            offer.thread.join()
            with open(log) as file:
                started = sorted(int(line) for line in file)
        self.assertEqual(process.returncode, 3)
        self.assertIn(b"failed  #200 exit 1  200", err)
        self.assertEqual(started[:200], list(range(1, 201)))
        self.assertLessEqual(len(started), 203)
        self.assertLess(offer.taken, 200_000)


if __name__ == "__main__":
    main()
