#!/usr/bin/env python3
"""Checks the rules of the house that a machine can read without a compiler.

check_style.py [--root FOLDER]

Over the C++ files of braid/, cmd/, tests/, examples/ and bench/:
  budget     a header has at most 250 lines, a body or a test at most 400
  names      files are snake_case, named by their main noun: no util, common, misc, manager, no _impl
  guard      a header opens with #pragma once
  sibling    x_test.cpp in braid/ lies beside x.hpp or x.cpp
  order      a relaxed, acquire or release memory order has its reason in a comment within three lines
  delete     no ::operator delete in a conditional expression: clang calls both of two (findings/clang_conditional_delete.sh)
  unfinished no to-do marks
Exit status: 0 when all is well, 1 with one line for each fault.
"""
import argparse
import pathlib
import re
import sys

TOPS = ("braid", "cmd", "tests", "examples", "bench")
BUDGET = {".hpp": 250, ".cpp": 400}
FORBIDDEN = re.compile(r"(^|_)(utils?|common|misc|managers?|impl)(_|$)")
WEAK_ORDER = re.compile(r"\bmemory_order(?:_|::)(?:relaxed|acquire|release|acq_rel|consume)\b")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
CONDITIONAL_DELETE = re.compile(r"\?[^;{}?]*::operator delete\b")
REASON_REACH_LINES = 3


def check_weak_orders(lines):
    for number, line in enumerate(lines):
        if WEAK_ORDER.search(line.split("//")[0]):
            near = lines[max(0, number - REASON_REACH_LINES):number + REASON_REACH_LINES + 1]
            if not any("//" in other for other in near):
                yield number + 1, "a weak memory order without its reason: say within three lines why it is enough, or use seq_cst"


def check_file(root, path):
    """(line, fault) for each fault of one file."""
    lines = path.read_text().splitlines()
    name = path.relative_to(root).as_posix()
    budget = BUDGET[path.suffix]
    if len(lines) > budget:
        yield budget + 1, f"{len(lines)} lines, the budget is {budget}: look for the second noun in this file and give it one of its own"
    if not re.fullmatch(r"[a-z0-9_]+", path.stem):
        yield 1, f"file names are snake_case: {path.name}"
    bad = FORBIDDEN.search(path.stem)
    if bad:
        yield 1, f"'{bad.group(2)}' says nothing: name the file by its main noun, or move its content to its only user"
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "a header without #pragma once"
    if name.startswith("braid/") and path.name.endswith("_test.cpp"):
        noun = path.name[:-len("_test.cpp")]
        if not any((path.parent / (noun + suffix)).is_file() for suffix in BUDGET):
            yield 1, f"no {noun}.hpp or {noun}.cpp beside this test: a test lies beside what it tests, or in tests/ where it crosses modules"
    for number, line in enumerate(lines):
        mark = UNFINISHED.search(line)
        if mark:
            yield number + 1, f"{mark.group()} in the code: finish it, or open an issue and leave the mark out"
    text = "\n".join(line.split("//")[0] for line in lines)
    for found in CONDITIONAL_DELETE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, "::operator delete in a conditional expression, of which clang calls both: use if and else"
    yield from check_weak_orders(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root.resolve()
    files = sorted(path for top in TOPS for path in (root / top).rglob("*") if path.suffix in BUDGET)
    if not files:
        sys.exit(f"check_style: no C++ file under {root}: is --root right?")
    faults = [f"{path.relative_to(root)}:{line}: {fault}" for path in files for line, fault in check_file(root, path)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"check_style: {len(files)} files, {len(faults)} wrong")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
