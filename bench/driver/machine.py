"""What the numbers were taken on: machine, commit, compilers, versions of the peers. No names of hosts or users."""
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path


def _first_line(command, **options):
    if shutil.which(str(command[0])) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, **options)
    lines = done.stdout.strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def _match(path, pattern):
    try:
        found = re.search(pattern, Path(path).read_text(), re.MULTILINE)
    except OSError:
        return None
    return found.group(1).strip() if found else None


def free_memory_mb():
    """What can be had without swapping."""
    return int(_match("/proc/meminfo", r"^MemAvailable:\s+(\d+)") or 0) // 1024


def describe():
    kilobytes = _match("/proc/meminfo", r"^MemTotal:\s+(\d+)")
    return {
        "cpu": _match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$") or platform.machine(),
        "architecture": platform.machine(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_mb": int(kilobytes) // 1024 if kilobytes else None,
        "system": _match("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)'),
        "kernel": platform.release(),
        "load_1min_at_start": round(os.getloadavg()[0], 2),
    }


def commit(root):
    """The commit, with "+changes" when the tree has more than it; None outside a repository."""
    head = _first_line(["git", "rev-parse", "HEAD"], cwd=root)
    if head is None:
        return None
    changed = _first_line(["git", "status", "--porcelain", "--untracked-files=no"], cwd=root)
    return head + ("+changes" if changed else "")


def compilers(cmake_cache):
    cxx = _match(cmake_cache, r"^CMAKE_CXX_COMPILER:\w+=(.*)$") or "c++"
    kind = _match(cmake_cache, r"^CMAKE_BUILD_TYPE:\w+=(.*)$")
    found = {"c++": _first_line([cxx, "--version"]), "build_type": kind, "go": _first_line(["go", "version"])}
    return {name: text for name, text in found.items() if text}


def about(programs):
    """What each built program says that it contains."""
    return {name: _first_line([path, "1", "about"]) for name, path in sorted(programs.items())}
