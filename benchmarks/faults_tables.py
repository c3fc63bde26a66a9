"""``tables``: odd rows and weights to every estimator, and what a fit that takes them must then do."""

from __future__ import annotations

import copy
import os
import pickle
import select
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from deepkmeans.exceptions import TrainingDivergedError

from .faults_odd_values import Case, odd_case, odd_weight
from .faults_verdict import Finding, Refused, all_finite, judged, one_line

__all__ = ["forked", "tables"]

Generator = np.random.Generator


def tables(random: Generator, folder: Path) -> str:
    """One estimator on one odd table; then ``predict``, and now and then ``save`` or another batch."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # of odd values in the making
        warnings.simplefilter("ignore")
        case = odd_case(random)
        words, weight = odd_weight(case.n_rows, random)
    name, model = _estimator(random)
    words = f"{name} on {case.words}{words}"
    random_state = random.integers(2**32)

    def work() -> str:
        return _fit(model, case, weight, np.random.default_rng(random_state), folder)

    try:
        return forked(work) if case.may_crash else work()
    except Finding as finding:
        raise Finding(finding.kind, f"{finding.detail}: {words}") from finding


def _fit(model: Any, case: Case, weight: Any, random: Generator, folder: Path) -> str:
    from deepkmeans import KMeans

    before = _copied(case.X)
    try:
        with judged():
            if weight is None:
                model.fit(case.X)
            else:
                model.fit(case.X, sample_weight=weight)
    except Refused as refused:
        diverged = isinstance(refused.__cause__, TrainingDivergedError)  # documented to keep the last finite state
        if not diverged and (hasattr(model, "labels_") or hasattr(model, "n_features_in_")):
            raise Finding("half fitted", "a refused fit left attributes behind") from None
        raise
    why = case.must_refuse or (case.no_numbers if isinstance(model, KMeans) else "")
    if why:
        raise Finding("accepted", why)
    if before is not None and not _unchanged(before, case.X):
        raise Finding("changed input", "the rows that were given are no longer the same")
    try:
        with judged():
            if isinstance(model, KMeans):
                _check_kmeans(model, case, weight)
            elif hasattr(model, "labels_"):
                _check_clusters(model, case.X)
            else:
                Z = model.transform(case.X)
                rows = model.inverse_transform(Z)
                rows = rows.select_dtypes("number") if hasattr(rows, "select_dtypes") else rows
                all_finite(transform=Z, decoded=rows, score=model.score(case.X))
            if random.random() < 0.15:
                _check_saved(model, case.X, folder)
            if isinstance(model, KMeans) and random.random() < 0.2:
                model.partial_fit(case.X, sample_weight=weight)
                all_finite(centers=model.cluster_centers_, inertia=model.inertia_)
    except Refused as refused:
        raise Finding("accepted", f"after the fit: {one_line(refused)}") from refused
    return "fitted"


def _check_clusters(model: Any, X: Any) -> None:
    k, labels = len(model.cluster_centers_), model.labels_
    if labels.dtype.kind != "i" or not 0 <= labels.min() <= labels.max() < k:
        raise Finding("wrong labels", f"beyond {k} clusters")
    all_finite(centers=model.cluster_centers_, inertia=model.inertia_, transform=model.transform(X))
    found = model.predict(X)
    if not np.array_equal(found, labels):
        raise Finding("wrong labels", f"predict differs from labels_ in {int((found != labels).sum())} rows")
    if model.n_clusters_ > k or model.inertia_ < 0:
        raise Finding("wrong labels", f"{model.n_clusters_} of {k} clusters, inertia {model.inertia_:g}")
    if hasattr(model, "predict_proba"):
        p = model.predict_proba(X)
        all_finite(probabilities=p)
        if not np.allclose(p.sum(axis=1), 1, atol=1e-4):
            raise Finding("wrong labels", "probabilities do not add up to 1")


def _check_kmeans(model: Any, case: Case, weight: Any) -> None:
    """Beside the rest: every row is in the nearest cluster, and the inertia is right, in numbers of our own."""
    _check_clusters(model, case.X)
    score = model.score(case.X) if weight is None else model.score(case.X, sample_weight=weight)
    all_finite(score=score)
    if case.dense is None or case.dense.ndim != 2 or not np.isfinite(case.dense).all():
        if case.dense is not None and case.dense.ndim == 2:
            raise Finding("accepted", "missing values, which K-Means does not know")
        return
    X, C = case.dense.astype(np.float64), model.cluster_centers_.astype(np.float64)
    if model.metric == "cosine":
        X = X / np.maximum(np.abs(X).max(axis=1, keepdims=True), np.finfo(float).tiny)
        X = X / np.maximum(np.sqrt((X * X).sum(axis=1, keepdims=True)), np.finfo(float).tiny)
    size = 1.0 if model.metric == "cosine" else max(np.abs(X).max(), np.abs(C).max(), np.finfo(float).tiny)
    X, C = X / size, C / size
    squared = ((X[:, None] - C) ** 2).sum(axis=2)
    own = squared[np.arange(len(X)), model.labels_]
    rough = 1e-4 if model.cluster_centers_.dtype == np.float32 else 1e-7
    if (own > squared.min(axis=1) * (1 + rough) + rough).any():
        raise Finding("wrong labels", "a row is not in its nearest cluster")
    expected = own.sum() * (0.5 if model.metric == "cosine" else 1.0)
    with np.errstate(all="ignore"):
        found = -score / size / size
    known = np.isfinite(found) and expected * size * size > 1e-290  # neither too large nor too small for a float
    if weight is None and known and abs(found - expected) > 1e-3 * expected + rough * len(X):
        raise Finding("wrong inertia", f"{found:.6g}, and {expected:.6g} by hand (in units of the largest number)")


def _check_saved(model: Any, X: Any, folder: Path) -> None:
    from deepkmeans import load, save

    save(model, folder / "model.dkm")
    loaded = load(folder / "model.dkm")
    method = "predict" if hasattr(model, "labels_") else "transform"
    one, other = getattr(model, method)(X), getattr(loaded, method)(X)
    if one.tobytes() != other.tobytes():
        raise Finding("other bits", f"{method} of the saved model")


def _copied(X: Any) -> Any:
    """What can be compared later: arrays, sparse matrices, frames."""
    known = isinstance(X, np.ndarray) or sp.issparse(X) or type(X).__module__.startswith("pandas")
    return copy.deepcopy(X) if known else None


def _unchanged(before: Any, X: Any) -> bool:
    if sp.issparse(X):
        parts = [name for name in ("data", "indices", "indptr", "row", "col") if hasattr(X, name)]
        return all(np.array_equal(_plain(getattr(before, part)), _plain(getattr(X, part))) for part in parts)
    if isinstance(X, np.ndarray):
        same = X.dtype == object or np.asarray(X).tobytes() == np.asarray(before).tobytes()
        return X.dtype == before.dtype and same
    return bool(before.equals(X))


def _plain(values: Any) -> np.ndarray:
    return np.array([str(value) for value in values]) if np.asarray(values).dtype == object else np.nan_to_num(values)


def _estimator(random: Generator) -> tuple[str, Any]:
    from deepkmeans import Autoencoder, DeepKMeans, KMeans
    from deepkmeans.objectives import OBJECTIVES

    k, state = int(random.choice([1, 2, 3, 8])), int(random.integers(2**31))

    def pick(name: str, *values: Any) -> dict[str, Any]:
        """The default twice as often as any other value."""
        choice = int(random.integers(-2, len(values)))
        return {} if choice < 0 else {name: values[choice]}

    kind = random.random()
    parameters: dict[str, Any] = {"random_state": state}
    if kind < 0.4:
        parameters |= pick("metric", "cosine", "cosine") | pick("init", "random", "k-means||") | pick("n_init", 2)
        parameters |= pick("refine", True, False) | pick("max_iter", 1, 5) | pick("tol", 0.0, 1.0)
        cls: Callable[..., Any] = KMeans
    elif kind < 0.85:
        objective = str(random.choice(list(OBJECTIVES)))
        epochs = {"pretrain_epochs": int(random.integers(2)), "max_epochs": int(random.integers(1, 3))}
        parameters |= {"objective": objective} | epochs
        parameters |= pick("scaling", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none")
        parameters |= pick("missing", "error") | pick("reduce", "pca", "none")
        parameters |= pick("embedding_dim", 1, 2, "intrinsic")
        parameters |= pick("batch_size", 1, 7) | pick("learning_rate", 1e-5, 0.5) | pick("partition", "k-means")
        k = "auto" if random.random() < 0.05 else k  # type: ignore[assignment]
        cls = DeepKMeans
    else:
        parameters["max_epochs"] = int(random.integers(1, 3))
        parameters |= pick("embedding_dim", 1, "intrinsic") | pick("hidden_sizes", (4,), (8, 4)) | pick("tied", True)
        parameters |= pick("noise", 0.3) | pick("missing", "error") | pick("validation_fraction", 0.0, 0.5)
        parameters |= pick("scaling", "standard", "shared", "unit", "none")
        parameters |= pick("output_activation", "sigmoid", "tanh")
        model = Autoencoder(**parameters)
        return repr(model).replace("\n", ""), model
    return f"{cls.__name__}({k}, {', '.join(f'{n}={v!r}' for n, v in parameters.items())})", cls(k, **parameters)


def forked(work: Callable[[], str], patience: float = 60.0) -> str:
    """``work`` in a copy of this process, which it may take down."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer: tuple[str, str, str] = ("ok", work(), "")
        except Refused as refused:
            answer = ("refused", str(refused), "")
        except Finding as finding:
            answer = ("finding", finding.kind, finding.detail)
        except BaseException as error:
            answer = ("finding", "campaign", repr(error))
        os.write(writing, pickle.dumps(answer)[:60_000])
        os._exit(0)
    os.close(writing)
    until, data = time.monotonic() + patience, b""
    while select.select([reading], [], [], max(until - time.monotonic(), 0))[0]:
        if not (more := os.read(reading, 65_536)):
            break
        data += more
    else:
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hung = number == signal.SIGKILL
        raise Finding("hang" if hung else "crash", f"{patience:.0f} s" if hung else signal.Signals(number).name)
    what, first, second = pickle.loads(data)  # noqa: S301  # from our own copy
    if what == "ok":
        return str(first)
    raise Refused(first) if what == "refused" else Finding(first, second)
