#!/usr/bin/env python3
"""Compiles and runs every probe and compares what happened with expected.toml.

A probe program is compiled by each compiler at -O0 and -O2 (--short: g++ alone, at one of the two) with AddressSanitizer and
UndefinedBehaviorSanitizer; each trap in it runs in a process of its own. Objects are kept by the hash of what made them, so a second run
only runs. A difference in either direction fails: a good form that broke, or a bad form that became good.
"""

import argparse
import concurrent.futures
import hashlib
import pathlib
import re
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
COMPILERS = {"g++": "g++ 12", "clang++-19": "clang 19"}
HEADERS = ("value.hpp", "task.hpp", "channel.hpp", "scope.hpp", "model.hpp")
LEVELS = ("-O0", "-O2")
SHORT = {"g++": ("-O0",)}  # the compiler with traps; so far none of the table depends on the level
# The checks left out find nothing that AddressSanitizer does not, and double the time g++ takes.
FLAGS = ["-std=c++20", "-fsanitize=address,undefined", "-fno-sanitize=null,alignment,vptr,object-size",
         "-fno-sanitize-recover=all", "-w"]
SECONDS_PER_TRAP = 60


class Toolchain:
    """One compiler at one level, with the objects it has made."""

    def __init__(self, compiler, level, build):
        self.compiler, self.level, self.build = compiler, level, build
        self.name = COMPILERS[compiler]

    def make(self, program):
        """Gives the path of the program, or None when the compiler refuses it."""
        model, own = self._object("model"), self._object(program)
        if model is None or own is None:
            return None
        binary = own.with_suffix("")
        if not binary.exists():
            self._run([*FLAGS, self.level, str(model), str(own), "-o", str(binary)], check=True)
        return binary

    def _object(self, source):
        text = b"".join((HERE / name).read_bytes() for name in (*HEADERS, f"{source}.cpp"))
        key = hashlib.sha256(repr((version_of(self.compiler), FLAGS, self.level)).encode() + text).hexdigest()[:16]
        made = self.build / f"{source}-{key}.o"
        if not made.exists():
            fresh = made.with_suffix(".part")
            done = self._run([*FLAGS, self.level, "-c", str(HERE / f"{source}.cpp"), "-o", str(fresh)])
            if done.returncode != 0:
                return None
            fresh.rename(made)
        return made

    def _run(self, arguments, check=False):
        return subprocess.run([self.compiler, *arguments], capture_output=True, text=True, check=check)


def version_of(compiler, known={}):
    if compiler not in known:
        known[compiler] = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    return known[compiler]


def major_of(compiler):
    return re.search(r"(\d+)\.\d+\.\d+", version_of(compiler)).group(1)


def outcome_of(binary, trap):
    """safe, miscompiled or overflows."""
    environment = {"ASAN_OPTIONS": "detect_leaks=0:symbolize=0", "UBSAN_OPTIONS": "symbolize=0", "PATH": "/usr/bin:/bin"}
    try:
        done = subprocess.run([str(binary), trap], capture_output=True, text=True, errors="replace",
                              timeout=SECONDS_PER_TRAP, env=environment)
    except subprocess.TimeoutExpired:
        return "miscompiled"
    if done.returncode == 0:
        return "safe"
    return "overflows" if "stack-overflow" in done.stderr else "miscompiled"


def traps_of(binary):
    return subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout.split()


def observe(expected, levels, build, workers):
    """{(program, trap): {compiler name: {level: outcome}}} of the compilers of `levels`"""
    seen = {}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        chains = [Toolchain(compiler, level, build) for compiler, some in levels.items() for level in reversed(some)]
        list(pool.map(lambda chain: chain._object("model"), chains))
        made = pool.map(lambda pair: (*pair, pair[0].make(pair[1])), [(c, p) for c in chains for p in expected])
        jobs = []
        for chain, program, binary in made:
            names = traps_of(binary) if binary else sorted(expected[program])
            run = outcome_of if binary else (lambda *_: "refused")
            jobs += [(chain, program, trap, pool.submit(run, binary, trap)) for trap in names]
        for chain, program, trap, job in jobs:
            row = seen.setdefault((program, trap), {})
            row.setdefault(chain.name, {})[chain.level] = job.result()
    return seen


def sentence(row):
    """What the table says of a row: "safe", or "<outcome> by <compiler>" for each compiler that is not."""
    said = []
    for name, levels in sorted(row.items()):
        bad = {outcome for outcome in levels.values() if outcome != "safe"}
        if bad:
            where = "" if len(set(levels.values())) == 1 else " at " + ", ".join(
                sorted(level for level, outcome in levels.items() if outcome != "safe"))
            said.append(f"{' or '.join(sorted(bad))} by {name}{where}")
    return "; ".join(said) or "safe"


def differences(expected, seen):
    for program, table in expected.items():
        found = {trap for owner, trap in seen if owner == program}
        for trap in sorted(found - set(table)):
            yield f"{program}: {trap} ran and is not in expected.toml; add it"
        for trap in sorted(set(table) - found):
            yield f"{program}: {trap} is in expected.toml and no longer exists; remove it"
        for trap in sorted(found & set(table)):
            now = sentence(seen[program, trap])
            if now != table[trap]:
                yield f"{program}: {trap}: expected \"{table[trap]}\", now \"{now}\""


def compilers_to_probe(wanted):
    """Those whose version the table speaks about; says which are left out."""
    for compiler in wanted:
        try:
            major = major_of(compiler)
        except OSError:
            sys.exit(f"probes: {compiler} is not installed; scripts/bootstrap installs it")
        if COMPILERS[compiler].split()[1] != major:
            print(f"probes: {compiler} is version {major}; the table speaks about {COMPILERS[compiler]}: left out")
        else:
            yield compiler


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder for objects and programs")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--compiler", action="append", choices=sorted(COMPILERS), help="probe this one only")
    parser.add_argument("--short", action="store_true", help="g++ alone, at one level")
    parser.add_argument("--print-toml", action="store_true", help="print what was seen in the form of expected.toml")
    arguments = parser.parse_args()

    arguments.build.mkdir(parents=True, exist_ok=True)
    expected = tomllib.loads((HERE / "expected.toml").read_text())
    compilers = list(compilers_to_probe(arguments.compiler or (SHORT if arguments.short else COMPILERS)))
    probed = {COMPILERS[compiler] for compiler in compilers}
    for table in expected.values():
        for trap, said in table.items():
            parts = [part for part in said.split("; ") if any(f"by {name}" in part for name in probed)]
            table[trap] = "; ".join(parts) or "safe"
    levels = {compiler: SHORT.get(compiler, LEVELS) if arguments.short else LEVELS for compiler in compilers}
    seen = observe(expected, levels, arguments.build, arguments.jobs)
    last = None
    for (program, trap), row in sorted(seen.items()):
        if program != last:
            print(f"\n[{program}]")
            last = program
        print(f'{trap} = "{sentence(row)}"' if arguments.print_toml else f"  {trap:<75} {sentence(row)}")
    wrong = list(differences(expected, seen))
    safe = sum(sentence(row) == "safe" for row in seen.values())
    print(f"\nprobes: {len(seen)} traps, {safe} safe, {len(seen) - safe} not, on "
          + ", ".join(f"{COMPILERS[compiler]} at {' and '.join(some)}" for compiler, some in levels.items()))
    for line in wrong:
        print(f"probes: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
