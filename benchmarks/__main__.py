"""``python -m benchmarks NAME --data FOLDER --json OUT``: measure the rows that OUT lacks, then print the table."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import (
    ablation,
    beside_clustpy,
    calibration,
    contributions,
    every_objective,
    faults,
    imbalance,
    judge,
    kmeans,
    layouts,
    mixed_tables,
    modalities,
    quality,
    rules,
    select_k,
    texts,
    trust,
)
from .runner import Benchmark, read_rows, run

BENCHMARKS: dict[str, Benchmark] = {
    "objectives": every_objective,
    "clustpy": beside_clustpy,
    "kmeans": kmeans,
    "imbalance": imbalance,
    "quality": quality,
    "ablation": ablation,
    "select": select_k,
    "texts": texts,
    "trust": trust,
    "judge": judge,
    "layouts": layouts,
    "faults": faults,
    "mixed": mixed_tables,
    "modalities": modalities,
    "rules": rules,
    "contributions": contributions,
    "calibration": calibration,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    verbs = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    for name, benchmark in BENCHMARKS.items():
        verb = verbs.add_parser(
            name,
            help=(benchmark.__doc__ or "").splitlines()[0],
            description=benchmark.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_argument("--data", type=Path, help="folder of data sets laid out as NAME/NAME.npz")
        keeps = not getattr(benchmark, "KEEPS_NOTHING_WITHOUT_JSON", False)
        verb.add_argument("--json", type=Path, required=keeps, help="JSON lines; finished rows are kept and skipped")
        verb.add_argument("--datasets", nargs="+", default=list(benchmark.DATASETS), help="default: %(default)s")
        verb.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], help="default: %(default)s")
        verb.add_argument("--table-only", action="store_true", help="measure nothing")
        benchmark.add_arguments(verb)
    options = parser.parse_args(arguments)
    benchmark = BENCHMARKS[options.name]
    try:
        keys = benchmark.plan(options)
        if options.json is None:
            failed, rows = 0, [{**key, **benchmark.measure(key, options.data)} for key in keys]
        else:
            failed = 0 if options.table_only else run(benchmark, keys, options)
            rows = read_rows(options.json)
        rows = [row for row in rows if any(key.items() <= row.items() for key in keys)]
        print(benchmark.table(rows, options))
    except (OSError, ValueError, json.JSONDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 1 if failed or any(row.get("findings") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
