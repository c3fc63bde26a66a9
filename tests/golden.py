"""Bits of a fixed list of fits, to see that a change of structure changes none.

Bits are those of one machine: record before the change, check after it, on the same one::

    python -m tests.golden record before.json
    python -m tests.golden check before.json
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.datasets import load_digits, load_iris, load_wine, make_blobs
from sklearn.decomposition import PCA
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, load, save
from deepkmeans.objectives import OBJECTIVES
from deepkmeans.training import Callback, Checkpoint

Fit = Callable[[], Any]
#: Keys of a report that earlier recordings lack, as they are other names of values that it has; and the machine's.
_LATER = ("n_samples", "n_features", "n_components", "device")
_QUICK: dict[str, Any] = {"random_state": 0, "max_epochs": 2}


def fits() -> Iterator[tuple[str, Fit, Any]]:
    """Name, fit, and rows to predict."""
    X = make_blobs(240, 6, centers=4, cluster_std=2.0, random_state=0)[0]
    random = np.random.RandomState(0)
    weight = random.randint(0, 4, len(X)).astype(float)
    for name in sorted(OBJECTIVES):
        given = _QUICK | {"objective": name} | ({} if name == "selflabel" else {"pretrain_epochs": 2})
        yield f"objective {name}", _model(X, 4, **given), X
        yield f"weights {name}", _model(X, 4, weight=weight, **given), X
    flat = _QUICK | {"objective": "dcn", "pretrain_epochs": 2}
    missing = np.where(random.rand(*X.shape) < 0.05, np.nan, X)
    digits = load_digits().data[:400].astype(np.float32)
    counts = random.poisson(random.gamma(0.5, 8.0, (4, 40))[random.randint(0, 4, 240)])
    words = sp.random(300, 500, 0.03, "csr", random_state=0)
    narrow = sp.csr_matrix(np.where(random.rand(*X.shape) < 0.5, 0, X))
    iris = load_iris().data
    for kind, rows, k in (
        ("iris", iris, 3), ("wine", load_wine().data, 3), ("missing", missing, 4), ("digits", digits, 10),
        ("pictures", digits.reshape(-1, 8, 8), 10), ("counts", counts, 4), ("words", words, 4), ("narrow", narrow, 4),
        ("few", X[:20], 3), ("one", X, 1), ("noise", random.normal(size=(200, 5)), 3), ("float32", X.astype("f4"), 4),
        ("wide", random.normal(size=(120, 300)) + 3 * random.randint(0, 3, (120, 1)), 3),
    ):  # fmt: skip
        absent = {"missing": "impute"} if kind == "missing" else {}
        yield f"default {kind}", _model(rows, k, **_QUICK, **absent), rows
        yield f"dcn {kind}", _model(rows, k, **flat, **absent), rows
    for kind, rows in (("blobs", X), ("iris", iris), ("digits", digits), ("words", words)):
        yield f"auto {kind}", _model(rows, "auto", **_QUICK), rows
    yield "auto dcn", _model(X, "auto", **flat), X
    for name, changes in {
        "robust": {"scaling": "robust"}, "unit": {"scaling": "unit"}, "pca": {"reduce": "pca"},
        "transformer": {"reduce": PCA(3)}, "intrinsic": {"embedding_dim": "intrinsic"}, "code": {"embedding_dim": 7},
        "module": {"encoder": _network()}, "function": {"encoder": _Network}, "batch": {"batch_size": 50},
        "k-means": {"partition": "k-means"}, "rate": {"learning_rate": 1e-2}, "float": {"precision": "float32"},
    }.items():  # fmt: skip
        yield f"default {name}", _model(X, 4, **_QUICK, **changes), X
        if name != "k-means":
            yield f"dcn {name}", _model(X, 4, **flat, **changes), X
    for name in ("selflabel", "dcn"):
        for epoch in (1, 3):
            yield f"resumed {name} {epoch}", _resumed(digits if name == "selflabel" else X, name, epoch), digits[:9]
    for name, rows in (("blobs", X), ("missing", missing), ("words", words), ("digits", digits)):
        absent = {"missing": "impute"} if name == "missing" else {}
        yield f"autoencoder {name}", lambda rows=rows, a=absent: Autoencoder(**_QUICK, **a).fit(rows), rows


def _model(X: Any, k: Any, weight: Any = None, **parameters: Any) -> Fit:
    return lambda: DeepKMeans(k, **parameters).fit(X, sample_weight=weight)


class _Network(nn.Module):
    """A network of a user's own, one that draws."""

    def __init__(self, n_inputs: int, embedding_dim: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_inputs, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, embedding_dim))
        self.decoder = nn.Linear(embedding_dim, n_inputs)


