"""A job dies with its whole tree, whatever its processes did to get away; what it leaves behind by itself is named."""

import os
import signal
import subprocess
import time

from tool import BRAID, TestCase, braid_map, eventually, main, processes_with

# Seven processes: the job, a child and a grandchild, one in a session of its own, one twice forked, and helpers.
HOSTILE = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def stay():
    while True: time.sleep(60)
def fork(run):
    if os.fork() == 0:
        run()
        os._exit(0)
fork(stay)
fork(lambda: (fork(stay), stay()))
fork(lambda: (os.setsid(), stay()))
fork(lambda: (os.setsid(), fork(stay)))
fork(lambda: (os.setpgid(0, 0), fork(stay)))
time.sleep(0.2)
print("ready", flush=True)
stay()
"""


def new_mark():
    return f"BRAID_TEST_TREE.{os.getpid()}.{time.monotonic_ns()}"


class Trees(TestCase):
    def start(self, *options):
        self.mark = new_mark()
        self.process = subprocess.Popen(
            [BRAID, "map", "-u", "-j1", *options, "python3", "-c", HOSTILE, "{}", ":::", "1", "2"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "BRAID_TEST_TREE": self.mark})
        self.process.stdout.readline()
        self.assertGreaterEqual(len(processes_with(self.mark)), 8)

    def end(self):
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def test_a_signal_to_braid_leaves_none_of_a_hostile_tree(self):
        self.start()
        self.process.send_signal(signal.SIGTERM)
        self.process.send_signal(signal.SIGINT)
        self.assertIn(self.end(), (143, 130))
        self.assertEqual(processes_with(self.mark), [])

    def test_a_time_out_leaves_none_of_a_hostile_tree(self):
        self.start("--timeout", "1s", "--max-fails", "0")
        self.assertEqual(self.end(), 3)
        self.assertEqual(processes_with(self.mark), [])

    def test_the_job_that_x_cancels_leaves_none_of_its_tree(self):
        mark = new_mark()
        script = f"test {{}} = bad && {{ sleep 1; exit 1; }}; setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & wait"
        run = braid_map("-j2", "-x", script, ":::", "a", "bad", env={"BRAID_TEST_TREE": mark})
        self.assertEqual(run.code, 3 if "stopped" in run.err else 1)
        self.assertEqual(processes_with(mark), [])

    def test_what_stays_after_a_normal_end_is_named_and_left_alone(self):
        mark = new_mark()
        run = braid_map("setsid sleep 1000 >/dev/null 2>&1 & echo {}", ":::", "a", env={"BRAID_TEST_TREE": mark})
        self.assertEqual((run.code, run.out), (0, b"a\n"))
        left = processes_with(mark)
        self.assertEqual(len(left), 1)
        self.assertRegex(run.err, rf"job 1 ended and left 1 running: (sleep|setsid|sh) \(pid {left[0]}\)")
        os.kill(left[0], signal.SIGKILL)
        self.assertTrue(eventually(lambda: processes_with(mark) == []))

    def test_what_stays_behind_cannot_write_into_the_next_jobs_output(self):
        run = braid_map("-j1", "-k", "(sleep 0.2; echo late) & echo {}; test {} != b || sleep 0.5", ":::", "a", "b")
        self.assertEqual(run.out, b"a\nb\nlate\n")


if __name__ == "__main__":
    main()
