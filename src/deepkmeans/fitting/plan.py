"""The settings of one fit, every "auto" resolved, before anything is trained.

A plan follows from the parameters and from what is known of the rows (:class:`DataFacts`) alone. Training, progress,
``--dry-run`` and checkpoints read it; what a fit *finds* is in its report.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..data import Scaling
from ..encoders.networks import JOINED
from ..objectives import Objective, SelfLabelling, Strategy
from ..training import Settings
from .fingerprint import exact_repr
from .sizing import (
    batch_size_for,
    embedding_dim_for,
    epochs_for,
    hidden_sizes_for,
    resolved_dim,
    self_training_batch_size_for,
)

__all__ = ["CODE_STARTS", "DataFacts", "FitPlan", "joined_plan", "resolve_plan"]

#: Starts of K-Means in the pretrained embedding.
CODE_STARTS = 10
_SELF_TRAINING_DIM = 16
#: The network for rows whose inputs have neighbours, by the kind of input.
_NETWORKS = {"audio": "spectrogram", "image": "convolutional", "series": "series"}
_EARLIER_NAMES = {"n_rows": "n_samples", "n_columns": "n_features", "n_directions": "n_components"}
#: Above this sample size epochs are reduced.
_ENOUGH_ROWS = 22_000
#: The most by which epochs of few rows are multiplied: the partition of a table is found before, and soon learnt.
_TABLE_EPOCHS, _PICTURE_EPOCHS = 3.0, 10.0


@dataclass(frozen=True)
class DataFacts:
    """What a plan needs to know of the rows.

    Attributes
    ----------
    n_samples, n_features : int
        As they were given.
    n_distinct, n_reduced : int
        Distinct samples, and their features behind a transformer: what is trained on.
    n_inputs, n_flags : int
        Inputs of the network, and those of them that are 1 where a cell was missing.
    scaling : str
    reduction : str
        "none", "pca", "tsne", "umap", or the ``repr`` of a transformer.
    image_shape : (int, int, int) or None
        Height, width and channels of rows that are seen as pictures.
    input_kind : str
        Of such rows: what they are pictures of, "image" for pictures themselves.
    intrinsic_dim : int or None
        Where ``embedding_dim="intrinsic"`` asks for it and the rows tell.
    transformer : str or None
        A transformer with all its parameters, arrays among them by their bytes.
    preprocessing : str or None
        The same of what made the features of a table or texts, and what it has learnt.
    """

    n_samples: int
    n_features: int
    n_distinct: int
    n_reduced: int
    n_inputs: int
    n_flags: int
    scaling: str
    reduction: str
    image_shape: tuple[int, int, int] | None
    intrinsic_dim: int | None
    transformer: str | None = None
    preprocessing: str | None = None
    input_kind: str = "image"


@dataclass(frozen=True)
class FitPlan:
    """What one fit does.

    Attributes
    ----------
    objective, objective_repr : str
        Short name, and name with all parameters, arrays among them by their bytes.
    strategy : Strategy
        How the fit comes to its labels.
    n_clusters : int or None
        None until a fit with ``n_clusters="auto"`` or ``"divide"`` has decided.
    partition : str
    data : DataFacts
    architecture : mapping
        Of the network; JSON-safe.
    batch_size, pretrain_epochs, max_epochs : int
    learning_rate, tol : float
    precision, device : str
    balance : float
        How equal sizes are to be, from 0, as they come, to 1.
    """

    objective: str
    objective_repr: str
    strategy: Strategy
    n_clusters: int | None
    partition: str
    data: DataFacts
    architecture: Mapping[str, Any]
    batch_size: int
    pretrain_epochs: int
    max_epochs: int
    learning_rate: float
    tol: float
    precision: str
    device: str
    balance: float = 0.0

    @property
    def n_components(self) -> int | None:
        """Columns that a reduction leaves, None where there is none."""
        return None if self.data.reduction == "none" else self.data.n_inputs - self.data.n_flags

    @property
    def finds_pictures(self) -> bool:
        """Whether the partition of pictures is found while a network learns them."""
        sought = isinstance(self.strategy, SelfLabelling) and self.partition == "auto"
        return sought and self.data.image_shape is not None

    @property
    def phases(self) -> dict[str, int]:
        """The phases that are trained at most, in their order, and the cap of each on epochs."""
        caps = {}
        if isinstance(self.strategy, SelfLabelling) and self.finds_pictures:
            epochs = epochs_for(self.strategy.round_epochs, min(self.data.n_distinct, self.strategy.n_landmarks))
            caps = {f"over-{number}": epochs for number in range(1, self.strategy.n_rounds + 1)}
        elif self.pretrain_epochs:
            caps = {"pretrain": self.pretrain_epochs}
        return {**caps, "cluster": self.max_epochs}

    def with_clusters(self, n_clusters: int) -> FitPlan:
        """The same, with the number of clusters decided."""
        return replace(self, n_clusters=n_clusters)

    def with_network(self, architecture: Mapping[str, Any], precision: str) -> FitPlan:
        """The same, with the network that was made: one of the user's own says only then what it is."""
        return replace(self, architecture=dict(architecture), precision=precision)

    def settings(self, **changes: Any) -> Settings:
        """How a phase is trained."""
        return Settings(batch_size=self.batch_size, tol=self.tol, **changes)

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of the plan."""
        return _with_earlier_names(self._settings())

    def _settings(self) -> dict[str, Any]:
        """The plan by the names of the field, JSON-safe."""
        data, network = self.data, self.architecture
        return {
            "objective": self.objective, "n_samples": data.n_samples, "n_features": data.n_features,
            "scaling": data.scaling, "image_shape": None if data.image_shape is None else list(data.image_shape),
            "reduce": data.reduction, "n_components": self.n_components, "embedding_dim": network["embedding_dim"],
            "hidden_sizes": network.get("hidden_sizes"), "batch_size": self.batch_size,
            "pretrain_epochs": self.pretrain_epochs, "max_epochs": self.max_epochs,
            "learning_rate": self.learning_rate, "precision": self.precision, "device": self.device,
        }  # fmt: skip

    def report_of_network(self, architecture: Mapping[str, Any], scaling: Scaling) -> dict[str, Any]:
        """What ``report_`` says of the network that a fit ends with, which may be no more than a projection."""
        said = {
            "scaling": scaling.kind, "embedding_dim": architecture["embedding_dim"],
            "hidden_sizes": architecture.get("hidden_sizes"),
        }  # fmt: skip
        if self.data.reduction in ("none", "pca"):
            projected = scaling.components is not None
            said["reduce"] = "pca" if projected else "none"
            said["n_components"] = scaling.n_inputs - len(scaling.flagged) if projected else None
        return _with_earlier_names(said)

    def fingerprint(self) -> dict[str, Any]:
        """By what a checkpoint knows its fit, JSON-safe: everything but the device."""
        said = self._settings()
        del said["device"]
        if self.data.transformer is not None:
            said["reduce"] = self.data.transformer
        if self.data.preprocessing is not None:
            said["preprocessing"] = hashlib.sha256(self.data.preprocessing.encode()).hexdigest()
        if self.balance:  # checkpoints of earlier releases know none
            said["balance"] = self.balance
        return said | {
            "parameters": self.objective_repr, "strategy": exact_repr(self.strategy), "n_clusters": self.n_clusters,
            "partition": self.partition, "tol": self.tol,
            "network": json.dumps(dict(self.architecture), sort_keys=True),
        }  # fmt: skip


def _with_earlier_names(report: dict[str, Any]) -> dict[str, Any]:
    """The same, with values also under the names that ``report_`` had for them before."""
    return report | {old: report[name] for old, name in _EARLIER_NAMES.items() if name in report}


def resolve_plan(
    parameters: Mapping[str, Any], objective: Objective, name: str, data: DataFacts, device: str
) -> FitPlan:  # fmt: skip
    """The plan of a fit with these parameters of ``DeepKMeans``, and with the objective that they name.

    ``precision`` is as given, and the architecture that of ``encoder="auto"``, until the network is made.
    """
    strategy, n = copy.deepcopy(objective.strategy), data.n_distinct  # that of a class is for all its fits
    automatic = self_training_batch_size_for(n) if strategy.learns_labels else batch_size_for(n)
    n_train = min(n, strategy.n_train) if isinstance(strategy, SelfLabelling) else n
    most = _PICTURE_EPOCHS if data.image_shape else _TABLE_EPOCHS
    learnt = (n_train, _ENOUGH_ROWS, most) if strategy.learns_labels else (n_train,)

    def given(key: str, automatic: Any) -> Any:
        return automatic if parameters[key] == "auto" else parameters[key]

    return FitPlan(
        objective=name, objective_repr=exact_repr(objective), strategy=strategy,
        n_clusters=None if isinstance(parameters["n_clusters"], str) else int(parameters["n_clusters"]),
        partition=parameters["partition"], data=data,
        architecture=_architecture(parameters["embedding_dim"], objective.network, data, strategy.learns_labels),
        batch_size=int(given("batch_size", automatic)),
        pretrain_epochs=0 if strategy.learns_labels
        else given("pretrain_epochs", epochs_for(objective.pretrain_epochs, n)),
        max_epochs=given("max_epochs", epochs_for(objective.max_epochs, *learnt)),
        learning_rate=given("learning_rate", objective.learning_rate),
        tol=parameters["tol"], precision=parameters["precision"], device=device,
        balance=float(parameters.get("balance", 0.0)),
    )  # fmt: skip


def joined_plan(
    parameters: Mapping[str, Any], objective: Objective, name: str, data: DataFacts, inputs: Mapping[str, DataFacts],
    device: str,
) -> FitPlan:  # fmt: skip
    """The plan of a fit of several ``inputs``; ``data`` is of their rows side by side.

    Pictures among them are trained on as long as pictures alone.
    """
    shape = next((facts.image_shape for facts in inputs.values() if facts.image_shape is not None), None)
    plan = resolve_plan(parameters, objective, name, replace(data, image_shape=shape), device)
    width, learns = plan.architecture["embedding_dim"], plan.strategy.learns_labels
    networks = {each: _architecture(width, objective.network, facts, learns) for each, facts in inputs.items()}
    architecture = {"network": JOINED, "n_inputs": data.n_inputs, "embedding_dim": width, "inputs": networks}
    return replace(plan, data=data, architecture=architecture)


def _architecture(embedding_dim: Any, network: str, data: DataFacts, learns_labels: bool) -> dict[str, Any]:
    """The network that ``encoder="auto"`` is."""
    automatic = _SELF_TRAINING_DIM if learns_labels else embedding_dim_for(data.n_reduced)
    sizes = {
        "n_inputs": data.n_inputs, "embedding_dim": resolved_dim(embedding_dim, automatic, data.intrinsic_dim),
    }  # fmt: skip
    if data.image_shape is not None:
        return {"network": _NETWORKS[data.input_kind], **sizes, "image_shape": list(data.image_shape)}
    if learns_labels:
        width = 256 if data.scaling in ("counts", "cosine") else 128  # many directions, many small clusters
        return {"network": "dense", **sizes, "hidden_sizes": [width] * 2, "activation": "relu", "batch_norm": True}
    return {"network": network, **sizes, "hidden_sizes": list(hidden_sizes_for(data.n_distinct)), "activation": "relu"}