def _network() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return _Network(6, 4)


class _Stop(Callback):
    def __init__(self, epoch: int) -> None:
        self.left = epoch

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def _resumed(X: Any, objective: str, epoch: int) -> Fit:
    def fit() -> Any:
        given = {"objective": objective, "random_state": 0, "max_epochs": 3, "tol": 0.0}
        with tempfile.TemporaryDirectory() as folder:
            try:
                DeepKMeans(4, callbacks=[Checkpoint(folder), _Stop(epoch)], **given).fit(X)
            except KeyboardInterrupt:
                pass
            model = DeepKMeans(4, callbacks=[Checkpoint(folder, resume=True)], **given).fit(X)
        return model.set_params(callbacks=None)

    return fit


def bits(model: Any, X: Any) -> dict[str, str]:
    """Digests of what a fitted model holds and says."""
    found: dict[str, Any] = {f"weight {n}": value for n, value in enumerate(model.encoder_.state_dict().values())}
    for name in ("labels_", "cluster_centers_", "inertia_", "n_iter_", "n_clusters_"):
        if hasattr(model, name):
            found[name] = getattr(model, name)
    found["history_"] = [{key: v for key, v in record.items() if key != "seconds"} for record in model.history_]
    found["report"] = {key: value for key, value in model.report_.items() if key not in _LATER}
    for name in ("predict", "transform", "predict_proba", "score"):
        if hasattr(model, name) and np.prod(X.shape[1:]) == model.n_features_in_:
            found[name] = getattr(model, name)(X)
    return {name: _digest(value) for name, value in found.items()}


def _digest(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().float().numpy() if value.dtype == torch.bfloat16 else value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        raw = f"{value.dtype} {value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    else:
        raw = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.sha256(raw).hexdigest()[:16]


def record() -> dict[str, dict[str, str]]:
    """The bits of every fit, as fitted and as loaded from a file."""
    found = {}
    for name, fit, X in fits():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                model = fit()
                found[name] = bits(model, X)
                if not name.endswith(("module", "function", "transformer")):
                    with tempfile.TemporaryDirectory() as folder:
                        save(model, Path(folder, "a.dkm"))
                        found[name + ", loaded"] = bits(load(Path(folder, "a.dkm")), X)
            except Exception as error:  # a refusal is a result too
                found[name] = {"error": f"{type(error).__name__}: {error}"}
        print(name, found[name].get("error", ""), file=sys.stderr, flush=True)
    return found


def _numbered(digests: dict[str, str]) -> dict[str, str]:
    """Weights by their number in the network, so that a new name of a layer is no difference."""
    weights = {name: f"weight {n}" for n, name in enumerate(name for name in digests if name.startswith("weight "))}
    return {weights.get(name, name): value for name, value in digests.items()}


def main(verb: str, path: str) -> int:
    found = record()
    if verb == "record":
        Path(path).write_text(json.dumps(found, indent=1))
        return 0
    before = {name: _numbered(digests) for name, digests in json.loads(Path(path).read_text()).items()}
    differ = 0
    for name in sorted(before.keys() | found.keys()):
        old, new = before.get(name, {}), found.get(name, {})
        wrong = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        if wrong:
            differ += 1
            print(f"{name}: {', '.join(wrong)}")
    print(f"{len(found)} fits, {differ} differ")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
