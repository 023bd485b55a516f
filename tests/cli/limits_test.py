"""Machines with too few processes, descriptors or files for what is asked: every input comes to its end all the same."""

import json
import os
import random
import resource
import shutil
import subprocess
import tempfile

from tool import BRAID, Finished, TestCase, main, processes_with

NEVER_KILLED = (0, 1, 2, 4)


def tasks_of(user):
    """Processes and threads of a user."""
    count = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
        except OSError:
            continue
    return count


class Limits(TestCase):
    """Runs as a user that has no other process, if these tests run as root, since root has no limit of processes."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        os.chmod(cls.folder, 0o755)
        cls.braid = shutil.copy(BRAID, os.path.join(cls.folder, "braid"))
        os.chmod(cls.braid, 0o755)
        cls.user = 50_000 + os.getpid() % 10_000 if os.getuid() == 0 else os.getuid()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def become(self, tasks, files, memory=None):
        def change():
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(self.user)
                os.setuid(self.user)
            if tasks is not None:
                resource.setrlimit(resource.RLIMIT_NPROC, (tasks, tasks))
            if files is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            if memory is not None:
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        return change

    def start(self, *words, tasks=None, files=None, memory=None, env=None, stdin=subprocess.DEVNULL):
        if tasks is not None and os.getuid() != 0:
            tasks += tasks_of(self.user)
        mark = f"LIMITS_{os.getpid()}_{random.getrandbits(60)}"
        child = subprocess.Popen([self.braid, "map", *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                                 env={**os.environ, "MARK": mark, **(env or {})}, preexec_fn=self.become(tasks, files, memory))
        child.mark = mark
        return child

    def end(self, child):
        out, err = child.communicate(timeout=100)
        left = processes_with(child.mark)
        self.assertEqual(left, [])
        return Finished(child, out, err.decode("utf-8", "replace"))

    def map(self, *words, **how):
        return self.end(self.start(*words, **how))

    def check_sum(self, run, count):
        """Every input has one outcome, or nothing was started, or the run says that it is incomplete."""
        self.assertIn(run.code, NEVER_KILLED, run.err)
        numbers = [json.loads(line)["seq"] for line in run.lines]
        self.assertEqual(len(set(numbers)), len(numbers))
        if run.code in (0, 1):
            self.assertEqual(len(numbers), count, run.err)
        elif run.code == 2:
            self.assertEqual(numbers, [])
        if run.code in (2, 4):
            self.assertIn("braid: ", run.err)

    def test_all_jobs_run_below_a_limit_of_processes_that_the_slots_exceed(self):
        run = self.map("-j30", "-k", "sleep 0.2; echo {}", ":::", *map(str, range(60)), tasks=40)
        self.assertEqual(run.out.decode().split(), [str(n) for n in range(60)], run.err)
        self.assertEqual(run.code, 0)
        self.assertEqual(run.err.count("ulimit -u"), 1, run.err)

    def test_retries_below_a_limit_of_processes_do_not_end_the_program(self):
        for tasks in (4, 10, 13, 16, 19):  # with 7 no job can start, and the run gives up after 30 s (engine_test)
            with self.subTest(tasks=tasks):
                run = self.map("--json", "-j4", "-r1", "--backoff", "50ms", "sleep 0.02; false", ":::", *map(str, range(12)), tasks=tasks)
                self.check_sum(run, 12)

    def test_a_start_that_fails_for_the_moment_is_no_try_and_no_failure(self):
        # The limit leaves room for all slots when braid looks; then another program of the user takes all of it.
        tasks = 48 + (0 if os.getuid() == 0 else tasks_of(self.user))
        child = self.start("--json", "-j4", "--exec", "sleep", "{}", tasks=48, stdin=subprocess.PIPE)
        child.stdin.write(b"0.01\n")
        child.stdin.flush()
        first = child.stdout.readline()
        hog = ("import os, sys\nheld = []\ntry:\n    while True:\n        pid = os.fork()\n        if pid == 0:\n"
               "            sys.stdin.read()\n            os._exit(0)\n        held.append(pid)\nexcept OSError:\n    pass\n"
               "print('full', flush=True)\nsys.stdin.read()\n[os.waitpid(pid, 0) for pid in held]\n")
        eater = subprocess.Popen(["python3", "-c", hog], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/",
                                 preexec_fn=self.become(tasks, None))
        self.assertEqual(eater.stdout.readline(), b"full\n")
        child.stdin.write(b"0.01\n" * 39)
        child.stdin.close()
        said = child.stderr.readline().decode()
        self.assertIn("at this moment", said)
        eater.communicate(timeout=60)
        child.stdin = None
        run = self.end(child)
        self.assertEqual(run.code, 0, run.err)
        records = [json.loads(line) for line in [first, *run.out.splitlines()]]
        self.assertEqual(sorted(r["seq"] for r in records), list(range(1, 41)))
        self.assertEqual({r["try"] for r in records}, {1})
        self.assertNotIn("at this moment", run.err)

    def test_fewer_descriptors_than_slots_need_are_fewer_slots(self):
        run = self.map("-j30", "-k", "sleep 0.02; echo {}", ":::", *map(str, range(60)), files=60)
        self.assertEqual(run.out.decode().split(), [str(n) for n in range(60)], run.err)
        self.assertEqual(run.err.count("ulimit -n"), 1, run.err)

    def test_whatever_the_limit_of_descriptors_all_run_or_nothing_is_started(self):
        codes = set()
        for files in [*range(3, 26), 30, 40]:
            with self.subTest(files=files):
                run = self.map("--json", "-j3", "echo {}", ":::", "a", "b", "c", files=files)
                self.check_sum(run, 3)
                if run.code == 2:
                    self.assertIn("open files", run.err)
                codes.add(run.code)
        self.assertEqual(codes, {0, 2})

    def test_one_slot_is_not_told_to_use_fewer_slots(self):
        run = self.map("-j1", "echo {}", ":::", "a", files=5)
        self.assertEqual(run.code, 2)
        self.assertIn("open files", run.err)
        self.assertNotIn("fewer", run.err)

    def test_random_limits_lose_no_input(self):
        for seed in range(int(os.environ.get("BRAID_LIMIT_SEEDS", "12"))):
            rng = random.Random(seed)
            tasks, files, slots, count = rng.randrange(3, 60), rng.randrange(8, 90), rng.randrange(1, 40), rng.randrange(1, 40)
            retries = rng.choice(["-r0", "-r1"])
            script = rng.choice(["echo {}", "sleep 0.02; echo {}", "test {} -gt 5", "sleep 0.01 | cat; true {}"])
            with self.subTest(seed=seed, tasks=tasks, files=files, slots=slots, count=count):
                run = self.map("--json", f"-j{slots}", retries, "--backoff", "5ms", script, ":::", *map(str, range(count)), tasks=tasks, files=files)
                self.check_sum(run, count)

    def test_less_memory_than_slots_need_is_fewer_slots(self):
        run = self.map("-j100", "echo", ":::", *map(str, range(100)), memory=30 << 20)
        self.assertEqual(run.code, 0, run.err)
        self.assertEqual(sorted(map(int, run.lines)), list(range(100)))
        self.assertEqual(run.err.count("ulimit -v 30720"), 1, run.err)

    def test_too_little_memory_for_one_slot_ends_before_the_first_job(self):
        run = self.map("echo", ":::", "a", memory=9 << 20)
        self.assertEqual(run.code, 2)
        self.assertIn("ulimit -v", run.err)

    def test_whatever_the_limit_of_memory_all_run_or_nothing_is_started(self):
        for seed in range(int(os.environ.get("BRAID_LIMIT_SEEDS", "12"))):
            rng = random.Random(seed)
            memory, slots, count = rng.randrange(10 << 20, 40 << 20), rng.randrange(1, 40), rng.randrange(1, 12)
            size = rng.choice([0, 1000, 200_000, 2_000_000])
            with self.subTest(seed=seed, memory=memory, slots=slots, count=count, size=size):
                run = self.map("--json", f"-j{slots}", f"head -c {size} /dev/zero; true {{}}", ":::", *map(str, range(count)), memory=memory)
                self.check_sum(run, count)
                self.assertEqual(run.code, 0 if memory >= 13 << 20 else 2, run.err)
                self.assertEqual({json.loads(line)["out_bytes"] for line in run.lines} - {size}, set())

    def test_a_missing_folder_for_temporary_files_ends_before_the_first_job(self):
        mark = os.path.join(self.folder, "started")
        run = self.map("touch", mark, ":::", "a", env={"TMPDIR": "/nonexistent/tmp"})
        self.assertEqual(run.code, 2)
        self.assertIn("TMPDIR", run.err)
        self.assertFalse(os.path.exists(mark))

    def test_a_stdin_that_is_a_directory_or_for_writing_only_is_refused(self):
        with open(os.devnull, "wb") as for_writing:
            self.check_refused("for writing only", stdin=for_writing)
        folder = os.open("/", os.O_RDONLY)
        self.check_refused("stdin is a directory", stdin=folder)
        os.close(folder)

    def check_refused(self, text, **how):
        run = self.map("echo", **how)
        self.assertEqual(run.code, 2)
        self.assertIn(text, run.err)

    def test_a_root_without_dev_null_ends_before_the_first_job(self):
        command = ["chroot", self.folder] if os.getuid() == 0 else ["unshare", "-r", "chroot", self.folder]
        run = subprocess.run([*command, "/braid", "map", "echo", ":::", "a"], capture_output=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertIn(b"/dev/null", run.stderr)

    def test_no_thread_for_braid_itself_ends_before_the_first_job(self):
        run = self.map("echo", ":::", "a", tasks=1)
        self.assertEqual(run.code, 2)
        self.assertIn("nothing was started", run.err)


if __name__ == "__main__":
    main()
