"""The benchmark driver: samples, calibration, rounds, statistics, table and report. Run with python3 FILE."""
import json
import random
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from driver import building, command_line, machine, measuring, report, workloads  # noqa: E402


def python(code):
    return [sys.executable, "-c", code]


class sample(unittest.TestCase):
    def fails_with(self, code, text, timeout=60):
        with self.assertRaises(measuring.Failed) as caught:
            measuring.take_sample(python(code), timeout)
        self.assertIn(text, str(caught.exception))

    def test_is_the_number_that_the_process_prints(self):
        self.assertEqual(measuring.take_sample(python("print(12.5)")), 12.5)

    def test_of_a_process_that_hangs_fails_at_the_timeout(self):
        self.fails_with("import time; time.sleep(600)", "no answer in 0.2 s", timeout=0.2)

    def test_of_a_process_with_a_wrong_sum_fails_and_says_what_it_said(self):
        self.fails_with("import sys; sys.exit('adds up to 3 instead of 4')", "status 1: adds up to 3 instead of 4")

    def test_of_a_process_that_dies_of_a_signal_names_it(self):
        self.fails_with("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL")

    def test_of_a_process_that_prints_no_number_fails(self):
        self.fails_with("print('fast')", "instead of a number")

    def test_of_a_process_that_prints_nothing_fails(self):
        self.fails_with("pass", "instead of a number")

    def test_that_is_not_above_0_fails(self):
        self.fails_with("print('nan')", "no number above 0")
        self.fails_with("print(0)", "no number above 0")

    def test_of_a_missing_program_fails(self):
        with self.assertRaisesRegex(measuring.Failed, "could not be started"):
            measuring.take_sample(["./no-such-program"])


class calibration(unittest.TestCase):
    def seconds(self, per_unit, n):
        return per_unit * n * measuring.WARM_UP / 1e9

    def test_gives_every_speed_a_process_of_about_the_target_time(self):
        for per_unit in (7, 250, 20_000, 45_000):
            n = measuring.calibrate(lambda n: per_unit, 1_000)
            self.assertGreaterEqual(self.seconds(per_unit, n), measuring.SHORTEST_SECONDS)
            self.assertLessEqual(self.seconds(per_unit, n), measuring.LONGEST_SECONDS)

    def test_follows_a_peer_that_becomes_slow_in_longer_runs(self):
        n = measuring.calibrate(lambda n: 4_000 if n < 5_000 else 46_000, 1_000)
        self.assertLessEqual(self.seconds(46_000, n), measuring.LONGEST_SECONDS)

    def test_never_goes_under_the_first_or_over_the_largest_n(self):
        self.assertEqual(measuring.calibrate(lambda n: 1e9, 1_000), 1_000)
        self.assertEqual(measuring.calibrate(lambda n: 0.001, 1_000, most=70_000), 70_000)

    def test_of_a_failing_peer_ends_with_the_n_that_failed(self):
        def sample(n):
            raise measuring.Failed("no answer in 60 s")
        self.assertEqual(measuring.calibrate(sample, 1_000), 1_000)

    def test_gives_numbers_of_two_digits(self):
        self.assertEqual([measuring.two_digits(n) for n in (0.4, 7, 64, 129, 5_678_901)], [1, 7, 64, 120, 5_600_000])


class units(unittest.TestCase):
    def of(self, case, peer, smoke=False, code="print(100_000)"):
        one = measuring.Job(case, peer, python(code))
        command_line.set_units([one], smoke)
        return one.units

    def test_are_what_the_case_fixes_without_a_run(self):
        self.assertEqual(self.of("submit", "go/2", code="import sys; sys.exit(1)"), 1_000_000)

    def test_may_be_others_for_a_single_peer(self):
        self.assertEqual((self.of("park", "go/2"), self.of("park", "boost_fiber/1")), (1_000_000, 100_000))

    def test_are_fitted_where_nothing_is_fixed(self):
        self.assertEqual(self.of("pp", "go/1"), 2_700)

    def test_of_a_smoke_run_are_few_but_enough_for_the_case(self):
        self.assertEqual((self.of("pp", "go/1", True), self.of("submit", "go/2", True), self.of("park", "go/2", True)),
                         (100, 100, 20_000))


