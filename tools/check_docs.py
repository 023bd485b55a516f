#!/usr/bin/env python3
"""Checks that what a document shows is what the tree compiles and prints.

check_docs.py [--root FOLDER] [--build BUILD_TREE]... [--fix]

Read are README.md, CONTRIBUTING.md and every .md under docs/. A comment on the line before a fenced block ties it:
  <!-- snippet: examples/foo.cpp#region -->  the block equals that region: the lines between two lines `// [region]`,
                                             less their common indent and other marks; without #region, the whole file. It must
                                             be named in a CMakeLists.txt of its folder, so that it is compiled.
  <!-- output: examples/foo args -->         the block equals what the program BUILD_TREE/examples/foo prints
  <!-- session: -->                          lines `$ command` are run by bash, in an empty folder, with BUILD_TREE on
                                             PATH; the lines below each are what it prints (both streams)
A block of C++ without `snippet` is an error. Outputs and sessions need --build; without it they are counted and left.
Of several trees, the first that has the program is taken.
--fix writes the right text into the documents.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap

FENCE = re.compile(r"^( *)(```+|~~~+)\s*([^\s`]*)[^`]*$")
MARKER = re.compile(r"^\s*<!--\s*(snippet|output|session)\s*:\s*(.*?)\s*-->\s*$")
CPP = {"cpp", "c++", "cxx", "cc", "hpp"}
TIMEOUT_SECONDS = 60


class doc_error(Exception):
    pass


class block:
    """One fenced block: lines[first:last] are its content, `marker` is (kind, argument) or None."""

    def __init__(self, opened, indent, language, first, last, marker):
        self.opened, self.indent, self.language = opened, indent, language
        self.first, self.last, self.marker = first, last, marker


def blocks_of(lines):
    """The fenced blocks of a document. A marker that no block follows is an error."""
    found, marker, marked, number = [], None, 0, 0
    while number < len(lines):
        line, fence = lines[number], FENCE.match(lines[number])
        if fence:
            end = number + 1
            while end < len(lines) and not re.match(r"^\s*" + re.escape(fence.group(2)) + r"\s*$", lines[end]):
                end += 1
            if end == len(lines):
                raise doc_error(f"{number + 1}: this fenced block is never closed")
            found.append(block(number + 1, fence.group(1), fence.group(3).lower(), number + 1, end, marker))
            marker, number = None, end
        elif MARKER.match(line):
            if marker:
                raise doc_error(f"{marked}: no fenced block follows this marker")
            marker, marked = MARKER.match(line).groups(), number + 1
        elif line.strip() and marker:
            raise doc_error(f"{marked}: no fenced block follows this marker")
        number += 1
    if marker:
        raise doc_error(f"{marked}: no fenced block follows this marker")
    return found


def is_compiled(root, path):
    """True where a CMakeLists.txt of the file's folder, or of one above it, names the file."""
    for folder in path.parents:
        lists = folder / "CMakeLists.txt"
        if lists.is_file() and re.search(rf"(?<![\w.]){re.escape(path.stem)}(?!\w)", lists.read_text()):
            return True
        if folder == root:
            return False
    return False


def snippet(root, argument):
    name, _, region = argument.partition("#")
    path = root / name
    if not path.is_file():
        raise doc_error(f"there is no file {name}")
    if path.suffix == ".cpp" and not is_compiled(root, path):
        raise doc_error(f"{name} is not compiled: no CMakeLists.txt of its folder names it")
    lines = path.read_text().splitlines()
    if region:
        marks = [number for number, line in enumerate(lines) if line.strip() == f"// [{region}]"]
        if len(marks) != 2:
            raise doc_error(f"{name} has {len(marks)} lines `// [{region}]`; a region stands between two")
        lines = lines[marks[0] + 1:marks[1]]
    lines = [line for line in lines if not re.fullmatch(r"\s*// \[\w+\]", line)]
    return textwrap.dedent("\n".join(lines)).strip("\n").split("\n")


