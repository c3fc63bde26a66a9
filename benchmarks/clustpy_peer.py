"""ClustPy's deep methods on one machine, in an environment of its own.

ClustPy pins torchvision for its data loaders and needs a compiler, so it is never a dependency of
this project. Run this file with the interpreter of an environment that holds it::

    python -m venv clustpy-env
    clustpy-env/bin/pip install torch numpy scipy scikit-learn pandas matplotlib tqdm
    clustpy-env/bin/pip install --no-deps clustpy
    clustpy-env/bin/python benchmarks/clustpy_peer.py --data FOLDER --out clustpy.jsonl

Rows already in ``--out`` are kept and skipped, so a stopped run goes on where it was. Every method
runs with its own default epochs (100 + 150), batch and network; the input is divided by one global
standard deviation after centring, which is what its authors do for data whose columns share a range.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
import types
from pathlib import Path

import numpy as np

METHODS = ("DCN", "DEC", "IDEC", "DKM", "VaDE")


def _empty_class(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (), {})


def stand_in_for_torchvision() -> None:
    """ClustPy imports torchvision at the top of its data loaders only; none is used here."""
    try:
        import torchvision  # noqa: F401
    except ImportError:
        import torch  # noqa: F401  torch looks through sys.modules while it is imported

        for name in (
            "torchvision",
            "torchvision.transforms",
            "torchvision.datasets",
            "torchvision.models",
            "torchvision.models.resnet",
            "torchvision.models._api",
            "torchvision.models._utils",
        ):
            module = types.ModuleType(name)
            module.__path__ = []
            module.__getattr__ = _empty_class  # type: ignore[method-assign]
            sys.modules[name] = module


def _done(out: Path) -> set[tuple[str, str, int]]:
    if not out.exists():
        return set()
    rows = (json.loads(line) for line in out.read_text().splitlines() if line)
    return {(row["dataset"], row["method"], row["seed"]) for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--datasets", nargs="+", default=["optdigits", "pendigits"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    args = parser.parse_args()
    stand_in_for_torchvision()
    import clustpy.deep as deep
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score, confusion_matrix, normalized_mutual_info_score

    for seed in args.seeds:
        for dataset in args.datasets:
            with np.load(args.data / dataset / f"{dataset}.npz", allow_pickle=False) as file:
                X, y = file["X"].astype(np.float32), file["y"]
            X = X.reshape(len(X), -1)
            X = (X - X.mean()) / X.std()
            for method in args.methods:
                if (dataset, method, seed) in _done(args.out):
                    continue
                rows = X
                if method == "VaDE":  # its default loss is binary cross-entropy and refuses rows outside [0, 1]
                    rows = (X - X.min()) / (X.max() - X.min())
                started, busy = time.perf_counter(), time.process_time()
                with (
                    open(os.devnull, "w") as quiet,
                    contextlib.redirect_stdout(quiet),
                    contextlib.redirect_stderr(quiet),
                ):
                    model = getattr(deep, method)(n_clusters=len(np.unique(y)), random_state=seed)
                    model.fit(rows)
                seconds, cpu = time.perf_counter() - started, time.process_time() - busy
                matrix = confusion_matrix(y, model.labels_)
                rows, columns = linear_sum_assignment(-matrix)
                row = {
                    "dataset": dataset,
                    "method": method,
                    "seed": seed,
                    "acc": float(matrix[rows, columns].sum() / len(y)),
                    "nmi": float(normalized_mutual_info_score(y, model.labels_)),
                    "ari": float(adjusted_rand_score(y, model.labels_)),
                    "seconds": seconds,
                    "cpu_seconds": cpu,
                }
                with args.out.open("a") as stream:
                    stream.write(json.dumps(row) + "\n")
                print(row, flush=True)


if __name__ == "__main__":
    main()
