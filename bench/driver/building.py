"""Builds the programs: C++ through the release preset, Go offline with everything it writes inside build/bench."""
import os
import shutil
import subprocess
from pathlib import Path

from . import workloads


class BuildFailed(Exception):
    pass


def _must(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise BuildFailed(f"{' '.join(map(str, command))} ended with status {done.returncode}:\n{done.stdout}")
    return done.stdout


def build_cpp(root):
    """Returns the folder of the programs."""
    configure = ["cmake", "--preset", "release"]
    if not (root / "build" / "release" / "CMakeCache.txt").exists():
        # Tests need packages that benchmarks do not; a tree that has them keeps them.
        configure += ["-DBRAID_BUILD_TESTS=OFF", "-DBRAID_BUILD_EXAMPLES=OFF"]
    _must(configure, cwd=root)
    width = str(len(os.sched_getaffinity(0)))
    _must(["cmake", "--build", "--preset", "release", "--target", "bench_programs", "-j", width], cwd=root)
    return root / "build" / "release" / "bench"


def go_environment(out):
    return dict(os.environ, GOFLAGS="-mod=mod", GOPROXY="off", GO111MODULE="on", CGO_ENABLED="0",
                GOPATH=str(out / "gopath"), GOCACHE=str(out / "gocache"))


def build_go(root, out):
    if shutil.which("go") is None:
        return
    for program, folder in workloads.GO_PROGRAMS.items():
        _must(["go", "build", "-trimpath", "-o", str(out / program), "."], cwd=root / "bench" / folder,
              env=go_environment(out))


def programs(folders):
    """Every program that was built, by name; earlier folders win."""
    found = {}
    for name in workloads.programs():
        for folder in folders:
            if os.access(folder / name, os.X_OK):
                found[name] = Path(folder) / name
                break
    return found
