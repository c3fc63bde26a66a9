"""How near a row is to each cluster of any clusterer: from its distances, its probabilities or its labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.neighbors import NearestNeighbors

from .original import OriginalRows
from .runner_up import Sides, center_labels, prices_of, sides_of
from .spaces import Clusterer

__all__ = ["Nearness", "nearness_of"]

#: Rows that decide what is near a row of a clusterer that only has labels.
_NEIGHBOURS = 10
#: Shares of the nearest cluster and of the next one that no neighbour is in: less than one neighbour has.
_TOO_FAR_TO_VOTE = (0.5 / _NEIGHBOURS, 0.25 / _NEIGHBOURS)
#: What a place among the neighbours counts: all of them less than one vote.
_A_PLACE = 0.01 / _NEIGHBOURS
_LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class Nearness:
    """Numbers (n, k) of rows, as given: the larger, the nearer; and what is known of the rows of ``explain_rows``.

    Attributes
    ----------
    method : str
    of : function of rows as given
    labels : ndarray of shape (k,)
    sides : Sides
    prices : ndarray of shape (k,)
        That are part of the numbers, see :func:`.runner_up.prices_of`.
    """

    method: str
    of: Callable[[Any], np.ndarray]
    labels: np.ndarray
    sides: Sides
    prices: np.ndarray

    def leads(self, rows: Any, labels: np.ndarray, over: int) -> np.ndarray:
        """By how much rows, as given, are nearer to each of the clusters ``labels`` (l,) than to ``over``, (m, l)."""
        scores = self.of(rows)
        members = [self.labels == each for each in [*labels.tolist(), over]]
        # A cluster that the model does not measure, as that of noise, is as far from every row.
        near = np.stack([scores[:, at].max(axis=1) if at.any() else np.zeros(len(scores)) for at in members], axis=1)
        return near[:, :-1] - near[:, -1:]



def nearness_of(clusterer: Clusterer, X: Any, labels: np.ndarray, rows: OriginalRows) -> Nearness:
    """By the first of: distances that ``transform`` gives, ``predict_proba``, ``predict``, labels of neighbours."""
    model = clusterer.model
    measures: list[tuple[str, str, Callable[[Any], np.ndarray]]] = [
        ("transform", "distances", lambda rows: _minus_squares(model, clusterer.entering(rows))),
        ("predict_proba", "probabilities",
            lambda rows: np.log(np.maximum(model.predict_proba(clusterer.entering(rows)), _LEAST))),
    ]  # fmt: skip
    for name, method, measure in measures:
        if callable(getattr(model, name, None)):
            scores = measure(X)
            numbers = center_labels(-scores, labels) if scores.ndim == 2 and np.isfinite(scores).all() else None
            if numbers is not None:
                prices = prices_of(model if name == "transform" else None, len(numbers))
                return Nearness(method, measure, numbers, sides_of(-scores, numbers), prices)
    groups = np.unique(labels)
    free = np.zeros(len(groups))
    if not callable(getattr(model, "predict", None)):
        votes = _Votes.of(_dense(clusterer.entering(X)), labels, groups)
        near = _by_votes(votes, labels)
        return Nearness("neighbours", lambda rows: votes(_dense(clusterer.entering(rows))), groups, near, free)
    design = rows.design().values
    around = _Votes.of(_standardised(design), labels, groups)

    def says(rows: Any) -> np.ndarray:
        return (np.asarray(model.predict(clusterer.entering(rows)))[:, None] == groups).astype(np.float64)

    return Nearness("labels", says, groups, _by_votes(around, labels), free)


@dataclass(frozen=True, eq=False)
class _Votes:
    """Shares (n, k) of the labels ``groups`` (k,) among the neighbours of rows."""

    neighbours: NearestNeighbors
    rows: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> _Votes:
        return cls(NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(rows))).fit(rows), rows, labels, groups)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self.of_neighbours(rows).mean(axis=1))

    def of_neighbours(self, rows: np.ndarray) -> np.ndarray:
        """Whether each neighbour (n, m, k), the nearest first, has the label."""
        near = self.labels[self.neighbours.kneighbors(rows, return_distance=False)]
        return np.asarray(near[:, :, None] == self.groups)


def _by_votes(votes: _Votes, labels: np.ndarray) -> Sides:
    """The rows' own labels, and the other label of most neighbours; of the nearest row of another where all agree.

    Rows of noise have no label of their own, and get two of others: that of most neighbours, or of the nearest row that
    is in a cluster, and the next one in the same way. Of labels of as many neighbours that of the nearest comes first.
    """
    votes_of = votes.of_neighbours(votes.rows)
    shares = votes_of.mean(axis=1) - votes_of.any(axis=1) * votes_of.argmax(axis=1) * _A_PLACE
    shares = np.where(labels[:, None] == votes.groups, 2.0, shares)
    for share in _TOO_FAR_TO_VOTE:
        known = (shares > 0) & (votes.groups != -1)
        lacking = np.flatnonzero(known.sum(axis=1) < 2)
        held = np.where(known.any(axis=1), votes.groups[known.argmax(axis=1)], -1)[lacking]
        for label in np.unique(held).tolist():
            elsewhere = np.flatnonzero((labels != label) & (labels != -1))
            if len(elsewhere):
                asked = lacking[held == label]
                nearest = NearestNeighbors(n_neighbors=1).fit(votes.rows[elsewhere])
                next_to = elsewhere[nearest.kneighbors(votes.rows[asked], return_distance=False)[:, 0]]
                shares[asked, np.searchsorted(votes.groups, labels[next_to])] = share
    return sides_of(-shares, votes.groups)


def _minus_squares(model: Any, rows: Any) -> np.ndarray:
    """Minus the squared distances (n, k) that ``transform`` gives, and prices."""
    squared = np.square(np.asarray(model.transform(rows), dtype=np.float64))
    return -squared - (prices_of(model, squared.shape[1]) if squared.ndim == 2 else 0.0)


def _standardised(values: np.ndarray) -> np.ndarray:
    missing = np.isnan(values)
    values = np.where(missing, np.nanmean(np.where(missing.all(axis=0), 0.0, values), axis=0), values)
    return np.asarray((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-12))


def _dense(rows: Any) -> np.ndarray:
    return np.asarray(rows.toarray() if sp.issparse(rows) else rows, dtype=np.float64)