class rounds(unittest.TestCase):
    def jobs(self, count):
        return [measuring.Job("pp", f"peer{i}", python("print(1)"), units=1) for i in range(count)]

    def order(self, seed):
        started = []
        jobs = self.jobs(8)
        for job in jobs:
            job.run_once = lambda round_number, peer=job.peer: started.append((round_number, peer))
        measuring.run_rounds(jobs, 3, random.Random(seed))
        return started

    def test_run_every_job_once_a_round(self):
        started = self.order(1)
        for r in (1, 2, 3):
            self.assertEqual(sorted(peer for at, peer in started if at == r), [f"peer{i}" for i in range(8)])

    def test_are_in_another_order_each_time_and_the_same_for_the_same_seed(self):
        started = self.order(1)
        self.assertNotEqual([p for r, p in started if r == 1], [p for r, p in started if r == 2])
        self.assertEqual(started, self.order(1))
        self.assertNotEqual(started, self.order(2))

    def test_keep_samples_and_failures_apart(self):
        good, bad = self.jobs(2)
        bad.command = python("import sys; sys.exit(3)")
        measuring.run_rounds([good, bad], 2, random.Random(1))
        self.assertEqual((good.samples, good.failures), ([1.0, 1.0], []))
        self.assertEqual((bad.samples, bad.failures), ([], ["round 1: ended with status 3", "round 2: ended with status 3"]))

    def test_stop_starting_a_peer_that_hung_twice(self):
        job = measuring.Job("pp", "p", python("import time; time.sleep(600)"), units=1)
        for r in (1, 2, 3):
            job.run_once(r, timeout=0.1)
        self.assertEqual(job.failures[2], "round 3: not started, it gave no answer twice")

    def test_do_not_start_what_needs_more_memory_than_is_free(self):
        job = measuring.Job("park", "p", python("print(1)"), units=1, memory_mb=3_500)
        job.run_once(1, free_mb=lambda: 3_499)
        job.run_once(2, free_mb=lambda: 3_500)
        self.assertEqual(job.failures, ["round 1: not started, it may take 3,500 MB and 3,499 MB are free"])
        self.assertEqual(job.samples, [1.0])

    def test_know_how_much_memory_is_free(self):
        self.assertGreater(machine.free_memory_mb(), 10)


def job(case, peer, samples=(), failures=()):
    return measuring.Job(case, peer, [], units=10, samples=list(samples), failures=list(failures))


class rows(unittest.TestCase):
    def test_hold_the_raw_samples_by_peer_in_the_order_of_the_cases(self):
        made = report.rows([job("spsc", "go/1", [3.0]), job("pp", "go/1", [1.0, 2.0]), job("pp", "braid/1", [0.5])])
        self.assertEqual([row["case"] for row in made], ["pp", "spsc"])
        self.assertEqual(made[0]["samples"], {"go/1": [1.0, 2.0], "braid/1": [0.5]})
        self.assertEqual((made[0]["unit"], made[0]["lower_is_better"]), ("ns/rt", True))

    def test_say_where_more_is_better(self):
        made = report.rows([job("work1", "go/2", [50.0])])
        self.assertEqual((made[0]["unit"], made[0]["lower_is_better"]), ("%eff", False))

    def test_have_the_same_fields_for_every_workload(self):
        made = report.rows([job("pp", "go/1", [1.0]), job("work1", "go/2", [50.0])])
        self.assertEqual(list(made[0]), list(made[1]))

    def test_leave_out_a_peer_without_the_case(self):
        made = report.rows([job("sel4", "go/1", [1.0])], [("sel4", "tbb_bounded")])
        self.assertEqual(list(made[0]["samples"]), ["go/1"])
        self.assertEqual(made[0]["without_the_feature"], ["tbb_bounded"])

    def test_hold_a_peer_that_only_failed_among_the_failures(self):
        made = report.rows([job("pp", "go/1", [1.0]), job("pp", "tbb_bounded", [], ["round 1: no answer in 60 s"])])
        self.assertNotIn("tbb_bounded", made[0]["samples"])
        self.assertEqual(made[0]["failures"], {"tbb_bounded": ["round 1: no answer in 60 s"]})


