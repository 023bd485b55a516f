"""The command: options, build, calibrate, rounds, report."""
import argparse
import os
import random
import re
import subprocess
import sys
from pathlib import Path

from . import building, machine, measuring, report, workloads

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench"
FEWEST_ROUNDS = 5


def options(arguments, environment):
    parser = argparse.ArgumentParser(prog="bench/run", description="Runs braid and its peers side by side.")
    parser.add_argument("--only", metavar="REGEX", default=environment.get("ONLY", ""),
                        help="cases to run: matched against CASE and against 'CASE PEER' (or ONLY=)")
    parser.add_argument("--rounds", type=int, default=environment.get("ROUNDS") or FEWEST_ROUNDS,
                        help=f"samples per case and peer, at least {FEWEST_ROUNDS} (or ROUNDS=)")
    parser.add_argument("--seed", type=int, default=environment.get("SEED") or None,
                        help="seed of the random order (or SEED=)")
    parser.add_argument("--smoke", action="store_true", help="one round of tiny runs: does every program still work?")
    parser.add_argument("--programs", metavar="FOLDER", type=Path, help="C++ programs that are already built")
    parser.add_argument("--report", metavar="FILE", type=Path, help="default: build/bench/report.json")
    chosen = parser.parse_args(arguments)
    try:
        chosen.only = re.compile(chosen.only)
    except re.error as error:
        parser.error(f"ONLY: {chosen.only!r} is no regular expression ({error}); e.g. ONLY='^fan8' or ONLY='go/1'")
    if chosen.rounds < FEWEST_ROUNDS and not chosen.smoke:
        parser.error(f"ROUNDS: {chosen.rounds} is too few to compare medians; use {FEWEST_ROUNDS} or more")
    if chosen.seed is None:
        chosen.seed = random.SystemRandom().randrange(1 << 32)
    chosen.report = chosen.report or OUT / ("smoke.json" if chosen.smoke else "report.json")
    return chosen


def cases_of(program, mode):
    """What a program says that it can run in a mode."""
    try:
        done = subprocess.run([program, mode, "cases"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise building.BuildFailed(f"{program.name} {mode} cannot even say what its cases are: {error}") from None
    return done.stdout.split()


def jobs_for(programs, only):
    """What is to run, and the (case, peer) pairs that were asked for and that the peer has no feature for."""
    jobs, lacking = [], []
    for workload in workloads.WORKLOADS:
        for peer in workload.peers:
            if peer.program not in programs:
                continue
            has = cases_of(programs[peer.program], peer.mode)
            for case in workload.cases:
                if not (only.search(case.name) or only.search(f"{case.name} {peer.name}")):
                    continue
                if case.name in has:
                    jobs.append(measuring.Job(case.name, peer.name, [str(programs[peer.program]), peer.mode],
                                              memory_mb=case.memory_mb_of.get(peer.name, 0)))
                else:
                    lacking.append((case.name, peer.name))
    return jobs, lacking


def set_units(jobs, smoke):
    """N for each job: tiny, fixed by its case, or fitted."""
    by_name = {case.name: case for case in workloads.cases()}
    for done, job in enumerate(jobs, 1):
        case = by_name[job.case]
        fixed = case.smoke_units if smoke else case.fixed_units(job.peer)
        job.units = fixed or measuring.calibrate(
            lambda n: measuring.take_sample(job.command + [job.case, str(n)]), case.first_units)
        tell(f"calibrating: {done} of {len(jobs)}")
    tell("")


def tell(text):
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def build(programs_folder):
    OUT.mkdir(parents=True, exist_ok=True)
    folder = programs_folder or building.build_cpp(ROOT)
    building.build_go(ROOT, OUT)
    programs = building.programs([folder, OUT])
    for workload in workloads.WORKLOADS:
        for peer in workload.peers:
            if peer.program not in programs:
                print(f"bench: {workload.name}: {peer.name} is left out: {peer.program} was not built"
                      + (f"; install {peer.package}" if peer.package else ""),
                      file=sys.stderr)
    return folder, programs


def measure(jobs, chosen):
    set_units(jobs, chosen.smoke)
    rounds = 1 if chosen.smoke else chosen.rounds
    print(f"bench: {len(jobs)} pairs of case and peer x {rounds} rounds, seed {chosen.seed}", flush=True)
    measuring.run_rounds(jobs, rounds, random.Random(chosen.seed),
                         lambda round_number, done: tell(f"round {round_number} of {rounds}: {done} of {len(jobs)}"))
    tell("")


def main(arguments):
    chosen = options(arguments, os.environ)
    notes = {"machine": machine.describe(), "commit": machine.commit(ROOT)}
    try:
        folder, programs = build(chosen.programs)
        jobs, lacking = jobs_for(programs, chosen.only)
    except building.BuildFailed as reason:
        print(f"bench: the build failed. {reason}", file=sys.stderr)
        return 2
    if not jobs:
        print(f"bench: no case matches {chosen.only.pattern!r}; cases: "
              + " ".join(case.name for case in workloads.cases()), file=sys.stderr)
        return 2
    measure(jobs, chosen)
    made = report.rows(jobs, lacking)
    print(report.table(made))
    notes.update(compilers=machine.compilers(folder.parent / "CMakeCache.txt"), programs=machine.about(programs),
                 seed=chosen.seed, rounds=1 if chosen.smoke else chosen.rounds, rows=made)
    report.write(chosen.report, notes)
    print(f"bench: every sample is in {os.path.relpath(chosen.report)}")
    return verdict(jobs, chosen.smoke)


def verdict(jobs, smoke):
    """A peer that fails is shown and no reason to stop; braid's own failures are, and in a smoke run everybody's."""
    failed = [job for job in jobs if job.failures and (smoke or job.peer.startswith(workloads.BRAID))]
    for job in failed:
        print(f"bench: {job.case} {job.peer}: {job.failures[0]}", file=sys.stderr)
    return 1 if failed else 0
