"""Statistics, the table that is printed, and build/bench/report.json."""
import json
import os
import statistics

from . import workloads


def summary(samples):
    """(median, min, max)"""
    return statistics.median(samples), min(samples), max(samples)


def number(value):
    """Three significant digits, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def rows(jobs, lacking=()):
    """The rows of report.json. A peer of `lacking`, pairs of case and peer, is named in its row and has no samples."""
    made = []
    for case in workloads.CASES:
        of_case = [job for job in jobs if job.case == case.name]
        if not of_case:
            continue
        made.append({
            "case": case.name,
            "unit": case.unit,
            "lower_is_better": case.lower_is_better,
            "samples": {job.peer: job.samples for job in of_case if job.samples},
            "failures": {job.peer: job.failures for job in of_case if job.failures},
            "units_per_process": {job.peer: job.units for job in of_case},
            "without_the_feature": [peer for at, peer in lacking if at == case.name],
        })
    return made


def table(made_rows):
    """The text that is printed: a block a case, a line a peer; `-` where the peer has no such feature."""
    lines = []
    for row in made_rows:
        shape = next(case.shape for case in workloads.CASES if case.name == row["case"])
        lines.append(f"{row['case']}: {shape} ({row['unit']})")
        lines.append(f"  {'peer':<16}{'median':>10}{'min':>10} .. {'max':<10}{'x ' + workloads.REFERENCE:>8}  samples")
        reference = row["samples"].get(workloads.REFERENCE)
        for peer in workloads.PEERS:
            if peer.name in row["units_per_process"] or peer.name in row["without_the_feature"]:
                lines.append("  " + _line(row, peer.name, statistics.median(reference) if reference else None))
        lines.append("")
    return "\n".join(lines)


def _line(row, peer, reference):
    samples = row["samples"].get(peer)
    failures = row["failures"].get(peer, [])
    failed = f", {len(failures)} failed: {failures[0]}" if failures else ""
    if not samples:
        return f"{peer:<16}{'failed' + failed if failures else '-':>10}"
    median, low, high = summary(samples)
    ratio = f"{median / reference:.2f}" if reference else "-"
    return f"{peer:<16}{number(median):>10}{number(low):>10} .. {number(high):<10}{ratio:>8}  {len(samples)}{failed}"


def write(path, document):
    """Whole or not at all: a reader never sees half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".json.partial")
    beside.write_text(json.dumps(document, indent=1) + "\n")
    os.replace(beside, path)
