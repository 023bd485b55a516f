#!/usr/bin/env python3
"""What a compiler says first of a wrong program: one sentence, within the first five lines.

refused.py --source BRAID [--compiler CXX]...

Each program in refused/ begins with `// says: TEXT`. It does not compile, and TEXT stands in the first five lines that the
compiler prints.
"""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

PROGRAMS = sorted((pathlib.Path(__file__).resolve().parent / "refused").glob("*.cpp"))
LINES = 5


def judge(source, compiler, program):
    """None, or what is wrong."""
    wanted = program.read_text().splitlines()[0].removeprefix("// says: ")
    done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{source}", str(program)], stdin=subprocess.DEVNULL,
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
    compilers = [each for each in dict.fromkeys(args.compiler + ["g++", "clang++-19"]) if shutil.which(each)]
    pairs = [(compiler, program) for compiler in compilers for program in PROGRAMS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = [fault for fault in pool.map(lambda pair: judge(args.source, *pair), pairs) if fault]
    print(*wrong, sep="\n")
    print(f"refused: {len(PROGRAMS)} programs by {', '.join(compilers)}: {len(wrong)} wrong")
    return 1 if wrong or not PROGRAMS or not compilers else 0


if __name__ == "__main__":
    sys.exit(main())