class table(unittest.TestCase):
    def lines(self, jobs, lacking=()):
        text = report.table(report.rows(jobs, lacking))
        return {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}

    def test_shows_median_range_and_ratio_to_go(self):
        lines = self.lines([job("pp", "go/1", [100, 300, 200]), job("pp", "braid/1", [40, 90, 50])])
        self.assertEqual(lines["braid/1"].split(), ["braid/1", "50", "40", "..", "90", "0.25", "3"])
        self.assertEqual(lines["go/1"].split(), ["go/1", "200", "100", "..", "300", "1.00", "3"])

    def test_of_a_pool_case_divides_by_two_threads_of_go(self):
        lines = self.lines([job("submit", "go/1", [100]), job("submit", "go/2", [200]), job("submit", "braid/2", [50])])
        self.assertEqual(lines["braid/2"].split()[-2], "0.25")
        self.assertEqual(lines["peer"].split()[-3:-1], ["x", "go/2"])

    def test_says_where_more_is_better(self):
        first_lines = [report.table(report.rows([job(case, "go/2", [1.0])])).splitlines()[0] for case in ("work1", "submit")]
        self.assertEqual(["higher is better" in line for line in first_lines], [True, False])

    def test_shows_only_peers_of_the_workload(self):
        lines = self.lines([job("park", "go/2", [1.0]), job("park", "boost_fiber/1", [2.0])], [("park", "asio_pool")])
        self.assertEqual(set(lines), {"peer", "go/2", "boost_fiber/1", "asio_pool"})

    def test_shows_a_dash_for_a_peer_without_the_feature(self):
        lines = self.lines([job("sel4", "go/1", [1.0])], [("sel4", "moodycamel"), ("sel4u", "tbb_bounded")])
        self.assertEqual(lines["moodycamel"].split(), ["moodycamel", "-"])

    def test_leaves_out_a_peer_that_was_not_asked_for(self):
        lines = self.lines([job("pp", "go/1", [1.0])], [("sel4", "moodycamel")])
        self.assertEqual(set(lines), {"peer", "go/1"})

    def test_shows_a_dash_for_the_ratio_when_go_was_not_run(self):
        lines = self.lines([job("pp", "braid/1", [1.0])])
        self.assertEqual(lines["braid/1"].split()[-2], "-")

    def test_says_how_many_failed_and_why(self):
        lines = self.lines([job("pp", "go/1", [1.0], ["round 2: no answer in 60 s"])])
        self.assertIn("1 failed: round 2: no answer in 60 s", lines["go/1"])
        lines = self.lines([job("pp", "go/1", [], ["round 1: killed by SIGSEGV"])])
        self.assertIn("failed, 1 failed: round 1: killed by SIGSEGV", lines["go/1"])


class numbers(unittest.TestCase):
    def test_have_three_significant_digits(self):
        self.assertEqual([report.number(x) for x in (1.2345, 42.06, 243.4, 17_330.2)], ["1.23", "42.1", "243", "17,330"])

    def test_of_a_summary_are_median_min_and_max(self):
        self.assertEqual(report.summary([4.0, 1.0, 2.0, 9.0]), (3.0, 1.0, 9.0))


