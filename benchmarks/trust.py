"""The default beside its null hypothesis: is it ever worse than plain K-Means, how often, by how much, and where?

The reference is scikit-learn's K-Means of the standardised columns (ten starts; constant columns are 0): the median ARI
of seeds 0 to 4, and their range. A method is judged by its mean ARI over ``--seeds``. It is below the reference when
more than a margin is missing; where the seeds of the reference differ by more than 0.01 among themselves, only when
more than 0.05 is missing. Peers get the rows as ``benchmarks.peers.prepare`` scales them, ours as they are.

``--datasets`` takes names, "generated" (the first ``--generated`` of ``benchmarks.generated``, "generated-0000" on)
and "real" (every clubench/NAME.npz within ``--data``). Rows are measured 20 to a process: most fits take less time
than the start of one. So there is no peak memory here, and the first fit of a process pays for what is loaded late.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import generated
from .peers import PEERS, prepare
from .runner import Row, timed
from .tables import mean, render

DATASETS = ("generated", "real")
ROWS_PER_PROCESS = 20
_FOLDER, _REFERENCE, _PREFIX = "clubench", "reference", "generated-"
_REFERENCE_SEEDS = range(5)
#: Below by more than these; a reference is unstable beyond the first, and then only the last counts.
_MARGINS = (0.01, 0.02, 0.05)
_BETTER, _STEADY = 0.1, 0.02
_OF_THE_REPORT, _SHOWN = ("chosen", "reason", "confidence"), ("chosen", "confidence")
_ROUNDING = 1e-9


def add_arguments(parser: argparse.ArgumentParser) -> None:
    methods = ["deepkmeans", *PEERS]
    parser.add_argument("--methods", nargs="+", choices=methods, default=methods[:1], help="default: %(default)s")
    parser.add_argument("--generated", type=int, default=200, help="how many generated tables; default: %(default)s")
    parser.add_argument("--rows", type=int, default=None, help="at most this many rows of each real set")


def plan(options: argparse.Namespace) -> list[Row]:
    def key(dataset: str, method: str, seed: int | None) -> Row:
        limit = None if dataset.startswith(_PREFIX) else options.rows
        return {"dataset": dataset, "method": method, "seed": seed, "limit": limit}

    names = _names(options)
    return [key(dataset, _REFERENCE, None) for dataset in names] + [
        key(dataset, method, seed) for seed in options.seeds for dataset in names for method in options.methods
    ]


def _names(options: argparse.Namespace) -> list[str]:
    names: list[str] = []
    for name in options.datasets:
        if name == "generated":
            if not 1 <= options.generated <= generated.COUNT:
                raise ValueError(f"--generated must be from 1 to {generated.COUNT}, got {options.generated}")
            names += [f"{_PREFIX}{number:04d}" for number in range(options.generated)]
        elif name == "real":
            folder = None if options.data is None else options.data / _FOLDER
            found = [] if folder is None else sorted(path.stem for path in folder.glob("*.npz"))
            if not found:
                raise ValueError(
                    f"no real sets: --data must name a folder with {_FOLDER}/NAME.npz, got {options.data}; "
                    "without them use --datasets generated"
                )
            names += found
        else:
            names.append(name)
    return list(dict.fromkeys(names))


def load(name: str, data: Path | None, rows: int | None = None) -> tuple[np.ndarray, np.ndarray, str]:
    """Rows (n, d), classes (n,) from 0, kind of the table; at most ``rows`` rows of a real set, drawn with seed 0."""
    if name.startswith(_PREFIX):
        return generated.table(int(name.removeprefix(_PREFIX)))
    if data is None:
        raise ValueError(f"{name!r} is no generated table; name the folder that holds {_FOLDER}/{name}.npz with --data")
    with np.load(data / _FOLDER / f"{name}.npz", allow_pickle=False) as file:
        X, y = file["X"], file["y"]
    if rows is not None and len(y) > rows:
        index = np.sort(np.random.RandomState(0).permutation(len(y))[:rows])
        X, y = X[index], y[index]
    return X.reshape(len(y), -1), np.unique(y, return_inverse=True)[1], "real"


def standardised(X: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and deviation 1, in double precision; constant ones are 0."""
    X = np.asarray(X, dtype=np.float64)
    varies = X.max(axis=0) > X.min(axis=0)
    Z = np.zeros_like(X)
    Z[:, varies] = (X[:, varies] - X[:, varies].mean(axis=0)) / X[:, varies].std(axis=0)
    return Z


