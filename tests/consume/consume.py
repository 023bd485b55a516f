#!/usr/bin/env python3
"""Builds and runs small programs the ways in which a project takes braid in.

consume.py WAY --source BRAID --build BUILD_TREE --compiler CXX
  find_package      against an installed prefix, by find_package(braid)
  add_subdirectory  against the sources, as a folder of the project
  pkg_config        against an installed prefix, by one plain compiler command
  relocated         by find_package and pkg-config, against a prefix that was moved after the install
  shared            a build of its own with BUILD_SHARED_LIBS, and a plugin that links to it, opened and closed by dlopen
  plugin            a build of its own with CMAKE_POSITION_INDEPENDENT_CODE, and a plugin that holds it
  flags             by pkg_config, two sources with the warnings and options of strict projects, both compilers
  pasted            the first programs of README.md as they stand there, by pkg_config, both compilers, -O0 and -O2
  checked           by find_package, with braid_check_coroutines: an unsound coroutine fails the build with its place
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from compilers import different_compilers

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / "program.cpp"
ANSWER = "braid answers 42\n"


def run(*command, **options):
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, **options)


def run_watched(*command):
    """What it prints. That it says that a bad BRAID_STALL_REPORT is bad shows that the code that reads it is linked."""
    done = run(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
               env=dict(os.environ, BRAID_STALL_REPORT="soon"))
    if 'not "soon"; stalled waits are not reported' not in done.stderr:
        sys.exit(f"consume: {command[0]} does not read BRAID_STALL_REPORT; it said {done.stderr!r}")
    return done.stdout


def check_answer(program):
    answer = run_watched(program)
    if answer != ANSWER:
        sys.exit(f"consume: {program} printed {answer!r}, expected {ANSWER!r}")


def install(args, prefix):
    run("cmake", "--install", args.build, "--prefix", prefix)
    if (pathlib.Path(args.build) / "braid").is_file():
        said = run(prefix / "bin" / "braid", "map", "echo", ":::", "a", stdout=subprocess.PIPE, text=True).stdout
        if said != "a\n":
            sys.exit(f"consume: the installed tool printed {said!r}, expected 'a'")
    return prefix


def build_project(args, way, scratch, *settings):
    tree = scratch / ("tree_" + way)
    run("cmake", "-S", HERE / way, "-B", tree, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={args.compiler}",
        "-DCMAKE_BUILD_TYPE=Release", f"-DPROGRAM={PROGRAM}", *settings)
    run("cmake", "--build", tree)
    check_answer(tree / "consumer")


def find_package(args, scratch, prefix=None):
    prefix = prefix or install(args, scratch / "prefix")
    build_project(args, "find_package", scratch, f"-DCMAKE_PREFIX_PATH={prefix}")


def add_subdirectory(args, scratch):
    build_project(args, "add_subdirectory", scratch, f"-DBRAID_SOURCE={args.source}", "-DCMAKE_UNITY_BUILD=ON")


def pkg_config(args, scratch, prefix=None):
    prefix = prefix or install(args, scratch / "prefix")
    places = sorted(prefix.rglob("braid.pc"))
    if len(places) != 1:
        sys.exit(f"consume: expected one braid.pc under {prefix}, found {len(places)}")
    env = dict(os.environ, PKG_CONFIG_PATH=str(places[0].parent))
    flags = run("pkg-config", "--cflags", "--libs", "braid", env=env, stdout=subprocess.PIPE, text=True).stdout.split()
    run(args.compiler, "-std=c++20", PROGRAM, "-o", scratch / "consumer", *flags)
    check_answer(scratch / "consumer")


def relocated(args, scratch):
    first = install(args, scratch / "first")
    moved = scratch / "moved to here"
    shutil.move(first, moved)
    named = [path for path in moved.rglob("*") if path.suffix in (".cmake", ".pc") and str(first) in path.read_text()]
    if named:
        sys.exit(f"consume: these installed files name the prefix that they were installed to: {named}")
    find_package(args, scratch, moved)
    # pkg-config quotes no blanks in ${pcfiledir}, so its half is tried in a folder without one.
    pkg_config(args, scratch, pathlib.Path(shutil.move(moved, scratch / "moved_again")))


def checked(args, scratch):
    prefix, source, tree = install(args, scratch / "prefix"), scratch / "source", scratch / "tree"
    shutil.copytree(HERE / "checked", source)
    run("cmake", "-S", source, "-B", tree, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={args.compiler}", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tree, "--target", "sound")
    run(tree / "sound")
    expect_refusal(tree, "unsound", "unsound.cpp:4: bare-condition", "unsound.cpp:5: bare-condition", "name the result")
    header = source / "shared" / "numbers.hpp"
    header.write_text(header.read_text().replace("if (const bool sent = co_await out.send(1); !sent)", "if (!co_await out.send(1))"))
    expect_refusal(tree, "sound", "numbers.hpp:6: bare-condition")


def expect_refusal(tree, target, *sentences):
    """The build of the target fails and says each of the sentences."""
    done = subprocess.run(["cmake", "--build", tree, "--target", target], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    missing = [sentence for sentence in sentences if sentence not in done.stdout]
    if done.returncode == 0 or missing:
        sys.exit(f"consume: the build of {target} ended with {done.returncode} and did not say {missing}:\n{done.stdout}")


def library_of_its_own(args, scratch, setting):
    """The prefix of a build without tool, tests and examples."""
    tree, prefix = scratch / "library", scratch / "prefix"
    off = [f"-DBRAID_BUILD_{part}=OFF" for part in ("TESTS", "TOOL", "EXAMPLES")]
    run("cmake", "-S", args.source, "-B", tree, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={args.compiler}", setting,
        "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DBRAID_UNITY=all", *off)
    run("cmake", "--build", tree)
    run("cmake", "--install", tree, "--prefix", prefix)
    return prefix


def call_plugin(args, scratch, prefix):
    tree = scratch / "plugin_tree"
    run("cmake", "-S", HERE / "plugin", "-B", tree, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={args.compiler}",
        f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tree)
    said = run_watched(tree / "host", tree / "libplugin.so")
    if said != "5050, loaded after dlclose, 5050\n":
        sys.exit(f"consume: the host of the plugin printed {said!r}")


def shared(args, scratch):
    prefix = library_of_its_own(args, scratch, "-DBUILD_SHARED_LIBS=ON")
    named = run("readelf", "-d", next(prefix.rglob("libbraid.so")), stdout=subprocess.PIPE, text=True).stdout
    if "libbraid.so.0.1]" not in named or "NODELETE" not in named:
        sys.exit(f"consume: libbraid.so has no soversion, or may be unloaded:\n{named}")
    find_package(args, scratch, prefix)
    call_plugin(args, scratch, prefix)


def plugin(args, scratch):
    call_plugin(args, scratch, library_of_its_own(args, scratch, "-DCMAKE_POSITION_INDEPENDENT_CODE=ON"))


def compile_against(args, prefix, compiler, *words):
    env = dict(os.environ, PKG_CONFIG_PATH=str(next(prefix.rglob("braid.pc")).parent))
    said = run("pkg-config", "--cflags", "--libs", "braid", env=env, stdout=subprocess.PIPE, text=True)
    run(compiler, *words, *said.stdout.split())


SCREENS = 3  # programs of the first two screens
WARNINGS = ("-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast "
            "-Woverloaded-virtual -Wcast-qual -Wcast-align -Wformat=2 -Wundef -Wredundant-decls -Wextra-semi -Werror").split()


def flags(args, scratch):
    prefix = install(args, scratch / "prefix")
    sources = [HERE / "flags" / name for name in ("main.cpp", "other.cpp")]
    for compiler in compilers(args):
        for standard, *more in (["-std=c++20", "-O2", *WARNINGS], ["-std=c++23", "-fno-rtti", "-fvisibility=hidden"]):
            compile_against(args, prefix, compiler, standard, *more, *sources, "-o", scratch / "flagged")
            check_answer(scratch / "flagged")
        for wrong, sentence in (("-fno-exceptions", "braid needs exceptions"), ("-std=c++17", "braid needs C++20")):
            done = subprocess.run([compiler, "-std=c++20", wrong, "-fsyntax-only", f"-I{prefix}/include", str(sources[1])],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if done.returncode == 0 or sentence not in "".join(done.stderr.splitlines(keepends=True)[:5]):
                sys.exit(f"consume: {compiler} {wrong} does not say `{sentence}` first:\n{done.stderr[:1000]}")


def compilers(args):
    return different_compilers(args.compiler, "g++", "clang++-19")


def pasted(args, scratch):
    """Whole programs of the README's first two screens, as they stand there, with each compiler at -O0 and -O2."""
    prefix = install(args, scratch / "prefix")
    text = (args.source / "README.md").read_text()
    programs = [code for code in re.findall(r"^```cpp\n(.*?)^```", text, re.M | re.S) if "int main(" in code]
    outputs = re.findall(r"^<!-- output: [^\n]*\n```\n(.*?)^```", text, re.M | re.S)
    if len(programs) < 2 or len(programs) != len(outputs):
        sys.exit(f"consume: {len(programs)} programs and {len(outputs)} outputs in README.md")
    for number, (code, output) in enumerate(zip(programs[:SCREENS], outputs)):
        source = scratch / f"pasted_{number}.cpp"
        source.write_text(code)
        for compiler in compilers(args):
            for level in ("-O0", "-O2"):
                compile_against(args, prefix, compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", level, source, "-o",
                                source.with_suffix(""))
                said = run(source.with_suffix(""), stdout=subprocess.PIPE, text=True, timeout=60).stdout
                if said != output:
                    sys.exit(f"consume: program {number + 1} of README.md by {compiler} {level} printed {said!r}")


WAYS = {way.__name__: way for way in (find_package, add_subdirectory, pkg_config, relocated, checked, shared, plugin, flags, pasted)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--compiler", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="braid-consume.") as scratch:
        try:
            WAYS[args.way](args, pathlib.Path(scratch))
        except subprocess.CalledProcessError as error:
            sys.exit(f"consume: {args.way} failed: {error}")


if __name__ == "__main__":
    main()