def output(root, builds, argument):
    words = shlex.split(argument)
    if not words:
        raise doc_error("the marker names no program")
    program = next((build / words[0] for build in builds if (build / words[0]).is_file()), None)
    if program is None:
        raise doc_error(f"there is no program {words[0]} in the build tree: build it first")
    try:
        ended = subprocess.run([program, *words[1:]], cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise doc_error(f"{argument} ran for more than {TIMEOUT_SECONDS} s") from None
    if ended.returncode != 0:
        raise doc_error(f"{argument} ended with status {ended.returncode}: {ended.stderr.strip()[-500:]}")
    return ended.stdout.rstrip("\n").split("\n")


def session(builds, shown):
    """The block as it should be: each command that is shown, and what it prints."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="braid-docs.") as scratch:
        env = {"PATH": ":".join([*map(str, builds), os.environ.get("PATH", "")]), "HOME": scratch, "LANG": "C.UTF-8"}
        for line in shown:
            if not line.startswith("$ "):
                continue
            try:
                ended = subprocess.run(["bash", "-c", line[2:]], cwd=scratch, env=env, stdin=subprocess.DEVNULL, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                raise doc_error(f"`{line[2:]}` ran for more than {TIMEOUT_SECONDS} s") from None
            lines.append(line)
            lines += ended.stdout.splitlines()
    if not lines:
        raise doc_error("a session shows at least one line `$ command`")
    return lines


def wanted_lines(root, builds, lines, found):
    """What the block should hold; None where that cannot be told without a build tree."""
    kind, argument = found.marker or (None, None)
    if kind == "snippet":
        return snippet(root, argument)
    if kind and not builds:
        return None
    shown = [line[len(found.indent):] for line in lines[found.first:found.last]]
    if kind == "output":
        return output(root, builds, argument)
    if kind == "session":
        return session(builds, shown)
    if found.language in CPP:
        raise doc_error("C++ without a marker is not compiled: put <!-- snippet: examples/NAME.cpp#REGION --> on the line before")
    return shown


def first_difference(shown, wanted):
    for number in range(max(len(shown), len(wanted))):
        left = shown[number] if number < len(shown) else "(nothing)"
        right = wanted[number] if number < len(wanted) else "(nothing)"
        if left != right:
            return f"line {number + 1} of the block\n    shows:  {left}\n    should: {right}"
    return "no difference"


def check_document(root, builds, path, fix):
    """(faults, blocks checked, blocks left). With `fix`, a block that differs is rewritten instead of a fault."""
    name, faults, checked, left = path.relative_to(root), [], 0, 0
    lines = path.read_text().split("\n")
    try:
        blocks = blocks_of(lines)
    except doc_error as error:
        return [f"{name}:{error}"], 0, 0
    for found in reversed(blocks):  # from the end, so that a rewrite moves no block still to come
        try:
            wanted = wanted_lines(root, builds, lines, found)
        except doc_error as error:
            faults.append(f"{name}:{found.opened}: {error}")
            continue
        if wanted is None:
            left += 1
            continue
        checked += found.marker is not None
        shown = [line[len(found.indent):] for line in lines[found.first:found.last]]
        if shown == wanted:
            continue
        if fix:
            lines[found.first:found.last] = [(found.indent + line).rstrip() for line in wanted]
            print(f"{name}:{found.opened}: rewritten from {found.marker[0]}: {found.marker[1]}")
        else:
            faults.append(f"{name}:{found.opened}: {found.marker[0]}: {found.marker[1]}: {first_difference(shown, wanted)}\n"
                          "  mend: tools/check_docs.py --build build/release --fix, then read what it wrote")
    if fix:
        path.write_text("\n".join(lines))
    return faults[::-1], checked, left


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--build", type=pathlib.Path, action="append", default=[], help="a build tree that holds the programs")
    parser.add_argument("--fix", action="store_true", help="write the right text into the documents")
    args = parser.parse_args()
    root, builds = args.root.resolve(), [build.resolve() for build in args.build]
    for build in args.build:
        if not build.is_dir():
            sys.exit(f"check_docs: there is no build tree {build}")
    pages = [path for path in (root / "README.md", root / "CONTRIBUTING.md") if path.is_file()] + sorted(root.glob("docs/**/*.md"))
    faults, checked, left = [], 0, 0
    for path in pages:
        more, done, undone = check_document(root, builds, path, args.fix)
        faults, checked, left = faults + more, checked + done, left + undone
    print(*faults, sep="\n", end="\n" if faults else "")
    rest = f", {left} not checked (they need --build)" if left else ""
    print(f"check_docs: {len(pages)} documents, {checked} blocks checked{rest}, {len(faults)} wrong")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
