"""^C once, twice and three times on a terminal; signals without one; ^Z; slots more and less."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

from tool import BRAID, PATIENCE, TestCase, eventually, main, name_of, processes_with


class OnTerminal:
    """braid as the foreground job of a terminal of its own."""

    def __init__(self, *words, env=None):
        self.mark = f"BRAID_TEST_MARK={os.getpid()}.{time.monotonic_ns()}"
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            name, value = self.mark.split("=")
            os.execve(BRAID, [BRAID, "map", *words], {**os.environ, "TERM": "xterm", name: value, **(env or {})})
        self.seen = b""

    def until(self, text):
        """Reads until TEXT has been seen (or the end, for None)."""
        deadline = time.monotonic() + PATIENCE
        while text is None or text not in self.seen:
            if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"{text!r} never came; seen: {self.seen!r}")
            try:
                self.seen += os.read(self.terminal, 4096)
            except OSError:
                if text is None:
                    return
                raise AssertionError(f"ended before {text!r}; seen: {self.seen!r}")

    def press(self, key):
        os.write(self.terminal, key)

    def end(self):
        self.until(None)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status)

    def left(self):
        return processes_with(self.mark)


def state_of(pid):
    """One letter of the kernel; T is stopped."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


class OnATerminal(TestCase):
    def test_once_drains_what_runs_and_starts_nothing_more(self):
        run = OnTerminal("-u", "-j2", "echo begun-{}; sleep 1; echo done-{}", ":::", "1", "2", "3", "4")
        run.until(b"begun-2")
        run.until(b"begun-1")
        run.press(b"\x03")
        self.assertEqual(run.end(), 130)
        self.assertIn(b"draining 2 running", run.seen)
        self.assertIn(b"^C again stops them", run.seen)
        self.assertIn(b"done-1", run.seen)
        self.assertIn(b"done-2", run.seen)
        self.assertNotIn(b"begun-3", run.seen)

    def test_twice_ends_the_running_jobs_with_sigterm(self):
        run = OnTerminal("-u", "-j1", "trap 'echo got-term; exit 0' TERM; echo begun; while :; do sleep 0.1; done; : {}",
                         ":::", "1", "2")
        run.until(b"begun")
        run.press(b"\x03")
        run.until(b"draining")
        run.press(b"\x03")
        self.assertEqual(run.end(), 130)
        self.assertIn(b"got-term", run.seen)
        self.assertEqual(run.left(), [])

    def test_three_times_kills_at_once(self):
        run = OnTerminal("-u", "-j1", "trap '' TERM INT; echo begun; while :; do sleep 0.1; done; : {}", ":::", "1", "2")
        run.until(b"begun")
        for seen in (b"draining", b"stopping"):
            run.press(b"\x03")
            run.until(seen)
        pressed = time.monotonic()
        run.press(b"\x03")
        self.assertEqual(run.end(), 130)
        self.assertLess(time.monotonic() - pressed, 4)  # not the 5 s that SIGTERM would be given
        self.assertEqual(run.left(), [])

    def test_quit_kills_at_once(self):
        run = OnTerminal("-u", "-j1", "trap '' TERM INT; echo begun; while :; do sleep 0.1; done; : {}", ":::", "1", "2")
        run.until(b"begun")
        run.press(b"\x1c")
        self.assertEqual(run.end(), 131)
        self.assertEqual(run.left(), [])

    def test_a_job_that_asks_its_question_on_the_terminal_is_said_to_wait_for_it(self):
        for options in ((), ("-u",)):
            run = OnTerminal(*options, "-j1", "read answer < /dev/tty; echo got $answer; : {}", ":::", "1")
            run.until(b"job 1 is stopped: it waits for the terminal (SIGTTIN)")
            run.press(b"\x03")
            run.until(b"draining")
            run.press(b"\x03")
            self.assertEqual(run.end(), 130)
            self.assertEqual(run.left(), [])

    def test_stopping_and_going_on_freezes_jobs_and_their_time(self):
        run = OnTerminal("-u", "-j1", "--timeout", "2s", "echo begun; sleep 1; echo done; : {}", ":::", "1")
        run.until(b"begun")
        # Before that the shell is in the middle of a vfork, where it cannot be stopped itself.
        self.assertTrue(eventually(lambda: "sleep" in map(name_of, run.left())))
        run.press(b"\x1a")
        _, status = os.waitpid(run.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        self.assertTrue(eventually(lambda: {state_of(pid) for pid in run.left()} == {"T"}))
        time.sleep(2.5)  # longer than the time-out, on purpose: it must not count
        os.kill(run.pid, signal.SIGCONT)
        self.assertEqual(run.end(), 0, run.seen)
        self.assertIn(b"done", run.seen)


def start(*words):
    process = subprocess.Popen([BRAID, "map", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    process.stdout.readline()
    return process


class WithoutATerminal(TestCase):
    def test_the_first_int_ends_the_jobs(self):
        process = start("-u", "-j1", "trap 'exit 0' TERM; echo begun; while :; do sleep 0.1; done; : {}", ":::", "1", "2")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)

    def test_term_ends_the_jobs_and_a_second_one_kills_them(self):
        process = start("-u", "-j1", "trap '' TERM; echo begun; while :; do sleep 0.1; done; : {}", ":::", "1", "2")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 143)
        self.assertLess(time.monotonic() - began, 4)

    def test_every_signal_that_would_end_braid_ends_its_jobs_first(self):
        ending = [signal.SIGALRM, signal.SIGXCPU, signal.SIGVTALRM, signal.SIGPROF, signal.SIGPOLL, signal.SIGPWR,
                  signal.SIGSTKFLT, signal.SIGQUIT, signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS, signal.SIGRTMIN,
                  signal.SIGRTMIN + 7, signal.SIGRTMAX]
        if not os.environ.get("BRAID_SANITIZED"):
            ending += [signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL]
        for each in ending:
            mark = f"BRAID_TEST_MARK.{os.getpid()}.{time.monotonic_ns()}"
            process = subprocess.Popen([BRAID, "map", "-u", "-j1", "echo begun; exec sleep 1000; : {}", ":::", "1", "2"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                                       env={**os.environ, "MARK": mark})
            process.stdout.readline()
            process.send_signal(each)
            process.communicate(timeout=30)
            left = processes_with(mark)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            self.assertEqual((each, process.returncode, left), (each, 128 + each, []))

    def test_a_file_size_limit_and_a_closed_pipe_do_not_end_braid_by_a_signal(self):
        for each in (signal.SIGXFSZ, signal.SIGPIPE):
            process = start("-u", "-j1", "echo begun; sleep 0.2; : {}", ":::", "1")
            process.send_signal(each)
            process.communicate(timeout=30)
            self.assertEqual(process.returncode, 0)

    def test_a_reader_that_takes_nothing_more_does_not_keep_signals_out(self):
        flood = "head -c 300000 /dev/zero; : {}"
        for stuck, words in (("stdout", ["-j2", flood + "; case {} in a*) ;; *) sleep 1000;; esac"]), ("stdout", ["-j2", flood]),
                             ("stderr", ["-j2", f"({flood}) >&2"]), ("stderr", ["-j1", "-v", "exec sleep 1000"])):
            mark = f"BRAID_TEST_MARK.{os.getpid()}.{time.monotonic_ns()}"
            ends = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
            reader, ends[stuck] = os.pipe()
            fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
            inputs = ["a" * 5000, "b" * 5000, "c" * 5000]  # -v shows them
            process = subprocess.Popen([BRAID, "map", *words, ":::", *inputs], **ends, env={**os.environ, "MARK": mark})
            os.close(ends[stuck])
            full = eventually(lambda: fcntl.ioctl(reader, termios.FIONREAD, b"1234") != bytes(4))
            self.assertTrue(full, words)
            for _ in range(4):
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    continue
            left = processes_with(mark)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            os.close(reader)
            self.assertEqual((words, process.wait(timeout=PATIENCE), left), (words, 128 + signal.SIGTERM, []))

    def test_a_hang_up_drains(self):
        process = start("-u", "-j1", "echo begun-{}; sleep 0.5; echo done-{}", ":::", "1", "2")
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 129)
        self.assertEqual(out, b"done-1\n")

    def test_usr1_adds_a_slot_and_usr2_takes_one_away(self):
        process = subprocess.Popen([BRAID, "map", "-u", "-j1", "echo {%}; exec sleep 0.3; : {}"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        process.stdin.write(b"x\n" * 60)
        process.stdin.close()
        slots = [process.stdout.readline()]
        process.send_signal(signal.SIGUSR1)
        self.assertTrue(eventually(lambda: slots.append(process.stdout.readline()) or slots[-1] == b"2\n"))
        process.send_signal(signal.SIGUSR2)
        self.assertTrue(eventually(
            lambda: slots.append(process.stdout.readline()) or len({*slots[-6:]}) == 1 and len(slots) > 8))
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        process.wait(timeout=30)

    def test_a_run_under_nohup_is_not_stopped_by_a_hang_up(self):
        process = subprocess.Popen(["nohup", BRAID, "map", "-u", "-j1", "echo {}; sleep 0.2", ":::", "1", "2"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out), (0, b"2\n"))


if __name__ == "__main__":
    main()
