"""Saved models and checkpoints of every kind, and ways in which bytes go bad."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["blobs", "checkpoint_bytes", "damage", "fit_with_checkpoints", "model_bytes"]

Generator = np.random.Generator


def blobs(n: int = 40, d: int = 4, seed: int = 0) -> np.ndarray:
    """Three groups of rows (n, d), float64."""
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)) + 6 * (np.arange(n) % 3)[:, None]


@cache
def model_bytes() -> dict[str, bytes]:
    """A file of every kind of model by name; some 15 fits of a few epochs."""
    import pandas as pd
    import torch

    from deepkmeans import Autoencoder, DeepKMeans, KMeans, save
    from deepkmeans.objectives import OBJECTIVES

    X, random = blobs(), np.random.default_rng(1)
    holes = np.where(random.random(X.shape) < 0.1, np.nan, X)
    short: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 1, "random_state": 0}
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    wide = sp.csr_matrix(random.poisson(0.3, (40, 300)).astype(np.float64))
    pictures = random.random((40, 8, 8)).astype(np.float32)
    made: dict[str, Callable[[], Any]] = {
        "kmeans": lambda: KMeans(3, random_state=0).fit(X),
        "kmeans-names": lambda: KMeans(3, random_state=0).fit(frame.astype(np.float32)),
        "kmeans-given": lambda: KMeans(3, init=X[:3], random_state=0).fit(X, sample_weight=np.arange(1.0, 41)),
        "kmeans-cosine": lambda: KMeans(3, metric="cosine", random_state=0).fit(wide),
        "autoencoder": lambda: Autoencoder(2, hidden_sizes=(8,), max_epochs=1, random_state=0).fit(frame),
        "autoencoder-tied": lambda: Autoencoder(2, tied=True, max_epochs=1, random_state=0).fit(holes),
        **{
            name: lambda name=name: DeepKMeans(3, objective=name, **short).fit(X)  # type: ignore[misc]
            for name in OBJECTIVES
        },
        "missing": lambda: DeepKMeans(3, objective="dcn", **short).fit(holes),
        "names": lambda: DeepKMeans(3, objective="idec", embedding_dim=2, **short).fit(frame),
        "pictures": lambda: DeepKMeans(3, **short).fit(pictures),
        "reduced": lambda: DeepKMeans(3, objective="dcn", reduce="pca", **short).fit(wide),
        "auto": lambda: DeepKMeans("auto", **short).fit(X),
    }
    files = {}
    state = torch.get_rng_state()  # what a fit may do to it is found elsewhere
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, fit in made.items():
            path, model = Path(folder) / "model.dkm", fit()
            for record in getattr(model, "history_", ()):
                record["seconds"] = 0.0  # the same bytes every time, so that a number always means the same damage
            save(model, path)
            files[name] = path.read_bytes()
    torch.set_rng_state(state)
    return files


def fit_with_checkpoints(folder: Path, *, resume: bool, objective: str = "dcn") -> Any:
    """A fit of three epochs in two phases that writes checkpoints to ``folder``."""
    from deepkmeans import DeepKMeans
    from deepkmeans.training import Checkpoint

    callbacks = [Checkpoint(folder, resume=resume)]
    model = DeepKMeans(
        3, objective=objective, pretrain_epochs=1, max_epochs=2, tol=0, random_state=0, callbacks=callbacks
    )
    return model.fit(blobs())


@cache
def checkpoint_bytes() -> tuple[dict[str, bytes], dict[str, np.ndarray]]:
    """The checkpoints of :func:`fit_with_checkpoints` by file name, and centres and labels of that fit."""
    import torch

    from deepkmeans.storage import read_container, write_container

    state = torch.get_rng_state()
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = fit_with_checkpoints(Path(folder), resume=False)
        for path in Path(folder).glob("*.ckpt"):
            document, tensors = read_container(path, kind="checkpoint")
            for record in document["state"]["history"]:
                record["seconds"] = 0.0
            write_container(path, kind="checkpoint", document=document, tensors=tensors)
        files = {path.name: path.read_bytes() for path in sorted(Path(folder).glob("*.ckpt"))}
    torch.set_rng_state(state)
    return files, {"centers": model.cluster_centers_, "labels": model.labels_}


def damage(data: bytes, random: Generator, others: list[bytes]) -> tuple[str, bytes]:
    """The name of what was done to ``data``, and the result: often one bit, sometimes the whole file."""
    raw = bytearray(data)
    size = len(raw)
    start = int(random.integers(size))
    length = int(min(size - start, 2 ** random.integers(0, 13)))
    name = str(random.choice([
        "bit", "bit", "byte", "bytes", "cut", "tail", "zeros", "ones", "noise", "delete", "repeat", "swap",
        "splice", "head-of-another", "insert", "empty", "text",
    ]))  # fmt: skip
    other = others[int(random.integers(len(others)))] if others else b"\0" * size
    if name == "bit":
        raw[start] ^= 1 << int(random.integers(8))
    elif name == "byte":
        raw[start] = (raw[start] + int(random.integers(1, 256))) % 256
    elif name == "bytes":
        for _ in range(int(random.integers(2, 20))):
            raw[int(random.integers(size))] = int(random.integers(256))
    elif name == "cut":
        del raw[start:]
    elif name == "tail":
        raw += random.bytes(int(random.integers(1, 5000)))
    elif name in ("zeros", "ones", "noise"):
        fill = {"zeros": b"\0" * length, "ones": b"\xff" * length, "noise": random.bytes(length)}[name]
        raw[start : start + length] = fill
    elif name == "delete":
        del raw[start : start + length]
    elif name == "repeat":
        raw[start:start] = raw[start : start + length]
    elif name == "swap":
        at = int(random.integers(max(size - length, 1)))
        raw[start : start + length], raw[at : at + length] = raw[at : at + length], raw[start : start + length]
    elif name == "splice":
        raw[start : start + length] = other[start : start + length]
    elif name == "head-of-another":
        raw[:start] = other[:start]
    elif name == "insert":
        raw[start:start] = other[:length]
    elif name == "empty":
        raw.clear()
    else:
        raw[:] = data.decode("latin-1").replace("\n", "\r\n").encode("utf-8")  # as a careless transfer does
    return name, bytes(raw)
