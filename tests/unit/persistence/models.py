"""One small fitted model of each kind that can be saved, and files changed behind their checksums."""

from __future__ import annotations

import functools
import json
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
import torch
from sklearn.decomposition import PCA

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.objectives import DCN, OBJECTIVES
from deepkmeans.storage import container, read_container, write_container

__all__ = ["KINDS", "Net", "as_format_1", "crafted", "fitted", "needs", "rows", "saved", "without_doubt"]

QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 1, "random_state": 0}


class Net(torch.nn.Module):
    """A network of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = torch.nn.Linear(4, 2), torch.nn.Linear(2, 4)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(x)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return self.up(z)


@functools.cache
def rows(kind: str) -> Any:
    """The rows (n, d) that the model of this kind is fitted on."""
    draw = np.random.RandomState(0)
    X = 6.0 * draw.randn(3, 4)[np.arange(60) % 3] + draw.randn(60, 4)
    if "names" in kind:
        return pd.DataFrame(X, columns=["a", "b", "c", "d"])
    if "holes" in kind:
        X[::7, 1] = np.nan
        return X
    if "sparse" in kind:
        return sp.random(60, 300, 0.05, format="csr", random_state=0, dtype=np.float64)
    if "pictures" in kind:
        pictures = 0.2 * draw.rand(60, 8, 8)
        pictures[:20, 2:5] += 1
        pictures[20:40, :, 3:5] += 1
        return pictures
    return X.astype(np.float32) if "float32" in kind else X


_MAKERS: dict[str, Any] = {
    "KMeans": lambda: KMeans(3, random_state=0),
    "KMeans float32 starts": lambda: KMeans(3, init=rows("float32")[:3].tolist()),
    "KMeans names RandomState": lambda: KMeans(3, random_state=np.random.RandomState(3)),
    "KMeans sparse cosine": lambda: KMeans(3, metric="cosine", random_state=0),
    "Autoencoder": lambda: Autoencoder(2, max_epochs=1, random_state=0),
    "Autoencoder names deep": lambda: Autoencoder(
        2, hidden_sizes=[6, 5], activation="elu", tied=True, max_epochs=1, random_state=0
    ),
    "Autoencoder holes bce": lambda: Autoencoder(
        2, hidden_sizes=(6,), output_activation="sigmoid", loss="bce", max_epochs=1, random_state=0
    ),
    "Autoencoder own": lambda: Autoencoder(2, encoder=Net(), max_epochs=1, random_state=0),
    **{f"DeepKMeans {name}": functools.partial(DeepKMeans, 3, objective=name, **QUICK) for name in OBJECTIVES},
    "DeepKMeans names instance": lambda: DeepKMeans(3, objective=DCN(0.4), **QUICK),
    "DeepKMeans holes": lambda: DeepKMeans(3, objective="dcn", **QUICK),
    "DeepKMeans holes kept": lambda: DeepKMeans(3, partition="k-means", **QUICK),
    "DeepKMeans pictures": lambda: DeepKMeans(3, **QUICK),
    "DeepKMeans sparse": lambda: DeepKMeans(3, objective="dcn", **QUICK),
    "DeepKMeans own": lambda: DeepKMeans(3, objective="dcn", encoder=Net(), **QUICK),
    "DeepKMeans tsne holes": lambda: DeepKMeans(3, objective="dcn", reduce="tsne", **QUICK),
    "DeepKMeans transformer": lambda: DeepKMeans(3, objective="dcn", reduce=PCA(3), **QUICK),
}
KINDS = tuple(_MAKERS)


@functools.cache
def fitted(kind: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _MAKERS[kind]().fit(rows(kind))


def needs(kind: str) -> dict[str, Any]:
    """What ``load`` must be given."""
    if "own" in kind:
        return {"encoder": Net()}
    return {"reduce": fitted(kind).reducer_} if "transformer" in kind else {}


@functools.cache
def saved(kind: str) -> tuple[dict[str, Any], Mapping[str, torch.Tensor]]:
    """Document and tensors of the file, to be copied before they are changed."""
    with tempfile.TemporaryDirectory() as folder:
        save(fitted(kind), Path(folder) / "a.dkm")
        return read_container(Path(folder) / "a.dkm", kind="model")


def crafted(path: Path, kind: str, document: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> Any:
    """Load a file with these parts, whose checksums all hold; in an earlier format without what that did not have."""
    if container.FORMAT < 4:
        document, tensors = without_doubt(document, tensors)
    if container.FORMAT == 1:
        document, tensors = as_format_1(document, tensors)
    write_container(path, kind="model", document=document, tensors=tensors)
    return load(path, **needs(kind))


def as_format_1(document: Any, tensors: Mapping[str, torch.Tensor]) -> tuple[Any, dict[str, torch.Tensor]]:
    """What a file of format 1 held: the names of layers, and of one hyper-parameter, are its own."""
    text = json.dumps(document).replace('"bootstrap_weight"', '"self_trust"')
    return json.loads(text), {
        ".".join(_LAYERS_OF_FORMAT_1.get(part, part) for part in name.split(".")): tensor
        for name, tensor in tensors.items()
    }


def without_doubt(document: Any, tensors: Mapping[str, torch.Tensor]) -> tuple[Any, Mapping[str, torch.Tensor]]:
    """The same model as one that knows nothing of its own doubt; what is no such model stays as it is."""
    state = document.get("state") if isinstance(document, dict) else None
    if not isinstance(state, dict) or "doubt" not in state:
        return document, tensors
    others = {name: value for name, value in state.items() if name != "doubt"}
    return {**document, "state": others}, {n: t for n, t in tensors.items() if not n.startswith("doubt/")}


_LAYERS_OF_FORMAT_1 = {
    "encoder_layers": "down", "encoder_norms": "down_norm", "decoder_layers": "up", "decoder_norms": "up_norm",
    "decoder_biases": "up_bias", "embedding": "code", "decoder_hidden": "back", "decoder_out": "paint",
}  # fmt: skip
