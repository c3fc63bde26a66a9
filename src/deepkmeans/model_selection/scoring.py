"""Scores of a fitted clusterer on held-out rows without labels, for scikit-learn's searches and Optuna."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score
from sklearn.utils import _safe_indexing

from .._validation import Instance, Interval, OneOf, validate_parameters
from ..data import check_input
from ..data.input_spec import InputSpec
from ..data.joined_input import is_mapping_of_inputs
from ..data.preprocessing.base import scaling_after
from ..data.preprocessing.given_fit import preprocessed
from ..decomposition import N_COMPONENTS, principal_components
from ..exceptions import InvalidDataError, InvalidParameterError
from ..metrics.internal import macro_silhouettes, predictability
from ..runtime import Seeds, plain_torch, tensor_array
from .scaled_rows import as_fitted, fit_space, input_of, placed

__all__ = ["LabelFreeScorer", "make_label_free_scorer"]

#: The score of a partition that puts all held-out rows into one cluster, or each into its own.
_WORST = {"silhouette": -1.0, "calinski_harabasz": 0.0, "predictability": 0.0, "stability": 0.0}


@dataclass(frozen=True)
class LabelFreeScorer:
    """What :func:`make_label_free_scorer` returns: ``scorer(estimator, X, y=None) -> float``, higher is better."""

    score: str = "silhouette"
    space: Any = "auto"
    reference: Any = None
    max_rows: int = 3000
    random_state: Any = 0

    @plain_torch()
    def __call__(self, estimator: Any, X: Any, y: Any = None) -> float:
        """Score of the labels that the fitted ``estimator`` predicts for the held-out rows ``X``; ``y`` is ignored."""
        if not callable(getattr(estimator, "predict", None)):
            raise InvalidParameterError(
                f"A label-free scorer needs an estimator with predict, for rows that were held out. "
                f"Got {type(estimator).__name__}, which has none."
            )
        if is_mapping_of_inputs(X):
            raise InvalidDataError(
                f"X is a mapping of the inputs {', '.join(map(repr, X))}, and a label-free scorer compares rows of one "
                "input: give one, or use select_n_clusters or select_embedding_dim, which take all."
            )
        seeds = Seeds(self.random_state)
        X = tensor_array(X) if isinstance(X, torch.Tensor) else X
        n = X.shape[0] if hasattr(X, "shape") else len(X)
        if n > self.max_rows:
            X = _safe_indexing(X, np.sort(seeds.numpy("rows").permutation(n)[: self.max_rows]))
        labels = np.asarray(estimator.predict(X)).reshape(-1)
        n_labels = len(np.unique(labels))
        if not 1 < n_labels < len(labels):
            return _WORST[self.score]
        if self.score == "stability":
            again = clone(estimator)
            again.fit(X)
            return float(adjusted_rand_score(labels, np.asarray(again.predict(X)).reshape(-1)))
        how = input_of(estimator)[0]
        rows = self._in_space(X, seeds, how if isinstance(how, InputSpec) else "auto")
        if self.score == "silhouette":
            return float(macro_silhouettes(rows, {"": labels}, seeds.numpy("silhouette"))[0])
        if self.score == "calinski_harabasz":
            return float(calinski_harabasz_score(rows, labels))
        return predictability(rows, labels, seeds.numpy("predictability"))

    def _in_space(self, X: Any, seeds: Seeds, how: Any) -> np.ndarray:
        """Held-out rows (n, p), read ``how`` the estimator reads them, in the space of the scorer."""
        if not isinstance(self.space, str):
            rows = self.space.transform(X)
            return np.asarray(rows.toarray() if sp.issparse(rows) else rows, dtype=np.float64)
        given = X if self.reference is None else self.reference
        fitted = preprocessed(given, how)
        basis = _checked(given) if fitted is None else fitted.checked.X
        checked = basis if given is X else _checked(X) if fitted is None else as_fitted(X, fitted.checked)
        if basis.shape[1] != checked.shape[1]:
            raise InvalidDataError(
                f"The 'reference' rows of the scorer must have the {checked.shape[1]} columns of the rows scored. "
                f"Got {basis.shape[1]} instead."
            )
        scaling = scaling_after(None if fitted is None else fitted.checked.preprocessor)
        space = fit_space(basis, scaling, seeds.numpy("projection"))
        rows = placed(checked, space)
        if rows.shape[1] <= N_COMPONENTS:
            return rows
        known = torch.from_numpy(rows if basis is checked else placed(basis, space))
        mean, components = principal_components(known, N_COMPONENTS, seeds.numpy("axes"))
        return np.asarray(((torch.from_numpy(rows) - mean) @ components).numpy())


def _checked(X: Any) -> Any:
    return check_input(X, "LabelFreeScorer", missing="impute", pictures=True).X


def make_label_free_scorer(
    score: str = "silhouette", *, space: Any = "auto", reference: Any = None, max_rows: int = 3000,
    random_state: Any = 0,
) -> LabelFreeScorer:  # fmt: skip
    """A scorer for ``GridSearchCV(scoring=...)``, ``RandomizedSearchCV`` and Optuna objectives that needs no labels.

    Parameters
    ----------
    score : {"silhouette", "calinski_harabasz", "predictability", "stability"}, default="silhouette"
        The score of the labels that the fitted estimator predicts for held-out rows:

        - ``"silhouette"``: the mean over clusters of their mean silhouette, so that large clusters do not drown small
          ones; -1 to 1.
        - ``"calinski_harabasz"``: variance between over variance within clusters, each per degree of freedom.
        - ``"predictability"``: how well a small classifier, trained on the labels of four fifths of the rows, predicts
          those of the last fifth (normalised mutual information, 0 to 1).
        - ``"stability"``: adjusted Rand index with the labels of the same estimator fitted to the held-out rows alone
          (Lange, Roth, Braun & Buhmann, Neural Computation 2004; Tibshirani & Walther 2005). Costs one more fit.
    space : "auto" or fitted transformer, default="auto"
        The space in which the first three are measured. ``"auto"``: the rows as given, read as the ``InputSpec`` of
        the estimator says and scaled as ``DeepKMeans`` scales them, in their 50 principal components. A fitted
        transformer (with ``transform``) is used as it is.
    reference : array of shape (n_samples, n_features) or None, default=None
        Rows on which the scaling and components of ``space="auto"`` are fitted; None: the held-out rows themselves,
        which are the same for all candidates of a fold.
    max_rows : int, default=3000
        Of more held-out rows, a sample of this size is scored.
    random_state : int, RandomState or None, default=0
        Draws the samples.

    Returns
    -------
    LabelFreeScorer
        ``scorer(estimator, X, y=None) -> float``; higher is better. A partition of the held-out rows into one cluster,
        or into single rows, gets the worst value (-1 or 0), so that collapse is never rewarded.

    Raises
    ------
    InvalidParameterError
        For unknown settings, and when called with an estimator without ``predict``.

    Notes
    -----
    Limits, all of them real:

    - Scores of clusterings can be compared within one space only. A network has an embedding of its own, in which any
      clustering can be made to look perfect by shrinking clusters to points; therefore the estimator's embedding is
      never used here, and ``DeepKMeans.score`` (negative inertia in its embedding) must not compare networks.
    - The fixed space is biased: silhouette and Calinski-Harabasz prefer round groups in the scaled rows, as K-Means
      does. They miss, or even punish, what a network gains on bent or nested groups. Stability and predictability
      prefer no shape, but favour few and large clusters.
    - None of them chooses the number of clusters well by itself; ``select_n_clusters`` weighs several.
    - They rank settings; they do not measure agreement with classes that are known elsewhere.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV, KFold
    >>> from deepkmeans import KMeans
    >>> from deepkmeans.model_selection import make_label_free_scorer
    >>> folds = KFold(3, shuffle=True, random_state=0)  # the table is sorted by class
    >>> scorer = make_label_free_scorer()
    >>> search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [2, 8]}, scoring=scorer, cv=folds)
    >>> search.fit(load_iris().data).best_params_
    {'n_clusters': 2}
    """
    validate_parameters(
        "make_label_free_scorer",
        {
            "score": [OneOf(*_WORST)],
            "space": [OneOf("auto"), Instance(lambda v: hasattr(v, "transform"), "a fitted transformer")],
            "max_rows": [Interval(int, 2, None)],
        },
        {"score": score, "space": space, "max_rows": max_rows},
    )
    return LabelFreeScorer(score, space, reference, int(max_rows), random_state)
