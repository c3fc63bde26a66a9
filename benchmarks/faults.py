"""Damaged models, crafted documents, odd tables and files, signals, full disks and threads: what comes of each?

Every case is made from its number and ``--seeds``, so a number repeats it. It ends as ``fitted`` (all finite, labels
in range and equal to ``predict``) or ``refused`` (a typed error,
one line that a person can use). All else is a finding:
a raw error, a crash, a hang, wrong labels, more than 2 GiB, something executed, a result lost, a global state changed.

``--only PART --case N`` runs one case and says what it was; without ``--json`` nothing is kept. Linux only.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

from .faults_worker import PARTS, Supervisor
from .runner import Row
from .tables import render

#: Cases of each part in the long form, and how many make one row.
COUNTS: dict[str, tuple[int, int]] = {
    "files": (10_000, 250),
    "documents": (500, 50),
    "tables": (5_000, 100),
    "odd-files": (1_000, 50),
    "kills": (200, 10),
    "disks": (100, 10),
    "threads": (40, 5),
}
DATASETS = tuple(PARTS)
ROWS_PER_PROCESS = 10_000  # the cases have a process of their own, and a supervisor that outlives it
KEEPS_NOTHING_WITHOUT_JSON = True
_supervisor: Supervisor | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(seeds=[0])
    parser.add_argument("--only", nargs="+", choices=DATASETS, metavar="PART", help=f"of {', '.join(DATASETS)}")
    parser.add_argument("--case", type=int, help="this one alone, with --only")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases; 0.01 is a short look")


def plan(options: argparse.Namespace) -> list[Row]:
    parts = options.only or options.datasets
    if unknown := set(parts) - set(PARTS):
        raise ValueError(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if options.case is not None:
        if len(parts) != 1:
            raise ValueError("--case needs the part it belongs to: --only PART")
        return [{"part": parts[0], "seed": seed, "first": options.case, "count": 1} for seed in options.seeds]
    if not 0 < options.share <= 1:
        raise ValueError(f"--share must be above 0 and at most 1, got {options.share:g}")
    keys = []
    for seed in options.seeds:
        for part in parts:
            count, step = COUNTS[part]
            count = max(1, round(count * options.share))
            blocks = range(0, count, step)
            keys += [{"part": part, "seed": seed, "first": i, "count": min(step, count - i)} for i in blocks]
    return keys


def measure(key: Row, data: Path | None) -> Row:
    """The cases of one block: how many of each outcome, and the findings."""
    global _supervisor
    if _supervisor is None:
        _supervisor = Supervisor()
    outcomes: Counter[str] = Counter()
    findings: list[Row] = []
    slowest, started = 0.0, time.perf_counter()
    for case in range(key["first"], key["first"] + key["count"]):
        row = _supervisor.call(key["part"], key["seed"], case)
        outcomes[row["outcome"]] += 1
        slowest = max(slowest, row.get("seconds", 0.0))
        if row["outcome"] == "finding":
            findings.append({name: row[name] for name in ("case", "kind", "detail")})
    seconds = time.perf_counter() - started
    told: dict[str, Any] = {} if key["count"] > 1 else {"said": row.get("said", "")}
    return {"outcomes": dict(outcomes), "findings": findings, "seconds": seconds, "slowest": slowest, **told}


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Counts of each part, then every kind of finding with the command that repeats its first case."""
    sums, kinds = [], []
    for part in PARTS:
        own = [row for row in rows if row["part"] == part]
        if not own:
            continue
        outcomes = sum((Counter(row["outcomes"]) for row in own), Counter[str]())
        found = [{**finding, "seed": row["seed"]} for row in own for finding in row["findings"]]
        total, seconds = sum(outcomes.values()), sum(row["seconds"] for row in own)
        counts = [str(total), str(outcomes.pop("finding", 0))]
        said = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
        slowest = max(row["slowest"] for row in own)
        sums.append([part, *counts, said, f"{total / max(seconds, 1e-9):.1f}", f"{slowest:.1f}"])
        for kind, count in Counter(finding["kind"] for finding in found).most_common():
            first = next(finding for finding in found if finding["kind"] == kind)
            repeat = f"--only {part} --case {first['case']}" + (f" --seeds {first['seed']}" if first["seed"] else "")
            kinds.append([part, kind, str(count), repeat, first["detail"].replace("|", "/")])
    text = render(["part", "cases", "findings", "outcomes", "cases/s", "slowest, s"], sums)
    if kinds:
        text += "\n\n" + render(["part", "finding", "cases", "repeat the first with", "what it was"], kinds)
    return text if kinds or not sums else f"{text}\n\nNo findings."
