#!/usr/bin/env python3
"""Builds and runs small programs the ways in which a project takes braid in.

consume.py WAY --source BRAID --build BUILD_TREE --compiler CXX
  find_package      against an installed prefix, by find_package(braid)
  add_subdirectory  against the sources, as a folder of the project
  pkg_config        against an installed prefix, by one plain compiler command
  relocated         by find_package and pkg-config, against a prefix that was moved after the install
  checked           by find_package, with braid_check_coroutines: an unsound coroutine fails the build with its place
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / "program.cpp"
ANSWER = "braid answers 42\n"


def run(*command, **options):
    words = [str(word) for word in command]
    print("$", " ".join(words), flush=True)
    return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, **options)


def check_answer(program):
    answer = run(program, stdout=subprocess.PIPE, text=True).stdout
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


WAYS = {way.__name__: way for way in (find_package, add_subdirectory, pkg_config, relocated, checked)}


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
