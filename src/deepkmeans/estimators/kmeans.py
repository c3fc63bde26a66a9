"""K-Means as a scikit-learn estimator over :mod:`deepkmeans.kmeans`."""

from __future__ import annotations

import sys
import warnings
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array
from torch import Tensor

from .._caller import caller_level
from .._validation import Constraint, Instance, Interval, OneOf, validate_estimator
from ..data.magnitudes import normalized_weight
from ..data.validation import as_numbers
from ..data.weights import check_enough_rows, check_weight
from ..exceptions import InvalidParameterError
from ..kmeans import SizeBounds, fit_kmeans
from ..runtime import Seeds, plain_torch
from .kmeans_stream import StreamedKMeans
from .size_bounds import BALANCE, SIZE, size_bounds, warn_of_sizes, within_bounds

__all__ = ["KMeans"]


def _is_table(value: Any) -> bool:
    """Whether ``value`` may be centres; what is in it is looked at when there are rows to compare it with."""
    return isinstance(value, (Tensor, list, tuple)) or hasattr(value, "shape")


class KMeans(StreamedKMeans):
    """K-Means clustering: Lloyd's algorithm from greedy k-means++ starts, and a search beyond its local optimum.

    Parameters
    ----------
    n_clusters : int, default=8
        Clusters to form.
    init : {"k-means++", "k-means||", "random"} or array-like of shape (n_clusters, n_features), default="k-means++"
        Starting centres: rows far apart, the same in few passes over the data, random rows, or these centres.
    n_init : "auto" or int, default="auto"
        Runs from different starts, the best of which is kept; "auto" is 1, and 10 for ``init="random"``.
        Given centres are run once. With ``refine`` these are starts on a sample, at least as many as k asks for.
    refine : "auto" or bool, default="auto"
        Search for a lower inertia than Lloyd's algorithm finds: solutions on growing samples are recombined, and
        centres that are hardly missed are moved into clusters that are better split, as long as the inertia falls.
        "auto" is True unless ``init`` is an array of centres.
    metric : {"euclidean", "cosine"}, default="euclidean"
        "cosine" is spherical K-Means: rows count by their direction alone, centres have length one. A fitted model
        keeps the metric of its fit.
    balance : float in [0, 1], default=0.0
        How equal the sizes of the clusters are: none is smaller than ``balance`` times the mean size, or larger than
        the mean size divided by ``balance``. 0 leaves them free, with 1 they are equal to the row.
    min_size, max_size : int, float or None, default=None
        Least and most rows of a cluster (their weight, with ``sample_weight``), or shares of all if below 1, to the
        next row.
    max_iter : int, default=300
        Most iterations of Lloyd, each of them over all rows.
    tol : float, default=1e-4
        Converged when the squared movement of all centres together is at most ``tol`` times the mean variance of
        the columns.
    decay_factor : float in [0, 1], default=1.0
        Factor by which a call of ``partial_fit`` multiplies the weights of rows of earlier batches: 1 keeps them, 0
        forgets them.
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
    prices_ : ndarray of shape (n_clusters,), float64
        What is added to the squared distance to each centre when rows are assigned, so that sizes stay within their
        bounds; 0 without.
    n_iter_ : int
        Iterations of the run that was kept.
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
    float64 are kept; other numbers become one of the two. An iteration costs O(n_samples n_clusters n_features).

    Results differ from :class:`sklearn.cluster.KMeans` of the same start only where two centres are exactly equally
    near: here the lower index wins, there rounding decides.

    Sizes are kept within bounds on the rows of the fit, exactly unless equal rows or weights, which cannot be divided,
    stand in the way. ``predict`` assigns by distance and price: new rows fall where those of the fit did, in any
    numbers; ``transform`` stays the distances. Memory is then that of three tables of n_samples x n_clusters numbers.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", 1982. D. Arthur and S. Vassilvitskii, "k-means++: the
    advantages of careful seeding", 2007. B. Bahmani et al., "Scalable k-means++", 2012. D. Gribel and T. Vidal,
    "HG-means", 2019 (the search). I. S. Dhillon and D. S. Modha, "Concept decompositions for large sparse text data",
    2001 (cosine). P. S. Bradley, K. P. Bennett and A. Demiriz, "Constrained K-Means clustering", 2000 (sizes).

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
        "balance": BALANCE,
        "min_size": SIZE,
        "max_size": SIZE,
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
        balance: float = 0.0,
        min_size: int | float | None = None,
        max_size: int | float | None = None,
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
        self.balance = balance
        self.min_size = min_size
        self.max_size = max_size
        self.max_iter = max_iter
        self.tol = tol
        self.decay_factor = decay_factor
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def _with_plain_starts(self, n_init: int) -> KMeans:
        """Itself, with so many plain starts and no search; not by ``set_params``: a subclass may not take either."""
        self.refine, self.n_init = False, n_init
        return self

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
            bounds = self._size_bounds(rows, weight)
        self._fit(rows, weight, init, bounds)
        self.__dict__.pop("n_steps_", None)
        return self

    def _size_bounds(self, rows: Any, weight: np.ndarray | None) -> SizeBounds | None:
        asked = {name: getattr(self, name) for name in ("balance", "min_size", "max_size")}
        return size_bounds(type(self).__name__, int(self.n_clusters), weight, rows.shape[0], **asked)

    def _fit(self, rows: Any, weight: np.ndarray | None, init: Any, bounds: SizeBounds | None = None) -> None:
        """Set the fitted attributes from checked rows and weights."""
        refine = isinstance(init, str) if self.refine == "auto" else bool(self.refine)
        many = 10 if isinstance(init, str) and init == "random" and not refine else 1
        n_init = many if self.n_init == "auto" else self.n_init
        tensor, (relative, unit) = self._tensor(rows), normalized_weight(weight)
        result = fit_kmeans(
            tensor,
            int(self.n_clusters),
            init=init if isinstance(init, str) else torch.from_numpy(init).to(tensor.device),
            n_init=int(n_init),
            weight=None if relative is None else torch.from_numpy(relative).to(tensor),
            max_iter=int(self.max_iter),
            tol=float(self.tol),
            refine=refine,
            metric=self.metric,
            generator=Seeds(self.random_state).generator("kmeans"),
        )
        prices = None
        if bounds is not None:
            inside = SizeBounds(bounds.low / unit, bounds.high / unit)
            how: dict[str, Any] = {"max_iter": int(self.max_iter), "tol": float(self.tol), "metric": self.metric}
            prices, result = within_bounds(tensor, result, inside, weight=relative, **how)
        #: The metric of the centres: set_params may change ``metric``, and a fitted model predicts as fitted.
        self._metric = self.metric
        self.cluster_centers_ = result.centers.cpu().numpy()
        self.prices_ = np.zeros(len(result.centers)) if prices is None else prices.cpu().double().numpy()
        self.labels_ = result.labels.cpu().numpy()
        self.inertia_ = result.inertia * self._unit * unit
        self.n_iter_ = result.n_iter
        self.n_clusters_ = len(np.unique(self.labels_ if weight is None else self.labels_[weight > 0]))
        self.counts_ = np.bincount(self.labels_, weights=weight, minlength=len(self.cluster_centers_)).astype(
            np.float64
        )
        self._n_features_out = len(self.cluster_centers_)
        self._warn(result.converged)
        if bounds is not None:
            warn_of_sizes(bounds, self.counts_, weight is not None)
        if self.verbose:
            outcome = f"{self.n_clusters_} clusters, inertia {self.inertia_:.6g}"
            sys.stderr.write(f"K-Means: {outcome} after {self.n_iter_} iterations\n")

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
                stacklevel=caller_level(),
            )
        if not converged:
            warnings.warn(
                f"K-Means stopped at max_iter={self.max_iter} before it converged; raise max_iter or tol.",
                ConvergenceWarning,
                stacklevel=caller_level(),
            )
