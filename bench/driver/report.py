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
    for case in workloads.cases():
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
    by_case = {case.name: (workload, case) for workload in workloads.WORKLOADS for case in workload.cases}
    return "\n".join(line for row in made_rows for line in _block(row, *by_case[row["case"]]))


def _block(row, workload, case):
    better = "" if case.lower_is_better else ", higher is better"
    yield f"{case.name}: {case.shape} ({case.unit}{better})"
    yield f"  {'peer':<16}{'median':>11}{'min':>11} .. {'max':<11}{'x ' + workload.reference:>8}  samples"
    reference = row["samples"].get(workload.reference)
    for peer in workload.peers:
        if peer.name in row["units_per_process"] or peer.name in row["without_the_feature"]:
            yield "  " + _line(row, peer.name, statistics.median(reference) if reference else None)
    yield ""


def _line(row, peer, reference):
    samples = row["samples"].get(peer)
    failures = row["failures"].get(peer, [])
    failed = f", {len(failures)} failed: {failures[0]}" if failures else ""
    if not samples:
        return f"{peer:<16}{'failed' + failed if failures else '-':>11}"
    median, low, high = summary(samples)
    ratio = f"{median / reference:.2f}" if reference else "-"
    return f"{peer:<16}{number(median):>11}{number(low):>11} .. {number(high):<11}{ratio:>8}  {len(samples)}{failed}"


def write(path, document):
    """Whole or not at all: a reader never sees half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".json.partial")
    beside.write_text(json.dumps(document, indent=1) + "\n")
    os.replace(beside, path)
