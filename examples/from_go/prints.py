#!/usr/bin/env python3
"""prints.py EXPECTED_FILE COMMAND...: the command ends with status 0, and prints what the file holds, on both streams."""
import pathlib
import subprocess
import sys

expected = pathlib.Path(sys.argv[1]).read_text()
ended = subprocess.run(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=280)
if ended.returncode != 0 or ended.stdout != expected:
    sys.exit(f"status {ended.returncode}, prints:\n{ended.stdout}\ninstead of:\n{expected}")
