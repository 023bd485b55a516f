#!/usr/bin/env python3
"""What a compiler says first of a wrong program: one sentence, within the first five lines.

refused.py --source BRAID [--compiler CXX]...

Each program in refused/ begins with `// says: TEXT`. It does not compile, and TEXT stands in the first five lines that the
compiler prints. braid.hpp is precompiled, once for each compiler: the first lines are the same, in a fifth of the time.
"""
import argparse
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

from compilers import different_compilers, version_of

PROGRAMS = sorted((pathlib.Path(__file__).resolve().parent / "refused").glob("*.cpp"))
LINES = 5


def precompile(source, compiler, scratch):
    """The words that make the compiler use the precompiled header."""
    is_clang = "clang" in version_of(compiler)
    made = scratch / compiler.replace("/", "_") / "braid" / ("braid.pch" if is_clang else "braid.hpp.gch")
    made.parent.mkdir(parents=True)
    subprocess.run([compiler, "-std=c++20", "-w", f"-I{source}", "-x", "c++-header", str(source / "braid" / "braid.hpp"), "-o", str(made)],
                   stdin=subprocess.DEVNULL, check=True, timeout=300)
    return ["-include-pch", str(made)] if is_clang else [f"-I{made.parent.parent}"]


def judge(source, compiler, words, program):
    """None, or what is wrong."""
    wanted = program.read_text().splitlines()[0].removeprefix("// says: ")
    done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", *words, f"-I{source}", str(program)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300)
    first = "\n".join(done.stderr.splitlines()[:LINES])
    if done.returncode == 0:
        return f"{compiler} compiles {program.name}"
    if wanted not in first:
        return f"{compiler} does not say `{wanted}` of {program.name} in its first {LINES} lines:\n{first}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--compiler", action="append", default=[])
    args = parser.parse_args()
    compilers = different_compilers(*args.compiler, "g++", "clang++-19")
    with tempfile.TemporaryDirectory(prefix="braid-refused.") as scratch, concurrent.futures.ThreadPoolExecutor(2) as pool:
        words = list(pool.map(lambda compiler: precompile(args.source, compiler, pathlib.Path(scratch)), compilers))
        tries = [(compiler, with_header, program) for compiler, with_header in zip(compilers, words) for program in PROGRAMS]
        wrong = [fault for fault in pool.map(lambda each: judge(args.source, *each), tries) if fault]
    print(*wrong, sep="\n")
    print(f"refused: {len(PROGRAMS)} programs by {', '.join(compilers)}: {len(wrong)} wrong")
    return 1 if wrong or not PROGRAMS or not compilers else 0


if __name__ == "__main__":
    sys.exit(main())
