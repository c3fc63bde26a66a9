"""``--dry-run``: what a fit would do, and about how much memory and time it would take.

Time is measured, not looked up: a few steps of the real network on the real rows, scaled up to all rows and to
the caps on epochs. A fit that converges earlier is faster; another process on the machine makes it slower.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from typing import Any

from ..data.media.folders import kind_of_rows
from ..data.memory_limit import free_memory
from ..estimators.constraints import LAYOUTS
from .console import counted
from .graph_estimate import choosing_seconds, graph_seconds
from .row_names import ROWS

__all__ = ["estimate", "estimate_lines"]

#: Bytes of Python with torch, scikit-learn and pandas loaded.
_LIBRARIES = 420 * 2**20
_STEPS = 12
#: Clusters assumed for the estimate where the fit is to decide.
_TYPICAL = 10


def estimate(model: Any, X: Any) -> dict[str, Any]:
    """Plan and estimate of ``model.fit(X)``; the model stays as it is.

    Returns
    -------
    dict
        ``rows``, ``columns``, the resolved parameters, ``weights``, ``seconds`` (pretraining and clustering, at
        most), ``bytes`` (of the peak) and ``free_bytes`` (None where unknown).
    """
    import torch

    started = time.perf_counter()
    context = model.prepare(X)
    prepared = time.perf_counter() - started
    plan, rows = context.plan, context.rows.network
    weights = sum(weight.numel() for weight in context.encoder.parameters())
    step, encode, start = _measure(context)
    n = len(rows)
    epochs = {"pretraining": plan.pretrain_epochs, "clustering": plan.max_epochs}
    a_row = {"pretraining": step, "clustering": step + encode}
    seconds = {phase: cap * n * a_row[phase] for phase, cap in epochs.items()}
    seconds["clustering"] += n * start
    if plan.strategy.chooses_partition:
        seconds = graph_seconds(plan, context.rows.plain, plan.n_clusters or _TYPICAL, step + encode)
    if plan.n_clusters is None:
        seconds = {"choosing the clusters": choosing_seconds(n), **seconds}

    report = plan.report()
    if report["reduce"] in LAYOUTS:
        seconds = {"laying the rows out": prepared, **seconds}
    widths = [rows.n_inputs, *(report["hidden_sizes"] or []), report["embedding_dim"]]
    itemsize = torch.float32.itemsize
    if isinstance(X, list) or any(getattr(kind, "kind", "O") not in "biuf" for kind in getattr(X, "dtypes", ())):
        seconds = {"preparing the rows": prepared, **seconds}
    data = _bytes(X)
    kept = hasattr(X, "indptr") and report["reduce"] == "none"  # sparse rows are dense only behind a projection
    table = data + 2 * (data if kept else n * rows.n_inputs * itemsize)
    network = weights * itemsize * 8  # weights, gradients, two moments, and the copy that a roll-back needs
    blocks = min(n, 8192) * sum(sorted(widths)[-2:]) * itemsize + 4 * report["batch_size"] * sum(widths) * 2 * itemsize
    embedding = 4 * n * report["embedding_dim"] * itemsize
    names = ("objective", "scaling", "embedding_dim", "hidden_sizes", "batch_size", "pretrain_epochs", "max_epochs",
             "learning_rate", "precision", "device", "image_shape", "reduce", "n_components")  # fmt: skip
    return {
        "rows": len(rows) if isinstance(X, Mapping) else len(X) if isinstance(X, list) else X.shape[0],
        "columns": report["n_features"],
        "kind": "text" if isinstance(X, list) else kind_of_rows(X),
        "n_clusters": "auto" if isinstance(model.n_clusters, str) else model.n_clusters,
        **{name: report[name] for name in names},
        "weights": weights,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "bytes": int(_LIBRARIES + table + network + blocks + embedding),
        "free_bytes": free_memory(),
    }


def estimate_lines(plan: dict[str, Any]) -> list[str]:
    """The plan for people."""
    inner = plan["hidden_sizes"] or (["convolutions"] if plan["image_shape"] else [])
    pixels = math.prod(plan["image_shape"] or ())
    sizes = [
        pixels if plan["kind"] in ("image", "audio") else plan["columns"],
        *([] if plan["n_components"] is None else [plan["n_components"]]),
        *inner,
        plan["embedding_dim"],
    ]
    seconds, free = plan["seconds"], plan["free_bytes"]
    parts = " and ".join(f"{_duration(value)} {name}" for name, value in seconds.items())
    what = ROWS.get(plan["kind"])
    rows = counted(plan["rows"], what or "row")
    rows += "" if what else f", {counted(plan['columns'], 'column')}"
    room = "" if free is None else f", {_size(free)} are free"
    return [
        f"plan       {rows}, {_clusters(plan['n_clusters'])}, objective {plan['objective']}",
        f"network    {'-'.join(map(str, sizes))} and back, {plan['weights']:,} weights, {plan['precision']} "
        f"on {plan['device']}",
        f"training   at most {plan['pretrain_epochs']} + {plan['max_epochs']} epochs in batches of "
        f"{plan['batch_size']}, scaling {plan['scaling']}",
        f"estimate   at most {parts}, about {_size(plan['bytes'])} of memory{room}",
        "This is an estimate; nothing was fitted and nothing was written.",
    ]


def _measure(context: Any) -> tuple[float, float, float]:
    """Seconds a row of training, of encoding and of the K-Means that gives the first centres, on a few batches."""
    import torch

    from ..fitting import CODE_STARTS
    from ..kmeans import fit_kmeans
    from ..objectives import Reconstruction
    from ..runtime import Seeds
    from ..training import encode_rows, train

    plan, rows = context.plan, context.rows.network
    if len(rows) == 1 and plan.strategy.chooses_partition:
        return 0.0, 0.0, 0.0  # one distinct row: the fit trains nothing
    encoder, k = copy.deepcopy(context.encoder), plan.n_clusters or _TYPICAL
    sample = rows.subset(torch.arange(min(len(rows), max(_STEPS * plan.batch_size, 10 * k)), device=rows.device))
    settings = plan.settings(max_epochs=2, learning_rate=1e-3)
    state = train(encoder, Reconstruction(), sample, phase="measure", settings=settings, seeds=Seeds(0), history=[])
    step = state.history[-1]["seconds"] / len(sample)  # the first epoch also warmed caches and kernels up
    started = time.perf_counter()
    z = encode_rows(encoder, sample)
    encoded = time.perf_counter()
    fit_kmeans(z, k, n_init=CODE_STARTS, generator=Seeds(0).generator("measure"))
    clustered = time.perf_counter()
    return step, (encoded - started) / len(sample), (clustered - encoded) / len(sample)


def _bytes(X: Any) -> int:
    """Of rows as they are given: an array, pictures, recordings, a sparse matrix, a frame, texts by their letters."""
    if isinstance(X, Mapping):
        return sum(map(_bytes, X.values()))
    if isinstance(X, list):
        return sum(len(text or "") for text in X) + 50 * len(X)
    if hasattr(X, "dtypes"):
        return int(X.memory_usage(index=False, deep=True).sum())
    return sum(part.nbytes for part in ((X.data, X.indices, X.indptr) if hasattr(X, "indptr") else (X,)))


def _clusters(number: int | str) -> str:
    return "clusters as found" if isinstance(number, str) else counted(number, "cluster")


def _size(number: int) -> str:
    return f"{number / 2**30:.1f} GiB" if number >= 2**30 else f"{number / 2**20:.0f} MiB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
