#!/usr/bin/env python3
"""Checks that what docs/features.md claims is proved by tests that exist.

check_features.py [--root FOLDER] [PAGE]

The page has tables of four columns: feature, answer, where, proof or reason. An answer is one of
  has       names a header and at least one test
  partly    names a header, and a test for the part that is there
  refused   gives its reason
A test is written as
  `suite.name`     a TEST, TEST_F, TEST_P or RC_GTEST_PROP of a C++ file under braid/ or tests/, or class and method of a
                   Python test under tests/
  `example_name`   made of an example in a CMakeLists.txt under examples/
  `consume_way`    one of the ways that tests/consume/CMakeLists.txt lists
Headers are links; what they lead to exists.
Exit status: 0 when all is well, 1 with one line for each fault.
"""
import argparse
import pathlib
import re
import sys

PAGE = "docs/features.md"
ANSWERS = ("has", "partly", "refused")
DEFINED = re.compile(r"\b(?:TYPED_)?TEST(?:_[FP])?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)|\bRC_GTEST_PROP\s*\(\s*(\w+)\s*,\s*(\w+)")
EXAMPLE = re.compile(r"braid_example(?:_prints)?\s*\(\s*(\w+)|add_test\s*\(\s*NAME\s+example_(\w+)")
WAYS = re.compile(r"foreach\s*\(\s*way\s+([\w\s]+)\)")
CLASS_OR_METHOD = re.compile(r"^class (\w+)|^    def (test_\w+)", re.MULTILINE)
NAMED = re.compile(r"`([a-z]\w*\.[a-z]\w*|(?:example|consume)_\w+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def tests_of(root):
    """The names of all tests of the tree."""
    found = set()
    for top in ("braid", "tests"):
        for path in (root / top).rglob("*.cpp"):
            for match in DEFINED.finditer(path.read_text()):
                found.add(".".join(part for part in match.groups() if part))
    for path in (root / "examples").rglob("CMakeLists.txt"):
        for match in EXAMPLE.finditer(path.read_text()):
            found.add("example_" + next(part for part in match.groups() if part))
    for path in (root / "tests").rglob("*_test.py"):
        suite = None
        for name, method in CLASS_OR_METHOD.findall(path.read_text()):
            suite = name or suite
            if method:
                found.add(f"{suite}.{method}")
    consume = root / "tests" / "consume" / "CMakeLists.txt"
    for ways in WAYS.findall(consume.read_text()) if consume.is_file() else ():
        found.update("consume_" + way for way in ways.split())
    return found


def rows_of(text):
    """(line, cells) for each row of a table, without the heads."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        head = number + 1 < len(lines) and re.fullmatch(r"\|[-:| ]+\|", lines[number + 1])
        if line.startswith("|") and not head and not re.fullmatch(r"\|[-:| ]+\|", line):
            yield number + 1, [cell.strip() for cell in line.strip("|").split("|")]


def faults_of(cells, page, tests):
    if len(cells) != 4:
        yield f"{len(cells)} cells, and there are four: feature, answer, where, proof or reason"
        return
    feature, answer, where, reason = cells
    if answer not in ANSWERS:
        yield f"'{answer}' is no answer to '{feature}': say {', '.join(ANSWERS)}"
    named = NAMED.findall(reason)
    for name in named:
        if name not in tests:
            yield f"there is no test {name}, which is to prove '{feature}'"
    if answer in ("has", "partly") and not named:
        yield f"no test proves '{feature}'"
    if answer in ("has", "partly") and not LINK.search(where):
        yield f"'{feature}' names no header"
    if answer == "refused" and not reason:
        yield f"'{feature}' has no reason"
    for link in LINK.findall(where + reason):
        if not link.startswith("http") and not (page.parent / link).exists():
            yield f"there is no file {link}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("page", nargs="?", default=PAGE)
    args = parser.parse_args()
    root = args.root.resolve()
    page = root / args.page
    if not page.is_file():
        sys.exit(f"check_features: there is no {args.page} under {root}")
    tests, rows = tests_of(root), list(rows_of(page.read_text()))
    faults = [f"{args.page}:{line}: {fault}" for line, cells in rows for fault in faults_of(cells, page, tests)]
    if not rows:
        faults.append(f"{args.page}: it has no table")
    print(*faults, sep="\n", end="\n" if faults else "")
    told = ", ".join(f"{sum(len(cells) == 4 and cells[1] == answer for _, cells in rows)} {answer}" for answer in ANSWERS)
    print(f"check_features: {len(rows)} features ({told}), {len(faults)} wrong")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
