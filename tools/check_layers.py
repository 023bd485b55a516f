#!/usr/bin/env python3
"""Checks the one include rule: a file may include its own folder and any folder to its left.

check_layers.py [--root FOLDER]

The order is BRAID_LAYERS in braid/CMakeLists.txt; folders in braces do not include each other. Every #include
under braid/ and cmd/ is read:
  order      `#include "braid/<folder>/..."` names the file's own folder or one to its left
  braces     two folders of one pair of braces stay apart
  unknown    a folder under braid/ that the order does not name, or an include of no known folder
  spelling   project headers are included in quotes, from the root of the source tree
  std alone  the in-process library (up to simulation) includes std headers in <>; Linux's own headers may stand in
             base, runtime and process only; test libraries only in files that end in _test.cpp
Exit status: 0 when all is well, 1 with one paragraph for each wrong include.
"""
import argparse
import pathlib
import re
import sys

SOURCES = {".hpp", ".cpp", ".h", ".cc"}
LAST_CORE_LAYER = "simulation"
CONTENTS_PAGE = "braid/braid.hpp"
# The atomic seam: the one place where the code under tests/explore takes its atomics from there (BRAID_EXPLORE).
SEAMS = {("braid/base/atomic.hpp", "explore/atomic.hpp")}
SYSTEM_LAYERS = {"base", "runtime", "process"}
SYSTEM_FOLDERS = ("linux/", "sys/", "asm/")
POSIX_HEADERS = {"dirent.h", "dlfcn.h", "errno.h", "fcntl.h", "limits.h", "link.h", "poll.h", "pthread.h", "sched.h", "signal.h", "spawn.h",
                 "syscall.h", "termios.h", "time.h", "ucontext.h", "unistd.h", "unwind.h", "wait.h"}
