"""K-Means as a scikit-learn estimator over :mod:`deepkmeans.kmeans`."""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._validation import Constraint, Instance, Interval, OneOf, validate_estimator
from ..data.magnitudes import check_finite, check_squares, normalized_weight, unsquarable
from ..data.validation import as_numbers
from ..data.weights import as_many_rows, check_enough_rows, check_weight
from ..exceptions import InvalidParameterError
from ..kmeans import assign, csr_rows, distances, fit_kmeans, minibatch_step, squared_distances, unit_rows
from ..runtime import Seeds, plain_torch, resolve_device, take_notices
from .inputs import ChecksInput

__all__ = ["KMeans"]


def _is_table(value: Any) -> bool:
    """Whether ``value`` may be centres; what is in it is looked at when there are rows to compare it with."""
    return isinstance(value, (Tensor, list, tuple)) or hasattr(value, "shape")


class KMeans(ChecksInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """K-Means clustering: Lloyd's algorithm from greedy k-means++ starts, and a search beyond its local optimum.

    Parameters
    ----------
    n_clusters : int, default=8
        Clusters to form.
    init : {"k-means++", "k-means||", "random"} or array-like of shape (n_clusters, n_features), default="k-means++"
        Starting centres: rows far apart, the same in few passes, random rows, or given ones.
    n_init : "auto" or int, default="auto"
        Runs from different starts, the best of which is kept; "auto" is 1, and 10 for ``init="random"``.
        Given centres are run once. With ``refine`` these are starts on a sample, at least as many as k asks for.
    refine : "auto" or bool, default="auto"
        Search on: many starts and their children on growing samples of the rows, and moves of centres that are hardly
        missed to clusters that are better split, as long as the inertia falls. "auto" does so unless centres are given,
        whose run stays plain Lloyd.
    metric : {"euclidean", "cosine"}, default="euclidean"
        "cosine" is spherical K-Means: rows count by their direction alone, centres have length one. A fitted model
        keeps the metric of its fit.
    max_iter : int, default=300
        Rounds over all rows.
    tol : float, default=1e-4
        Converged when the squared movement of all centres together is at most ``tol`` times the mean variance of
        the columns.
    decay_factor : float in [0, 1], default=1.0
        What the rows of earlier batches still weigh after a call of ``partial_fit``: 1 forgets nothing, 0 everything.
    device : "auto", "cpu", "cuda", "cuda:N" or "mps", default="auto"
        Where numbers are computed; "auto" takes a GPU if there is one.
    random_state : int, RandomState instance or None, default=None
        An int makes the result reproducible.
    verbose : int, default=0
        With 1, one line on stderr when the fit is done.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features), dtype of the data
    labels_ : ndarray of shape (n_samples,), int32
        Always equal to ``predict`` of the training rows.
    inertia_ : float
        Weighted sum of the squared distances of the rows to their centres; of ``1 - cosine`` with ``metric="cosine"``.
    n_iter_ : int
        Rounds of the kept run.
    n_clusters_ : int
        Clusters that hold rows: ``n_clusters`` unless the data have fewer distinct rows.
    counts_ : ndarray of shape (n_clusters,)
        Weight of the rows behind each centre.
    n_steps_ : int
        Batches that ``partial_fit`` has seen.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, when the columns of ``X`` have names

    Notes
    -----
    Rows may be a NumPy array, a pandas, polars or Arrow table, a SciPy sparse matrix or a torch tensor. float32 and
    float64 are kept; other numbers become one of the two. O(n_samples n_clusters n_features) a round.

    Results differ from :class:`sklearn.cluster.KMeans` of the same start only where two centres are exactly equally
    near: here the lower index wins, there rounding decides.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", 1982. D. Arthur and S. Vassilvitskii, "k-means++: the
    advantages of careful seeding", 2007. B. Bahmani et al., "Scalable k-means++", 2012. D. Gribel and T. Vidal,
    "HG-means", 2019 (the search). I. S. Dhillon and D. S. Modha, "Concept decompositions for large sparse text data",
    2001 (cosine).

    Examples
    --------
    >>> from deepkmeans import KMeans
    >>> model = KMeans(2, random_state=0).fit([[1.0, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> sorted(model.cluster_centers_.tolist())
    [[1.0, 2.0], [10.0, 2.0]]
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "n_clusters": [Interval(int, 1, None)],
        "init": [
            OneOf("k-means++", "k-means||", "random"),
            Instance(_is_table, "an array of starting centres"),
        ],
        "n_init": [OneOf("auto"), Interval(int, 1, None)],
        "refine": [OneOf("auto"), Instance(bool, "a boolean")],
        "metric": [OneOf("euclidean", "cosine")],
        "max_iter": [Interval(int, 1, None)],
        "tol": [Interval(float, 0, None)],
        "decay_factor": [Interval(float, 0, 1)],
        "device": [Instance((str, torch.device), "the name of a device")],
        "random_state": [None, Interval(int, 0, 2**32 - 1), Instance(np.random.RandomState, "a RandomState")],
        "verbose": [Interval(int, 0, None), Instance(bool, "a boolean")],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Any = "k-means++",
        n_init: int | str = "auto",
        refine: bool | str = "auto",
        metric: str = "euclidean",
        max_iter: int = 300,
        tol: float = 1e-4,
        decay_factor: float = 1.0,
        device: Any = "auto",
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.refine = refine
        self.metric = metric
        self.max_iter = max_iter
        self.tol = tol
        self.decay_factor = decay_factor
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    @plain_torch()
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> KMeans:
        """Find the clusters of ``X``.

        Parameters
        ----------
        X : {array-like, data frame, sparse matrix, torch tensor} of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), default=None
            A weight of 2 counts as the row twice, of 0 as its absence.

        Returns
        -------
        KMeans
            The estimator itself.

        Raises
        ------
        InvalidParameterError
            For a parameter outside its domain.
        InvalidDataError
            For fewer rows than clusters, NaN, infinite values, weights that are all zero, and numbers or weights so
            large that float64 cannot hold sums of squares.
        """
        with self._kept_if_refused():
            validate_estimator(self)
            rows = self._check_input(X, reset=True, keep_sparse=True).X
            weight = check_weight(sample_weight, rows)
            check_enough_rows(rows, self.n_clusters)
            init = self.init if isinstance(self.init, str) else self._given_centers(rows)
            self._check_squares(rows, weight)
        self._fit(rows, weight, init)
        self.__dict__.pop("n_steps_", None)
        return self

    def _fit(self, rows: Any, weight: np.ndarray | None, init: Any) -> None:
        """Set the fitted attributes from checked rows and weights."""
        refine = isinstance(init, str) if self.refine == "auto" else bool(self.refine)
        many = 10 if isinstance(init, str) and init == "random" and not refine else 1
        n_init = many if self.n_init == "auto" else self.n_init
        tensor, (own, unit) = self._tensor(rows), normalized_weight(weight)
        result = fit_kmeans(
            tensor,
            int(self.n_clusters),
            init=init if isinstance(init, str) else torch.from_numpy(init).to(tensor.device),
            n_init=int(n_init),
            weight=None if own is None else torch.from_numpy(own).to(tensor),
            max_iter=int(self.max_iter),
            tol=float(self.tol),
            refine=refine,
            metric=self.metric,
            generator=Seeds(self.random_state).generator("kmeans"),
        )
        #: Of the centres: set_params may change ``metric``, and a fitted model predicts as fitted.
        self._metric = self.metric
        self.cluster_centers_ = result.centers.cpu().numpy()
        self.labels_ = result.labels.cpu().numpy()
        self.inertia_ = result.inertia * self._unit * unit
        self.n_iter_ = result.n_iter
        self.n_clusters_ = len(np.unique(self.labels_ if weight is None else self.labels_[weight > 0]))
        self.counts_ = np.bincount(self.labels_, weights=weight, minlength=len(self.cluster_centers_)).astype(
            np.float64
        )
        self._n_features_out = len(self.cluster_centers_)
        self._warn(result.converged)
        if self.verbose:
            found = f"{self.n_clusters_} clusters, inertia {self.inertia_:.6g}"
            sys.stderr.write(f"K-Means: {found} after {self.n_iter_} rounds\n")

    @plain_torch()
    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> KMeans:
        """Learn from one more batch of a stream.

        Every centre is the mean of all rows it was given, those of earlier batches weighted by ``decay_factor`` once
        for every batch since. The first batch gives the starts, unless ``fit`` has; where it has fewer different rows
        than ``n_clusters``, later batches give the others. A centre that is hardly missed, as one of many in the first
        cluster of a sorted stream, goes where a batch needs it.

        Parameters
        ----------
        X : as for ``fit``
        y : ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        KMeans
            The estimator itself; ``labels_`` and ``inertia_`` are of this batch.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As ``fit``.
        """
        first = not hasattr(self, "cluster_centers_")
        with self._kept_if_refused():
            validate_estimator(self)
            rows = self._check_input(X, reset=first, keep_sparse=True).X
            weight = check_weight(sample_weight, rows)
            init = self.init if not first or isinstance(self.init, str) else self._given_centers(rows)
            self._check_squares(rows, weight)
        if first:
            self._fit(*as_many_rows(rows, weight, int(self.n_clusters)), init)
            self.labels_, self.n_steps_ = self.labels_[: rows.shape[0]], 1
            return self
        if len(self.cluster_centers_) != self.n_clusters:
            raise InvalidParameterError(
                f"n_clusters={self.n_clusters}, but the estimator holds {len(self.cluster_centers_)} centres; "
                "clone it to start again with another number."
            )
        if self.metric != self._metric:
            raise InvalidParameterError(
                f"metric={self.metric!r}, but the estimator holds centres of metric={self._metric!r}; "
                "clone it to start again with another metric."
            )
        tensor, (own, unit) = self._measured(self._tensor(rows)), normalized_weight(weight)
        step = minibatch_step(
            tensor,
            torch.from_numpy(self.cluster_centers_).to(tensor),
            torch.from_numpy(self.counts_ / unit),
            weight=None if own is None else torch.from_numpy(own).to(tensor),
            decay_factor=float(self.decay_factor),
            spherical=self._metric == "cosine",
        )
        self.cluster_centers_ = step.centers.cpu().numpy()
        self.counts_ = step.counts.cpu().double().numpy() * unit
        self.labels_, self.inertia_ = step.labels.cpu().numpy(), step.inertia * self._unit * unit
        self.n_clusters_ = int((self.counts_ > 0).sum())
        self.n_steps_ = getattr(self, "n_steps_", 0) + 1
        return self

    @plain_torch()
    def predict(self, X: Any) -> np.ndarray:
        """The nearest centre of every row: ndarray of shape (n_samples,), int32; ties go to the lowest index."""
        return assign(*self._known(self._checked(X)))[0].cpu().numpy()

    @plain_torch()
    def transform(self, X: Any) -> np.ndarray:
        """Distance of every row to every centre, or ``1 - cosine``: ndarray of shape (n_samples, n_clusters)."""
        X = self._checked(X)
        rows, centers = self._known(X)
        if self._metric == "cosine":
            return (squared_distances(rows, centers) / 2).cpu().numpy()
        return check_finite(distances(rows, centers).cpu().numpy(), X, "distances", self._names())

    @plain_torch()
    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Minus the inertia of the rows with these centres; higher is better."""
        X = self._checked(X)
        weight = check_weight(sample_weight, X)
        squared = assign(*self._known(X))[1]
        total = float((squared if weight is None else squared * torch.from_numpy(weight).to(squared)).sum())
        if not math.isfinite(total):
            raise unsquarable(X, weight, self._names())
        return -total * self._unit

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """``fit(X).labels_``."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> np.ndarray:
        """``fit(X).transform(X)``."""
        return self.fit(X, sample_weight=sample_weight).transform(X)

    def _given_centers(self, rows: Any) -> np.ndarray:
        """The ``init`` array in the dtype of the data, or the error that says what is wrong with it."""
        wanted = (self.n_clusters, rows.shape[1])
        try:
            init = as_numbers(self.init, "init")
            init = np.array(check_array(init, dtype=rows.dtype, input_name="init"), order="C")
        except (ValueError, TypeError) as error:
            name = type(self).__name__
            raise InvalidParameterError(f"The 'init' parameter of {name} must be centres: {error}") from error
        if init.shape != wanted:
            raise InvalidParameterError(
                f"The 'init' parameter of {type(self).__name__} must be an array of shape (n_clusters, n_features) = "
                f"{wanted}. Got shape {init.shape} instead; give one row per cluster and one column per feature."
            )
        self._check_squares(init, None)
        return init

    def _warn(self, converged: bool) -> None:
        if self.n_clusters_ < self.n_clusters:
            warnings.warn(
                f"Number of distinct clusters ({self.n_clusters_}) found smaller than n_clusters ({self.n_clusters}). "
                "Possibly due to duplicate points in X.",
                ConvergenceWarning,
                stacklevel=5,
            )
        if not converged:
            warnings.warn(
                f"K-Means stopped at max_iter={self.max_iter} before it converged; raise max_iter or tol.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _names(self) -> Any:
        return getattr(self, "feature_names_in_", None)

    def _checked(self, X: Any) -> Any:
        """New rows, checked against the fitted columns."""
        check_is_fitted(self)
        return self._check_input(X, reset=False, keep_sparse=True).X

    def _check_squares(self, rows: Any, weight: np.ndarray | None) -> None:
        if self.metric == "euclidean":
            check_squares(rows, weight, self._names())

    def _known(self, X: Any) -> tuple[Tensor, Tensor]:
        """Checked rows and the centres as tensors of one dtype on one device."""
        rows = self._tensor(X)
        centers = torch.from_numpy(self.cluster_centers_).to(rows.device)
        kind = torch.promote_types(rows.dtype, centers.dtype)
        return self._measured(rows.to(kind)), centers.to(kind)

    def _measured(self, rows: Tensor) -> Tensor:
        """Rows as the metric of the fit sees them."""
        return unit_rows(rows) if self._metric == "cosine" else rows

    @property
    def _unit(self) -> float:
        """What a squared distance counts: of unit vectors it is twice ``1 - cosine``."""
        return 0.5 if self._metric == "cosine" else 1.0

    def _tensor(self, rows: Any) -> Tensor:
        """Checked rows on the device; without a copy where they are on the CPU."""
        device = resolve_device(self.device)
        if device.type == "mps" and (sp.issparse(rows) or rows.dtype == np.float64):
            device = torch.device("cpu")  # Metal has neither float64 nor CSR
        if sp.issparse(rows):
            crow, col, values = (torch.from_numpy(np.array(part)) for part in (rows.indptr, rows.indices, rows.data))
            return csr_rows(crow, col, values, rows.shape).to(device)
        take_notices()
        return torch.from_numpy(np.ascontiguousarray(rows)).to(device)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
