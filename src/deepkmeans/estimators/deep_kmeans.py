"""K-Means that learns the space it clusters in. ``fit`` reads like the method."""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor, nn

from .._validation import Instance, Interval, OneOf, validate_parameters
from ..data import SCALINGS, Rows, fit_scaling
from ..exceptions import CollapseWarning, InvalidDataError, MissingValuesWarning
from ..kmeans import assign, fit_whitened_kmeans
from ..objectives import OBJECTIVES, Objective, Reconstruction, make_objective
from ..runtime import Seeds, resolve_device, resolve_precision
from ..training import Progress, Settings, encode_rows, train
from .deep_state import from_state, objective_name, to_state
from .inputs import check_rows, check_weight
from .network import refuse_constant
from .prediction import CentersInCodes
from .sizing import batch_size_for, embedding_dim_for, epochs_for, hidden_sizes_for

__all__ = ["DeepKMeans"]

_PRETRAIN_RATE = 2e-3
_PRETRAIN_NOISE = 0.2
_CODE_STARTS = 10


class DeepKMeans(CentersInCodes):
    """Deep K-Means: encode, cluster the codes, update the network from the clustering, until both stand still.

    Parameters
    ----------
    n_clusters : int, default=8
    objective : str, Objective or function returning one, default="dcn"
        What the network minimises: "sequential", "dcn", "dkm", "dec", "idec", "vade", "deepcluster", or an
        instance such as ``DCN(weight=0.5)``, whose parameters are searched as ``objective__weight``.
    encoder : "auto", nn.Module or function (n_inputs, embedding_dim) -> nn.Module, default="auto"
        ``"auto"`` is a fully connected autoencoder sized by the number of rows. A module of your own needs
        ``encode``, and ``decode`` for objectives that reconstruct; it is copied, never trained in place.
    embedding_dim : int or "auto", default="auto"
        Width of the code; ``"auto"``: 10, for fewer than 20 columns half of them.
    pretrain_epochs, max_epochs : int or "auto", default="auto"
        Epochs of reconstruction before clustering, and the cap on joint epochs. ``"auto"`` is the objective's
        own number, more for small data and fewer for large.
    batch_size : int or "auto", default="auto"
    learning_rate : float or "auto", default="auto"
        Of the joint phase.
    tol : float, default=1e-3
        Converged when for two epochs the share of changed labels and the relative change of the loss are at most this.
    scaling : {"auto", "standard", "shared", "unit", "none"}, default="auto"
        See :func:`deepkmeans.data.fit_scaling`.
    missing : {"impute", "error"}, default="impute"
    callbacks : list of deepkmeans.training.Callback or None, default=None
    device : "auto", "cpu", "cuda", ..., default="auto"
    precision : {"auto", "float32", "bfloat16"}, default="auto"
    random_state : int, RandomState or None, default=None
        Same value, same machine: same result, bit for bit on the CPU.
    verbose : int, default=0

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), int32
        Equal to ``predict`` of the training rows.
    cluster_centers_ : ndarray of shape (n_clusters, embedding_dim)
        Centres in the space of the codes; ``decode`` of one is a row to look at.
    n_clusters_ : int
        Clusters that hold rows.
    inertia_ : float
        Sum of squared distances of the codes to their centres, weighted.
    n_iter_ : int
        Joint epochs.
    encoder_ : nn.Module
    objective_ : Objective
    history_ : list of dict
        One record an epoch: phase, epoch, loss, its terms, changed, learning_rate, seconds.
    report_ : dict
        Decisions and findings: scaling, sizes, precision, convergence, collapse, imputed cells.
    n_features_in_, feature_names_in_

    Notes
    -----
    Time O(epochs x n x weights of the network), memory O(n x d). References: see each objective's module.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans import DeepKMeans
    >>> X = load_iris().data
    >>> model = DeepKMeans(3, pretrain_epochs=5, max_epochs=50, random_state=0).fit(X)
    >>> bool((model.labels_ == model.predict(X)).all())
    True
    """

    _constraints: ClassVar[dict[str, list[Any]]] = {
        "n_clusters": [Interval(int, 1, None)],
        "objective": [
            OneOf(*OBJECTIVES), Instance(Objective, "an Objective"), Instance(callable, "a function returning one"),
        ],
        "encoder": [OneOf("auto"), Instance(nn.Module, "a torch.nn.Module"), Instance(callable, "a function")],
        "embedding_dim": [Interval(int, 1, None), OneOf("auto")],
        "pretrain_epochs": [Interval(int, 0, None), OneOf("auto")],
        "max_epochs": [Interval(int, 1, None), OneOf("auto")],
        "batch_size": [Interval(int, 1, None), OneOf("auto")],
        "learning_rate": [Interval(float, 0, None, open_low=True), OneOf("auto")],
        "tol": [Interval(float, 0, 1)],
        "scaling": [OneOf(*SCALINGS)],
        "missing": [OneOf("impute", "error")],
        "precision": [OneOf("auto", "float32", "bfloat16")],
        "verbose": [Interval(int, 0, None), Instance((bool, np.bool_), "a bool")],
    }  # fmt: skip

    def __init__(
        self, n_clusters: int = 8, *, objective: Any = "dcn", encoder: Any = "auto", embedding_dim: int | str = "auto",
        pretrain_epochs: int | str = "auto", max_epochs: int | str = "auto", batch_size: int | str = "auto",
        learning_rate: float | str = "auto", tol: float = 1e-3, scaling: str = "auto", missing: str = "impute",
        callbacks: Any = None, device: Any = "auto", precision: str = "auto", random_state: Any = None,
        verbose: int = 0,
    ) -> None:  # fmt: skip
        self.n_clusters = n_clusters
        self.objective = objective
        self.encoder = encoder
        self.embedding_dim = embedding_dim
        self.pretrain_epochs = pretrain_epochs
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.tol = tol
        self.scaling = scaling
        self.missing = missing
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> DeepKMeans:
        """Learn network and centres.

        Parameters
        ----------
        X : array, data frame, tensor or sparse matrix of shape (n_samples, n_features)
            NaN is imputed and flagged (or refused with ``missing="error"``); infinity is refused.
        y : ignored
        sample_weight : array of shape (n_samples,) or None

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError, InvalidDataError
        TrainingDivergedError
            Its ``model`` is this estimator, fitted with the last finite state.
        KeyboardInterrupt
            Passed on; the estimator is then fitted with the last complete epoch and
            ``report_["interrupted"]`` is True.

        Warns
        -----
        ConvergenceWarning : ``max_epochs`` came before convergence.
        CollapseWarning : fewer clusters hold rows than were asked for.
        MissingValuesWarning : cells were imputed.
        """
        validate_parameters("DeepKMeans", self._constraints, self.get_params(deep=False))
        X = check_rows(self, X, reset=True, missing=self.missing)
        weight = check_weight(sample_weight, X)
        self._check_against(X)
        seeds = Seeds(self.random_state)
        rows = self._prepare(X, weight, seeds)
        resumed = self._open_checkpoints(X, weight, seeds)
        try:
            self._pretrain(rows, seeds, resumed)
            self._start_centers(rows, seeds, resumed)
            self._alternate(rows, seeds, resumed)
        except BaseException as stopped:
            if _phase(resumed) == "cluster" and not self.history_:
                raise  # stopped before the checkpoint was put back: there is nothing of this fit to keep
            # Results that cost time are never lost: finish with the last complete state, then pass the error on.
            self.report_["interrupted"] = True
            self._finish(X, weight, rows, seeds)
            stopped.model = self  # type: ignore[attr-defined]
            raise
        self._finish(X, weight, rows, seeds)
        self._warn()
        return self

    def _check_against(self, X: Any) -> None:
        if X.shape[0] < self.n_clusters:
            raise InvalidDataError(
                f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}: "
                "give more rows or ask for fewer clusters."
            )
        if self.n_clusters > 1:
            refuse_constant(X, "DeepKMeans")

    def _prepare(self, X: Any, weight: np.ndarray | None, seeds: Seeds) -> Rows:
        """Scale the rows, build the network, settle every "auto"."""
        device = resolve_device(self.device)
        self.objective_ = make_objective(self.objective)
        self.scaling_ = fit_scaling(X, self.scaling)
        rows = Rows(X, self.scaling_, weight=weight, device=device)
        n, embedding_dim = X.shape[0], self.embedding_dim
        architecture = {
            "network": self.objective_.network, "n_inputs": rows.n_inputs,
            "embedding_dim": embedding_dim_for(X.shape[1]) if embedding_dim == "auto" else int(embedding_dim),
            "hidden_sizes": list(hidden_sizes_for(n)), "activation": "relu",
        }  # fmt: skip
        self._build(self.encoder, architecture, rows, seeds)
        self.encoder_.precision = resolve_precision(self.precision, device, self.encoder_)
        self.history_: list[dict[str, Any]] = []
        batch_size = batch_size_for(n) if self.batch_size == "auto" else int(self.batch_size)
        own = self.objective_
        self.report_: dict[str, Any] = {
            "objective": objective_name(self.objective_), "n_rows": n, "n_columns": X.shape[1],
            "scaling": self.scaling_.kind, "imputed": self._missing_report(X),
            "embedding_dim": self._architecture["embedding_dim"],
            "hidden_sizes": self._architecture.get("hidden_sizes"), "batch_size": batch_size,
            "pretrain_epochs": _given(self.pretrain_epochs, epochs_for(own.pretrain_epochs, n)),
            "max_epochs": _given(self.max_epochs, epochs_for(own.max_epochs, n)),
            "learning_rate": _given(self.learning_rate, own.learning_rate),
            "precision": str(self.encoder_.precision).removeprefix("torch."),
            "device": str(device), "interrupted": False,
        }  # fmt: skip
        return rows

    def _settings(self, **changes: Any) -> Settings:
        return Settings(batch_size=self.report_["batch_size"], tol=self.tol, **changes)

    def _watchers(self) -> list[Any]:
        return [*(self.callbacks or []), *([Progress()] if self.verbose else [])]

    def _pretrain(self, rows: Rows, seeds: Seeds, resumed: Any) -> None:
        """The autoencoder alone, so that the first clustering meets codes that mean something."""
        epochs = self.report_["pretrain_epochs"]
        if epochs and self.encoder_.can_decode and _phase(resumed) != "cluster":
            train(
                self.encoder_, Reconstruction(noise=_PRETRAIN_NOISE), rows, phase="pretrain", seeds=seeds,
                settings=self._settings(max_epochs=epochs, learning_rate=_PRETRAIN_RATE, schedule="cosine"),
                history=self.history_, callbacks=self._watchers(),
                resume=resumed if _phase(resumed) == "pretrain" else None,
            )  # fmt: skip

    def _start_centers(self, rows: Rows, seeds: Seeds, resumed: Any) -> None:
        """Cluster the codes once, in coordinates fit for it, and set the objective up."""
        k, dim = self.n_clusters, self._architecture["embedding_dim"]
        if _phase(resumed) == "cluster":  # the loop restores centres and the codes' metric; only shapes are needed
            self.objective_.setup(torch.zeros(k, dim, device=rows.device), len(rows))
            return
        z = encode_rows(self.encoder_, rows)
        start = fit_whitened_kmeans(z, k, n_init=_CODE_STARTS, weight=rows.weight, generator=seeds.generator("centers"))
        self.encoder_.set_metric(start.shift, start.metric)
        self.objective_.setup(start.centers, len(rows))
        self.objective_.to(rows.device)

    def _alternate(self, rows: Rows, seeds: Seeds, resumed: Any) -> None:
        """Encode, cluster, update the weights from the clustering, repeat until both have converged."""
        state = train(
            self.encoder_, self.objective_, rows, phase="cluster", seeds=seeds,
            settings=self._settings(max_epochs=self.report_["max_epochs"], learning_rate=self.report_["learning_rate"]),
            history=self.history_, callbacks=self._watchers(), resume=resumed if _phase(resumed) == "cluster" else None,
        )  # fmt: skip
        self.report_["converged"] = state.converged

    def _finish(self, X: Any, weight: np.ndarray | None, rows: Rows, seeds: Seeds) -> None:
        """Fitted attributes from the last complete state; labels by the very path of ``predict``."""
        if not isinstance(getattr(self.objective_, "centers", None), Tensor):  # stopped while pretraining
            self._start_centers(rows, seeds, None)
        self.encoder_.precision = torch.float32
        self.encoder_.eval().requires_grad_(False)
        self.n_iter_ = sum(record["phase"] == "cluster" for record in self.history_)
        self.cluster_centers_ = self.objective_.centers.detach().float().cpu().numpy().copy()
        z = self._codes(X)
        labels, distance = assign(z, self._centers_like(z))
        self.labels_ = labels.cpu().numpy()
        mass = torch.ones(len(z)) if weight is None else torch.as_tensor(weight)
        self.inertia_ = float((distance.double().cpu() * mass).sum())
        sizes = np.bincount(self.labels_, minlength=self.n_clusters)
        self.n_clusters_ = int((sizes > 0).sum())
        self._variance = max(self.inertia_ / (float(mass.sum()) * z.shape[1]), float(np.finfo(np.float32).tiny))
        self.report_ |= {"cluster_sizes": sizes.tolist(), "n_clusters": self.n_clusters_, "n_iter": self.n_iter_}
        self.report_.setdefault("converged", False)
        self.report_["collapsed"] = self.n_clusters_ < self.n_clusters or not float(z.var()) > 1e-12

    def _warn(self) -> None:
        if self.report_["imputed"]:
            cells = ", ".join(f"{name!r}: {count}" for name, count in self.report_["imputed"].items())
            warnings.warn(f"Missing values were imputed by column means ({cells}).", MissingValuesWarning, stacklevel=3)
        if self.report_["collapsed"]:
            warnings.warn(
                f"{self.n_clusters_} of {self.n_clusters} clusters hold rows: ask for fewer clusters, or try another "
                "objective or a lower learning_rate.", CollapseWarning, stacklevel=3,
            )  # fmt: skip
        if not self.report_["converged"] and self.n_iter_ >= self.report_["max_epochs"]:
            changed = self.history_[-1].get("changed", math.nan)
            warnings.warn(
                f"DeepKMeans reached max_epochs={self.report_['max_epochs']} before convergence ({changed:.2%} of "
                f"labels still changed, tol={self.tol:g}); raise max_epochs or tol.", ConvergenceWarning, stacklevel=3,
            )  # fmt: skip

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters; with ``deep`` those of an objective instance too, as ``objective__name``."""
        params: dict[str, Any] = super().get_params(deep=False)
        if deep and isinstance(self.objective, Objective):
            params |= {f"objective__{name}": value for name, value in self.objective.get_params().items()}
        return params

    def _open_checkpoints(self, X: Any, weight: np.ndarray | None, seeds: Seeds) -> Any:
        """The state to continue from, if a ``Checkpoint`` callback finds one of this very fit."""
        found = None
        for callback in self.callbacks or []:
            if hasattr(callback, "open"):
                found = callback.open(self._fingerprint(X, weight, seeds)) or found
        return found

    def _fingerprint(self, X: Any, weight: np.ndarray | None, seeds: Seeds) -> dict[str, Any]:
        digest = hashlib.sha256()
        for part in (X.data, X.indices, X.indptr) if sp.issparse(X) else (X,):
            digest.update(np.ascontiguousarray(part).view(np.uint8).data)
        if weight is not None:
            digest.update(weight.tobytes())
        parts = {key: self.report_[key] for key in self.report_ if key not in ("device", "interrupted", "imputed")}
        parts |= {"parameters": repr(self.objective_), "n_clusters": self.n_clusters, "tol": self.tol}
        parts |= {"network": json.dumps(self._architecture, sort_keys=True)}
        parts |= {"seed": seeds.root, "data": f"{X.shape} {X.dtype} {digest.hexdigest()}"}
        return parts

    def _to_state(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        return to_state(self)

    @classmethod
    def _from_state(cls, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None) -> DeepKMeans:
        return from_state(cls, document, tensors, encoder)  # type: ignore[no-any-return]


def _given(value: Any, automatic: Any) -> Any:
    return automatic if value == "auto" else value


def _phase(resumed: Any) -> str | None:
    return None if resumed is None else str(resumed[0]["phase"])