TEST_FOLDERS = ("gtest/", "gmock/", "rapidcheck/", "rapidcheck.h")
# What std is made of, and the compilers' own headers, which come with it.
STD_HEADERS = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale cmath
codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime
cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream functional future initializer_list iomanip
ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream
queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack stdexcept stop_token
streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
unordered_set utility valarray variant vector version cxxabi.h immintrin.h
""".split())

INCLUDE = re.compile(r'^\s*#\s*include\b\s*(?:(["<])([^">]+)[">]|(\S.*))?', re.MULTILINE)
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class layer_order:
    """The order, read from its one place: rank by folder, equal inside braces."""

    def __init__(self, text):
        self.text = text
        self.rank = {}
        for rank, part in enumerate(text.split("<")):
            folders = part.strip().strip("{}").split(",")
            for folder in (name.strip() for name in folders):
                if not re.fullmatch(r"[a-z_]+", folder):
                    raise ValueError(f"BRAID_LAYERS holds {part.strip()!r}, which names no folder")
                if folder in self.rank:
                    raise ValueError(f"BRAID_LAYERS names the folder {folder!r} twice")
                self.rank[folder] = rank
        if LAST_CORE_LAYER not in self.rank:
            raise ValueError(f"BRAID_LAYERS does not name {LAST_CORE_LAYER!r}, where the in-process library ends")

    def is_core(self, folder):
        return self.rank[folder] <= self.rank[LAST_CORE_LAYER]


def read_order(root):
    path = root / "braid" / "CMakeLists.txt"
    found = re.search(r'set\(BRAID_LAYERS\s+"([^"]+)"\)', path.read_text())
    if not found:
        raise ValueError('braid/CMakeLists.txt has no line set(BRAID_LAYERS "base < ...")')
    return layer_order(found.group(1))


def includes_of(text):
    """(line, opening quote or None, name) of every include that is not in a block comment."""
    text = BLOCK_COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.end()) + 1
        yield line, match.group(1), match.group(2) or match.group(3) or ""


def folder_of(path):
    """The layer of a file or an include, both as braid/<folder>/... or cmd/...; None where there is none."""
    parts = path.split("/")
    if parts[0] == "cmd" and len(parts) > 1:
        return "cmd"
    return parts[1] if parts[0] == "braid" and len(parts) > 2 else None


def check_project_include(order, file, name):
    """(rule, mend) where the quoted include is wrong, else None."""
    own, other = folder_of(file), folder_of(name)
    if (file, name) in SEAMS:
        return None
    if name == CONTENTS_PAGE:
        if own == "cmd":
            return None
        return ("the contents page is for users; nothing in braid/ includes it", "include the headers that this file uses")
    if other is None:
        return ("project headers are included from the root of the source tree",
                f'write "braid/<folder>/{name.split("/")[-1]}" or "cmd/...", or <{name}> for a header of the system')
    if other not in order.rank:
        return (f"{other!r} is no layer: {order.text}",
                "correct the folder's name, or give a new folder its place in BRAID_LAYERS (braid/CMakeLists.txt)")
    if own is None:  # braid/braid.hpp itself
        if order.is_core(other):
            return None
        return ("the contents page shows the in-process library only", f"leave {other} out: its users include its headers")
    if own == other or order.rank[other] < order.rank[own]:
        return None
    if order.rank[own] == order.rank[other]:
        return (f"{own} and {other} stand in one pair of braces and stay apart: {order.text}",
                "move what both need to a folder on their left, or join them in a folder on their right")
    return (f"{own} may include itself and what is to its left; {other} is to its right: {order.text}",
            f"move what is needed to {own} or to its left, or move this file to {other} or to its right; a test that crosses "
            "folders lives in tests/")


def check_system_include(order, file, name):
    """(rule, mend) where the include in <> is wrong, else None."""
    own = folder_of(file)
    if name.startswith("braid/") or name.startswith("cmd/"):
        return ("project headers are included in quotes", f'write #include "{name}"')
    if file.endswith("_test.cpp") and (name.startswith(TEST_FOLDERS) or name.startswith(SYSTEM_FOLDERS) or name in POSIX_HEADERS):
        return None
    if own is not None and not order.is_core(own):
        return None
    if name in STD_HEADERS:
        return None
    if name.startswith(SYSTEM_FOLDERS) or name in POSIX_HEADERS:
        if own in SYSTEM_LAYERS:
            return None
        return ("Linux's own headers stand in base, runtime and process only",
                "put the system call behind a header of one of these folders, and include that")
    return ("the in-process library depends on std alone", "use what std has, or move this file to a folder right of simulation")


def check_file(order, root, path):
    file = path.relative_to(root).as_posix()
    own = folder_of(file)
    if own is None and file != CONTENTS_PAGE:
        yield f"{file}:1: a file outside every layer\n  rule: only braid.hpp lies in braid/ itself\n  mend: move it to its folder"
        return
    if own is not None and own not in order.rank:
        yield (f"{file}:1: the folder {own!r} is no layer\n  rule: every folder of braid/ is one layer: {order.text}\n"
               "  mend: give it its place in BRAID_LAYERS (braid/CMakeLists.txt), or move the file")
        return
    for line, quote, name in includes_of(path.read_text()):
        shown = f'#include "{name}"' if quote == '"' else f"#include <{name}>" if quote else f"#include {name}"
        if quote is None:
            wrong = ("an include names its file, so that it can be checked", "write the file's name instead of a macro")
        elif quote == '"':
            wrong = check_project_include(order, file, name)
        else:
            wrong = check_system_include(order, file, name)
        if wrong:
            yield f"{file}:{line}: {shown}\n  rule: {wrong[0]}\n  mend: {wrong[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root.resolve()
    try:
        order = read_order(root)
    except (OSError, ValueError) as error:
        sys.exit(f"check_layers: {error}")
    files = sorted(path for top in ("braid", "cmd") for path in (root / top).rglob("*") if path.suffix in SOURCES)
    if not files:
        sys.exit(f"check_layers: no source file under {root}/braid or {root}/cmd: is --root right?")
    wrong = [fault for path in files for fault in check_file(order, root, path)]
    for fault in wrong:
        print(fault)
    print(f"check_layers: {len(files)} files, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