def measure(key: Row, data: Path | None) -> Row:
    from sklearn.metrics import adjusted_rand_score

    name, seed = key["method"], key["seed"]
    X, y, kind = load(key["dataset"], data, key["limit"])
    k = int(y.max()) + 1
    shape: Row = {"rows": len(y), "columns": X.shape[1], "k": k, "kind": kind}
    if name == _REFERENCE:
        Z = standardised(X)
        runs, cost = timed(lambda: [PEERS["kmeans"](Z, k, own) for own in _REFERENCE_SEEDS])
        aris = [float(adjusted_rand_score(y, labels)) for labels in runs]
        found: Row = {"ari": statistics.median(aris), "range": max(aris) - min(aris), "aris": aris}
    elif name in PEERS:
        labels, cost = timed(lambda: PEERS[name](prepare(X), k, seed))
        found = {"ari": float(adjusted_rand_score(y, labels))}
    else:
        from deepkmeans import DeepKMeans

        model = DeepKMeans(k, random_state=seed)
        labels, cost = timed(lambda: model.fit_predict(X))
        report: dict[str, Any] = model.report_
        told = {name: report[name] for name in _OF_THE_REPORT if name in report}
        found = {"ari": float(adjusted_rand_score(y, labels)), **told}
    return {**shape, **found, "seconds": cost["seconds"], "cpu_seconds": cost["cpu_seconds"]}


def compare(rows: Sequence[Row], method: str) -> list[Row]:
    """One method beside the reference, set by set, where both are there; in the order of the names."""
    references = {row["dataset"]: row for row in rows if row["method"] == _REFERENCE}
    own: dict[str, list[Row]] = {}
    for row in rows:
        if row["method"] == method and row["dataset"] in references:
            own.setdefault(row["dataset"], []).append(row)
    compared = []
    for dataset, fits in sorted(own.items()):
        reference, aris = references[dataset], [row["ari"] for row in fits]
        ari, unstable = statistics.fmean(aris), reference["range"] > _MARGINS[0] + _ROUNDING
        missing = reference["ari"] - ari
        below = [missing > (_MARGINS[-1] if unstable else margin) + _ROUNDING for margin in _MARGINS]
        compared.append({
            "dataset": dataset, "kind": reference["kind"], "ari": ari, "least": min(aris),
            "reference": reference["ari"], "range": reference["range"], "below": below,
            "better": -missing >= _BETTER - _ROUNDING,
            "steady": statistics.stdev(aris) <= _STEADY + _ROUNDING if len(aris) > 1 else None,
            "seconds": statistics.fmean(row["seconds"] for row in fits),
            **{name: sorted({_said(row[name]) for row in fits if row.get(name) is not None}) for name in _SHOWN},
        })  # fmt: skip
    return compared


def table(rows: list[Row], options: argparse.Namespace) -> str:
    """Shares of the sets, of the real ones and of each kind; then the sets below the reference by name."""
    order = ["real", *generated.KINDS]
    sums: list[list[str]] = []
    names: list[list[str]] = []
    for method in options.methods:
        sets = compare(rows, method)
        real = [row for row in sets if row["kind"] == "real"]
        drawn = [row for row in sets if row["kind"] != "real"]
        sums += [_sums(method, name, own) for name, own in (("real", real), ("generated", drawn)) if own]
        for kind in order[1:]:
            if own := [row for row in drawn if row["kind"] == kind]:
                sums.append(_sums(method, f"- {kind}", own))
        lost = sorted((row for row in sets if row["below"][0]), key=lambda row: row["ari"] - row["reference"])
        names += [[method, *_cells(row)] for row in lost]
    head = [f"below by > {margin:g}" for margin in _MARGINS]
    last = [f"better by {_BETTER:g}", f"steady (sd <= {_STEADY:g})", "seconds"]
    totals = render(["method", "tables", "sets", "ARI", "reference", *head, *last], sums)
    if not names:
        return f"{totals}\n\nNo set is below the reference."
    columns = ["method", "below", "kind", "ARI", "least seed", "reference", "range", "difference", *_SHOWN]
    return f"{totals}\n\n{render(columns, names)}"


def _sums(method: str, name: str, sets: Sequence[Row]) -> list[str]:
    below = [f"{statistics.fmean(row['below'][i] for row in sets):.1%}" for i in range(len(_MARGINS))]
    steady = [row["steady"] for row in sets if row["steady"] is not None]
    return [
        method, name, str(len(sets)), mean(sets, "ari"), mean(sets, "reference"), *below,
        f"{statistics.fmean(row['better'] for row in sets):.1%}", f"{statistics.fmean(steady):.1%}" if steady else "-",
        mean(sets, "seconds", 1),
    ]  # fmt: skip


def _cells(row: Row) -> list[str]:
    figures = [f"{row[name]:.3f}" for name in ("ari", "least", "reference", "range")]
    told = [" / ".join(row[name]) or "-" for name in _SHOWN]
    return [row["dataset"], row["kind"], *figures, f"{row['ari'] - row['reference']:+.3f}", *told]


def _said(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