class written_report(unittest.TestCase):
    def test_is_whole_and_replaces_the_one_before(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench" / "report.json"
            report.write(path, {"rows": [1]})
            report.write(path, {"rows": report.rows([job("pp", "go/1", [1.5])])})
            self.assertEqual(json.loads(path.read_text())["rows"][0]["samples"], {"go/1": [1.5]})
            self.assertEqual([file.name for file in path.parent.iterdir()], ["report.json"])


class choice(unittest.TestCase):
    def fake_program(self, folder, name):
        path = Path(folder) / name
        path.write_text("#!/bin/sh\n[ \"$2\" = cases ] && printf 'pp\\nspsc\\nspsc0\\n'\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def chosen(self, only):
        with tempfile.TemporaryDirectory() as folder:
            self.fake_program(folder, "channel_go")
            programs = building.programs([Path(folder)])
            options = command_line.options(["--only", only], {})
            return [(job.case, job.peer) for job in command_line.jobs_for(programs, options.only)[0]]

    def test_without_a_pattern_is_every_case_that_a_built_program_has(self):
        self.assertEqual(len(self.chosen("")), 6)

    def test_matches_the_case_alone_or_case_and_peer(self):
        self.assertEqual(self.chosen("^spsc$"), [("spsc", "go/1"), ("spsc", "go/2")])
        self.assertEqual(self.chosen("^pp go/2$"), [("pp", "go/2")])
        self.assertEqual(self.chosen("sieve"), [])

    def test_gives_a_case_to_the_programs_of_its_workload_only(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("channel_go", "pool_go"):
                self.fake_program(folder, name)
            (Path(folder) / "pool_go").write_text("#!/bin/sh\nprintf 'pp\\npark\\n'\n")
            jobs, lacking = command_line.jobs_for(building.programs([Path(folder)]),
                                                  command_line.options(["--only", "^(pp|park|fib) go/2"], {}).only)
        self.assertEqual([(job.case, Path(job.command[0]).name) for job in jobs], [("pp", "channel_go"), ("park", "pool_go")])
        self.assertEqual(lacking, [("fib", "go/2")])
        self.assertEqual([job.memory_mb for job in jobs], [0, 3_500])

    def test_of_a_program_that_dies_at_its_start_is_refused_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            self.fake_program(folder, "channel_go")
            (Path(folder) / "channel_go").write_text("#!/bin/sh\nexit 3\n")
            with self.assertRaisesRegex(building.BuildFailed, "channel_go 1 cannot"):
                command_line.jobs_for(building.programs([Path(folder)]), command_line.options([], {}).only)

    def test_comes_from_the_environment_too(self):
        options = command_line.options([], {"ONLY": "fan", "ROUNDS": "7", "SEED": "3"})
        self.assertEqual((options.only.pattern, options.rounds, options.seed), ("fan", 7, 3))

    def test_refuses_too_few_rounds_and_bad_patterns(self):
        for arguments in (["--rounds", "2"], ["--only", "("]):
            with self.assertRaises(SystemExit):
                with open("/dev/null", "w") as nowhere:
                    kept, sys.stderr = sys.stderr, nowhere
                    try:
                        command_line.options(arguments, {})
                    finally:
                        sys.stderr = kept


class verdict(unittest.TestCase):
    def test_is_failure_for_braid_always_and_for_peers_in_a_smoke_run(self):
        peer = job("pp", "tbb_bounded", [], ["round 1: no answer in 60 s"])
        ours = job("pp", "braid/1", [], ["round 1: no answer in 60 s"])
        kept, sys.stderr = sys.stderr, open("/dev/null", "w")
        try:
            answers = [command_line.verdict([peer], smoke=False), command_line.verdict([peer], smoke=True),
                       command_line.verdict([ours], smoke=False)]
        finally:
            sys.stderr.close()
            sys.stderr = kept
        self.assertEqual(answers, [0, 1, 1])


class workload_table(unittest.TestCase):
    def test_names_every_case_once(self):
        names = [case.name for case in workloads.cases()]
        self.assertEqual(len(names), len(set(names)))

    def test_names_every_peer_of_a_workload_once_and_has_its_reference(self):
        for workload in workloads.WORKLOADS:
            names = [peer.name for peer in workload.peers]
            self.assertEqual(len(names), len(set(names)))
            self.assertIn(workload.reference, names)

    def test_gives_every_program_to_one_workload(self):
        owners = {(peer.program, workload.name) for workload in workloads.WORKLOADS for peer in workload.peers}
        self.assertEqual(len(owners), len(workloads.programs()))

    def test_builds_a_go_program_of_every_workload(self):
        for name, folder in workloads.GO_PROGRAMS.items():
            self.assertIn(name, workloads.programs())
            self.assertTrue((Path(workloads.__file__).parents[1] / folder / "main.go").is_file(), folder)

    def test_has_limits_of_its_own_peers_only(self):
        for workload in workloads.WORKLOADS:
            names = {peer.name for peer in workload.peers}
            for case in workload.cases:
                self.assertLessEqual({*case.units_of, *case.memory_mb_of}, names)

    def test_makes_as_many_spawns_as_fib_30_has(self):
        spawns = [0, 0]
        for n in range(2, 31):
            spawns.append(1 + spawns[n - 1] + spawns[n - 2])
        self.assertEqual(workloads.FIB_30, spawns[30])


if __name__ == "__main__":
    unittest.main()
