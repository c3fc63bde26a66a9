"""K-Means that learns the space it clusters in. ``fit`` reads like the method."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import clone

from .._validation import validate_estimator
from ..data import find_image_shape
from ..exceptions import InvalidParameterError
from ..fitting import (
    Course,
    DataFacts,
    FitContext,
    FitResult,
    last_state,
    resolve_plan,
    run_strategy,
)
from ..kmeans import assign
from ..objectives import Objective, make_objective
from ..runtime import Seeds, plain_torch, resolve_device, resolve_precision
from ..training import Progress
from .bottleneck import intrinsic_dim
from .choosing import decide_n_clusters
from .constraints import DEEP_KMEANS
from .findings import warn_of_findings
from .inputs import (
    check_enough_rows,
    check_rows,
    check_weight,
    flatten_pictures,
    kept_if_refused,
    relative_weight,
    rows_with_weight,
)
from .network import is_constant, refuse_constant
from .prediction import CentersInCodes
from .prepared_rows import collapse_copies, prepare_rows
from .reduction import fit_reduction, is_transformer
from .resuming import open_checkpoints
from .stored_objective import objective_name

__all__ = ["DeepKMeans"]


class DeepKMeans(CentersInCodes):
    """Deep K-Means: encode, cluster the codes, update the network from the clustering, until both stand still.

    Parameters
    ----------
    n_clusters : int or "auto", default=8
        ``"auto"`` decides once, before the fit, from valleys of density on the neighbour graph, and is 1 where no
        structure is clear; what was found stands in ``report_["n_clusters_selection"]``. Nothing is trained for each k;
        for pictures one network is, whose codes are looked at.
    objective : str, Objective or function returning one, default="selflabel"
        What the network minimises: "selflabel", "sequential", "dcn", "dkm", "dec", "idec", "vade", "deepcluster", or an
        instance such as ``DCN(weight=0.5)``, whose parameters are searched as ``objective__weight``. The default takes
        its labels from the neighbour graph, and keeps plain K-Means where nothing else is better.
    encoder : "auto", nn.Module or function (n_inputs, embedding_dim) -> nn.Module, default="auto"
        ``"auto"`` is a fully connected autoencoder sized by the number of rows, or, for pictures and "selflabel", a
        small convolutional one. A module of your own needs
        ``encode``, and ``decode`` for objectives that reconstruct; it is copied, never trained in place.
    embedding_dim : int, "auto" or "intrinsic", default="auto"
        Width of the code; ``"auto"``: 16 for "selflabel", else 10, for fewer than 20 columns half of them;
        ``"intrinsic"``: the estimated intrinsic dimension of the rows (see
        :func:`deepkmeans.model_selection.select_embedding_dim` for the choice by cross-validation).
    pretrain_epochs, max_epochs : int or "auto", default="auto"
        Epochs of reconstruction before clustering, and the cap on joint epochs. ``"auto"`` is the objective's
        own number, more for small data and fewer for large. "selflabel" does not pretrain.
    batch_size : int or "auto", default="auto"
    learning_rate : float or "auto", default="auto"
        Of the joint phase.
    tol : float, default=1e-3
        Converged when over five epochs (fewer of a small ``max_epochs``) at most this share of the labels changed and
        the loss changed by at most this an epoch, relative, or by less than its noise; see
        :class:`~deepkmeans.training.Settings`.
    scaling : {"auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none"}, default="auto"
        See :func:`deepkmeans.data.fit_scaling`. With another than ``"auto"`` flat rows are never seen as
        pictures.
    reduce : {"auto", "pca", "none"} or transformer, default="auto"
        What comes between many columns and the network: their 128 main directions by truncated SVD ("pca"), nothing,
        or a scikit-learn transformer, cloned and fitted on the rows as given, ``reduce__n_components`` its parameter.
        ``"auto"``: "pca" above 256 columns that are no pictures; with objectives other than "selflabel" above 256
        sparse or 4,096 dense ones, and not before an ``encoder`` of your own. See :mod:`.reduction`.
    partition : "auto", "k-means" or str, default="auto"
        Which candidate partition the default takes: the one that the judge chooses (see ``report_["reason"]``), plain
        K-Means of the standardised columns, or the candidate of this name, as ``alternatives_`` gives them.
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
    reducer_ : transformer or None
        The fitted clone of a transformer given as ``reduce``.
    objective_ : Objective
    history_ : list of dict
        One record an epoch: phase, epoch, loss, its terms, changed, learning_rate, seconds.
    report_ : dict
        Decisions and findings: scaling, sizes (weighted), precision, convergence, collapse, imputed cells; of
        "selflabel" also every candidate partition with its scores (``rounds``), the one ``chosen``, the ``reason``,
        and of tables the ``confidence``, the ``runner_up`` and the ``alternatives``; of ``n_clusters="auto"`` the
        ``n_clusters_selection``: choice, second best, confidence, reason, and the curves of every criterion (see
        :func:`deepkmeans.graph.n_clusters_statistics`).
    alternatives_ : list of dict
        Of tables, the best few different partitions, the one taken among them: ``name`` (for ``partition=``),
        ``consensus``, ``like_chosen`` and ``labels`` (n_samples,), None above 100,000 rows. Not in a file.
    plan_ : FitPlan
        The settings of the fit, every "auto" resolved. Not in a file.
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

    _constraints: ClassVar[dict[str, list[Any]]] = DEEP_KMEANS

    def __init__(
        self, n_clusters: int | str = 8, *, objective: Any = "selflabel", encoder: Any = "auto",
        embedding_dim: int | str = "auto", pretrain_epochs: int | str = "auto", max_epochs: int | str = "auto",
        batch_size: int | str = "auto", learning_rate: float | str = "auto", tol: float = 1e-3,
        scaling: str = "auto", reduce: Any = "auto", partition: str = "auto", missing: str = "impute",
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
        self.reduce = reduce
        self.partition = partition
        self.missing = missing
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose

    @plain_torch()
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> DeepKMeans:
        """Learn network and centres.

        Parameters
        ----------
        X : array, data frame, tensor or sparse matrix of shape (n_samples, n_features)
            Or pictures, an array of shape (n_samples, height, width) or (n_samples, height, width, channels).
            NaN is imputed and flagged (or refused with ``missing="error"``); infinity is refused. A sparse matrix of
            at most 256 columns is a table and made dense (at most 2 KB a row; not above 1 GiB, unless the sparse form
            takes a quarter of that): the result is that of the same rows dense.
        y : ignored
        sample_weight : array of shape (n_samples,) or None
            A weight of 2 counts as the row twice, of 0 as its absence: such a row is given a label and nothing else.

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
        UncertainStructureWarning : different partitions are as good, as far as can be told.
        MissingValuesWarning : cells were imputed.
        """
        with kept_if_refused(self):
            self._fit(X, sample_weight)
        warn_of_findings(self)
        return self

    @plain_torch()
    def prepare(self, X: Any, sample_weight: Any = None) -> FitContext:
        """What ``fit`` does before it trains: check and scale the rows, resolve every "auto", make the network.

        The estimator stays as it is.

        Parameters
        ----------
        X, sample_weight
            As for ``fit``.

        Returns
        -------
        FitContext
            With the ``plan`` of the fit, its rows, an untrained network and the objective.

        Raises
        ------
        InvalidParameterError, InvalidDataError
        """
        return clone(self)._checked_and_prepared(X, sample_weight)[0]  # type: ignore[no-any-return]

    def _fit(self, X: Any, sample_weight: Any) -> None:
        context, given, X, weight = self._checked_and_prepared(X, sample_weight)
        if given is not X:
            self._rows(given)  # refuses at once a row, if without weight, that is too far off to be given a label
        selection = None
        if context.plan.n_clusters is None:
            selection = decide_n_clusters(context, verbose=bool(self.verbose))
            context = context.with_clusters(int(selection["n_clusters"]))
        self.plan_ = context.plan
        self.history_: list[dict[str, Any]] = []
        self.report_: dict[str, Any] = self.plan_.report() | {"imputed": self._missing_report(X), "interrupted": False}
        if selection is not None:
            self.report_["n_clusters_selection"] = selection
        watchers = [*(self.callbacks or []), *([Progress()] if self.verbose else [])]
        resumed = open_checkpoints(watchers, context.plan, X, weight, context.seeds)
        course = Course(self.history_, watchers, resumed)
        result, self.alternatives_ = None, []
        try:
            result = run_strategy(context, course)
            self._publish(result, context, course, given, X, weight)
        except InvalidParameterError:
            raise  # an objective or callback that is none: nothing can be finished with it
        except BaseException as stopped:
            if resumed is not None and not self.history_:
                raise  # stopped before the checkpoint was put back: there is nothing of this fit to keep
            # Results that cost time are never lost: finish with the last complete state, then pass the error on.
            self.report_["interrupted"] = True
            with suppress(Exception):  # what stopped the fit is to be seen, not what fails on account of it
                self._publish(result or last_state(context), context, course, given, X, weight)
                stopped.model = self  # type: ignore[attr-defined]
            raise
        if result.partition is not None:
            reduced = given if self._reduction is None else self._reduction.transform(given)
            self.alternatives_ = result.partition.alternatives(self.labels_, reduced)

    def _checked_and_prepared(self, X: Any, sample_weight: Any) -> tuple[FitContext, Any, Any, np.ndarray | None]:
        """The context, the checked rows, and those of them that have weight, with their weights."""
        validate_estimator(self)
        X, picture = flatten_pictures(X)
        given = check_rows(self, X, reset=True, missing=self.missing)
        X, weight = rows_with_weight(given, check_weight(sample_weight, given))
        k = 1 if self.n_clusters == "auto" else int(self.n_clusters)
        check_enough_rows(X, k, given.shape[0])
        if k > 1:
            refuse_constant(X, "DeepKMeans", given.shape[0])
        context = self._prepare(X, relative_weight(weight), Seeds(self.random_state), picture)
        return context, given, X, weight

    def _prepare(
        self, X: Any, weight: np.ndarray | None, seeds: Seeds, picture: tuple[int, int, int] | None
    ) -> FitContext:  # fmt: skip
        """Reduce and scale the rows, resolve every "auto", build the network."""
        device = resolve_device(self.device)
        self.objective_ = own = make_objective(self.objective)
        strategy, given = own.strategy, X.shape
        X = fit_reduction(self, X, seeds)
        if strategy.collapses_copies:
            X, weight = collapse_copies(X, weight)
        if self.reduce not in ("auto", "none"):
            picture = None  # directions and made columns have no neighbours
        elif strategy.recognises_images and picture is None and self.encoder == "auto" and self.scaling == "auto":
            picture = find_image_shape(X)
        prepared = prepare_rows(self, X, weight, picture is not None, device)
        rows = prepared.network
        self.scaling_ = rows.scaling
        by_columns = "none" if rows.scaling.components is None else "pca"
        data = DataFacts(
            n_samples=given[0], n_features=given[1], n_rows=X.shape[0], n_columns=X.shape[1], n_inputs=rows.n_inputs,
            n_flags=len(rows.scaling.flagged), scaling=rows.scaling.kind,
            reduction=by_columns if self.reducer_ is None else repr(self.reduce),
            image_shape=picture if strategy.recognises_images else None,
            intrinsic_dim=intrinsic_dim(self.embedding_dim, rows, seeds),
        )  # fmt: skip
        plan = resolve_plan(vars(self), own, objective_name(own), data, str(device))  # a subclass may fix some
        self._build(self.encoder, dict(plan.architecture), rows, seeds)
        self.encoder_.precision = resolve_precision(self.precision, device, self.encoder_)
        plan = plan.with_network(self._architecture, str(self.encoder_.precision).removeprefix("torch."))
        return FitContext(plan, prepared, self.encoder_, own, seeds)

    def _publish(
        self, result: FitResult, context: FitContext, course: Course, given: Any, X: Any, weight: np.ndarray | None
    ) -> None:  # fmt: skip
        """Fitted attributes; labels of all rows given by the very path of ``predict``."""
        k = context.n_clusters
        self.encoder_, self._architecture, self.scaling_ = result.encoder, dict(result.architecture), result.scaling
        self.encoder_.precision = torch.float32
        self.encoder_.eval().requires_grad_(False)
        self.n_iter_ = sum(record["phase"] == "cluster" for record in self.history_)
        self.cluster_centers_ = result.centers.float().cpu().numpy().copy()
        z = self._codes(X)
        labels, distance = assign(z, self._centers_like(z))
        own = labels.cpu().numpy()
        self.labels_ = own if given is X else assign(self._codes(given), self._centers_like(z))[0].cpu().numpy()
        self._set_inertia(distance.double().cpu(), weight, z.shape[1])
        sizes = np.bincount(own, weights=weight, minlength=k)
        self.n_clusters_ = int((sizes > 0).sum())
        shrunk = not (float(z.var(correction=0)) > 1e-12 or is_constant(X))
        self.report_ |= {
            **context.plan.report_of_network(result.architecture, result.scaling), **course.findings,
            "converged": result.converged, "cluster_sizes": sizes.tolist(), "n_clusters": self.n_clusters_,
            "n_iter": self.n_iter_, "collapsed": self.n_clusters_ < k or shrunk,
        }  # fmt: skip

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters; with ``deep`` those of an objective or transformer too, as ``objective__name``."""
        params: dict[str, Any] = super().get_params(deep=False)
        if deep and is_transformer(self.reduce):
            params |= {f"reduce__{name}": value for name, value in self.reduce.get_params().items()}
        if deep and isinstance(self.objective, Objective):
            params |= {f"objective__{name}": value for name, value in self.objective.get_params().items()}
        return params
