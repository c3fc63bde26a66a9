"""Mixed tables with known groups: the default on the frame as it is, beside what users do with such a table today.

``--datasets`` takes "generated" (the first ``--generated`` of ``benchmarks.generated_mixed``, of ``--table-seed``) or
names such as "mixed-0-07". Peers are in ``benchmarks.mixed_peers``. "reference" is scikit-learn's K-Means (ten starts,
median of seeds 0 to 4) on the columns that the default has prepared: its null hypothesis, which it is never to lose to.
Rows are measured 20 to a process: most fits take less time than the start of one.
"""

from __future__ import annotations

import argparse
import statistics
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .generated_mixed import COUNT, mixed_table
from .mixed_peers import MIXED_PEERS
from .runner import Row, timed
from .tables import mean, render

DATASETS = ("generated",)
ROWS_PER_PROCESS = 20
_OURS, _REFERENCE, _PREFIX = "deepkmeans", "reference", "mixed-"
_REFERENCE_SEEDS, _MARGIN = range(5), 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    methods = [_OURS, _REFERENCE, *MIXED_PEERS]
    parser.add_argument("--methods", nargs="+", choices=methods, default=methods, help="default: %(default)s")
    parser.add_argument("--generated", type=int, default=COUNT, help="how many tables; default: %(default)s")
    parser.add_argument("--table-seed", type=int, default=0, help="of the tables, not of the methods; default: 0")


def plan(options: argparse.Namespace) -> list[Row]:
    names: list[str] = []
    for name in options.datasets:
        if name == "generated":
            names += [f"{_PREFIX}{options.table_seed}-{number:02d}" for number in range(options.generated)]
        else:
            names.append(name)
    return [
        {"dataset": name, "method": method, "seed": seed}
        for seed in options.seeds for name in names for method in options.methods
        if method != _REFERENCE or seed == options.seeds[0]
    ]  # fmt: skip


def measure(key: Row, data: Path | None) -> Row:
    from sklearn.metrics import adjusted_rand_score

    seed, number = map(int, key["dataset"].removeprefix(_PREFIX).split("-"))
    frame, y, kinds = mixed_table(number, seed)
    k = int(y.max()) + 1
    row: Row = {"rows": len(y), "columns": frame.shape[1], "k": k}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # peers warn of dates and of starts
        if key["method"] == _OURS:
            from deepkmeans import DeepKMeans

            model = DeepKMeans(k, random_state=key["seed"])
            labels, cost = timed(lambda: model.fit_predict(frame))
            used = [column["name"] for column in model.report_["input"]["columns"] if column["used"]]
            row |= {name: model.report_[name] for name in ("chosen", "reason")}
            row["identifiers_used"] = [name for name in used if kinds[name] == "identifier"]
        elif key["method"] == _REFERENCE:
            aris, cost = timed(lambda: [float(adjusted_rand_score(y, own)) for own in _reference(frame, k)])
            return {**row, "ari": statistics.median(aris), "range": max(aris) - min(aris), "seconds": cost["seconds"]}
        else:
            labels, cost = timed(lambda: MIXED_PEERS[key["method"]](frame, kinds, k, key["seed"]))
    return {**row, "ari": float(adjusted_rand_score(y, labels)), "seconds": cost["seconds"]}


def _reference(frame: object, k: int) -> list[np.ndarray]:
    from sklearn.cluster import KMeans

    from deepkmeans.data.given import GivenInput
    from deepkmeans.data.preprocessing.table import TablePreprocessor
    from deepkmeans.runtime import Seeds

    _, X = TablePreprocessor.fit(GivenInput("table", frame), seeds=Seeds(0))
    if np.isnan(X).any():  # numbers alone, which the scaling standardises and fills
        X = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0)
        X = np.nan_to_num(X)
    return [KMeans(k, n_init=10, random_state=seed).fit_predict(X) for seed in _REFERENCE_SEEDS]


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Mean ARI of each method; then the tables on which ours is below K-Means of the same columns."""
    ours = {name: statistics.fmean(row["ari"] for row in own) for name, own in _by_table(rows, _OURS).items()}
    lines = []
    for method in options.methods:
        own = _by_table(rows, method)
        if not own:
            continue
        aris = {name: statistics.fmean(row["ari"] for row in each) for name, each in own.items()}
        both = [name for name in aris if name in ours]
        gain = f"{statistics.fmean(ours[name] - aris[name] for name in both):+.3f}" if both else "-"
        every = [row for each in own.values() for row in each]
        average = f"{statistics.fmean(aris.values()):.3f}"
        lines.append([method, str(len(aris)), average, gain, mean(every, "seconds", 1)])
    rendered = render(["method", "tables", "ARI", "ours more by", "seconds"], lines)
    references = {name: own[0] for name, own in _by_table(rows, _REFERENCE).items()}
    lost = [
        [name, f"{ours[name]:.3f}", f"{row['ari']:.3f}", f"{row['range']:.3f}"]
        for name, row in sorted(references.items()) if name in ours and ours[name] < row["ari"] - _MARGIN
    ]  # fmt: skip
    used = sorted({name for row in rows for name in row.get("identifiers_used", [])})
    said = f"{rendered}\n\nIdentifier columns used: {', '.join(used) or 'none'}."
    if not ours or not references:
        return said
    if not lost:
        return f"{said}\nNo table is more than {_MARGIN} below K-Means of the same columns."
    return f"{said}\n\n{render(['below', 'ours', 'reference', 'range of its seeds'], lost)}"


def _by_table(rows: Sequence[Row], method: str) -> dict[str, list[Row]]:
    own: dict[str, list[Row]] = {}
    for row in rows:
        if row["method"] == method:
            own.setdefault(row["dataset"], []).append(row)
    return own
