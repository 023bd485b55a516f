"""Retries, time-outs, and stopping early."""

import json
import os
import tempfile
import time

from tool import TestCase, braid_map, main


class Failures(TestCase):
    def test_a_job_that_fails_twice_and_then_works_is_ok_with_two_retries(self):
        with tempfile.TemporaryDirectory() as folder:
            count = os.path.join(folder, "count")
            run = braid_map("--json", "-r2", "--backoff", "1ms..2ms",
                            f"echo x >> {count}; test $(wc -l < {count}) -ge 3 && echo {{}}", ":::", "a")
            self.assertEqual(run.code, 0)
            record = json.loads(run.out)
            self.assertEqual((record["try"], record["state"], record["out"]), (3, "ok", "a\n"))

    def test_retries_are_used_up_and_the_job_has_failed(self):
        run = braid_map("--json", "-r2", "--backoff", "1ms..2ms", "false", ":::", "a")
        self.assertEqual(run.code, 1)
        self.assertEqual(json.loads(run.out)["try"], 3)
        self.assertIn("exit 1 x3", run.err)

    def test_126_and_127_are_not_retried(self):
        for code in (126, 127):
            run = braid_map("--json", "-r5", "--backoff", "1ms..2ms", f"exit {code}; {{}}", ":::", "a")
            record = json.loads(run.out)
            self.assertEqual((record["try"], record["exit"]), (1, code))

    def test_a_signal_of_the_jobs_own_is_a_failure_that_is_retried(self):
        run = braid_map("--json", "-r1", "--backoff", "1ms..2ms", "kill -SEGV $$; : {}", ":::", "a")
        record = json.loads(run.out)
        self.assertEqual((record["state"], record["signal"], record["exit"], record["try"]), ("killed", 11, None, 2))

    def test_a_job_over_its_time_ends_and_the_others_do_not(self):
        run = braid_map("--json", "--timeout", "200ms", "-j2", "sleep", ":::", "30", "0")
        states = {r["inputs"][0]: r["state"] for r in map(json.loads, run.lines)}
        self.assertEqual(states, {"30": "timeout", "0": "ok"})
        self.assertEqual(run.code, 1)

    def test_a_stopped_job_can_clean_up_at_its_time_out(self):
        began = time.monotonic()
        run = braid_map("--timeout", "300ms", "trap 'echo cleaned; exit' TERM; kill -STOP $$; true {}", ":::", "a")
        self.assertEqual((run.code, run.out), (1, b"cleaned\n"))
        self.assertLess(time.monotonic() - began, 4)  # not the 5 s that SIGTERM would be given

    def test_what_a_job_wrote_before_its_time_was_over_is_shown(self):
        run = braid_map("--timeout", "200ms", "echo early; sleep 30; : {}", ":::", "a")
        self.assertEqual(run.out, b"early\n")

    def test_a_waiting_retry_does_not_hold_its_slot(self):
        run = braid_map("-j1", "-r1", "--backoff", "5s..5s", "--max-fails", "0",
                        "test {} != bad && echo {}", ":::", "bad", "a", "b", "c")
        self.assertEqual(run.lines[:3], ["a", "b", "c"])

    def test_x_kills_what_runs_and_starts_nothing_more(self):
        run = braid_map("--json", "-j2", "-x", "test {} = bad && exit 1; sleep 30", ":::", "a", "bad", "c", "d")
        states = {r["inputs"][0]: r["state"] for r in map(json.loads, run.lines)}
        self.assertEqual(states, {"a": "cancelled", "bad": "failed"})
        self.assertEqual(run.code, 3)

    def test_max_fails_lets_running_jobs_finish(self):
        run = braid_map("--json", "-j2", "--max-fails", "0", "test {} = bad && exit 1; sleep 0.3", ":::",
                        "a", "bad", "c", "d")
        states = {r["inputs"][0]: r["state"] for r in map(json.loads, run.lines)}
        self.assertEqual(states, {"a": "ok", "bad": "failed"})

    def test_a_percentage_of_failures_is_judged_over_many_jobs(self):
        run = braid_map("-j1", "--max-fails", "10%", "test {} -gt 1", ":::", *map(str, range(1, 41)))
        self.assertEqual(run.code, 1)
        run = braid_map("-j1", "--max-fails", "10%", "test {} -gt 5", ":::", *map(str, range(1, 41)))
        self.assertEqual(run.code, 3)

    def test_a_job_killed_for_memory_or_by_hand_names_its_signal(self):
        run = braid_map("kill -KILL $$; : {}", ":::", "a")
        self.assertIn("SIGKILL", run.err)


if __name__ == "__main__":
    main()
