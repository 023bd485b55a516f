"""Which compilers there are. One may have several names: a link, a full path, a wrapper."""
import shutil
import subprocess


def version_of(compiler):
    return subprocess.run([compiler, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout


def different_compilers(*names):
    """One path for each version among the names that are installed."""
    found = {}
    for path in filter(None, map(shutil.which, names)):
        found.setdefault(version_of(path).split("(", 1)[-1], path)
    return list(found.values())
