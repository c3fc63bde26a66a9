"""Which of several inputs decided the cluster of a row.

A row is embedded as the weighted mean z of what its inputs say, z_i with shares w_i of the weight. How far it is from
the border between its cluster c_1 and the runner-up c_2, ``|z - c_2|^2 - |z - c_1|^2``, is linear in z: it is the mean,
by the same w_i, of how far each input alone would put the row. So the margin falls apart into one term for each input,
exactly; what speaks for the cluster is shared out, and what speaks against it counts as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.joined_given import inputs_as_in_the_fit
from ..data.joined_input import JoinedInput
from ..exceptions import InvalidDataError
from .contributions import checked_index
from .formatting import share_text
from .runner_up import center_labels, prices_of, sides_of
from .spaces import Clusterer
from .summary import joined

__all__ = ["InputShares", "input_shares"]

#: An input that decides less is not named.
_LEAST = 0.05


@dataclass(frozen=True, eq=False)
class InputShares:
    """What each of m inputs has decided, of n rows.

    Attributes
    ----------
    names : tuple of str
        Of the m inputs.
    shares : ndarray of shape (n, m)
        Of what speaks for the cluster of a row, from 0 to 1, summing to 1; 0 where the row lacks the input. NaN where
        it lacks all.
    margins : ndarray of shape (n, m)
        What each input adds to how far the row is from the border to the runner-up; negative where it speaks against
        the cluster. NaN where the row lacks it.
    alone : ndarray of shape (n, m), int64
        The cluster that each input alone would give; -1 where the row lacks it.
    labels : ndarray of shape (n,), int64
        The cluster that all give together.
    weights : mapping of str to float
        How much each counts in the embedding, as the fit has learnt it.
    agreement : mapping of str to float
        How far the neighbours of one are those of the others, from 0 (as by chance) to 1.
    """

    names: tuple[str, ...]
    shares: np.ndarray
    margins: np.ndarray
    alone: np.ndarray
    labels: np.ndarray
    weights: Mapping[str, float]
    agreement: Mapping[str, float]

    @property
    def present(self) -> np.ndarray:
        """Which rows have which input, (n, m)."""
        return ~np.isnan(self.margins)

    def mean(self, rows: np.ndarray | None = None) -> dict[str, float]:
        """Mean shares of the inputs over ``rows``, positions or a mask; the largest first. None: all."""
        shares = self.shares if rows is None else self.shares[rows]
        known = shares[~np.isnan(shares).any(axis=1)]
        means = known.mean(axis=0) if len(known) else np.zeros(len(self.names))
        order = np.argsort(-means, kind="stable")
        return {self.names[at]: float(means[at]) for at in order.tolist()}

    def same(self) -> dict[str, float]:
        """Of each input the share of the rows that have it to which it alone would give their cluster."""
        right = self.alone == self.labels[:, None]
        return {
            name: float(right[there, at].mean()) if there.any() else float("nan")
            for at, (name, there) in enumerate(zip(self.names, self.present.T, strict=True))
        }

    def missing(self) -> dict[str, int]:
        """How many rows lack each input."""
        return dict(zip(self.names, (~self.present).sum(axis=0).tolist(), strict=True))

    def text(self, row: int) -> str:
        """Which input decided a row, counted from 0, in a sentence."""
        row = int(checked_index([row], len(self.labels), "text")[0])
        if np.isnan(self.shares[row]).any():
            return f"Row {row} has none of the inputs, and is taken for the mean row."
        order = np.argsort(-self.shares[row], kind="stable")
        speaking = [
            f"{self.names[at]} ({share_text(self.shares[row, at])})"
            for at in order.tolist() if self.shares[row, at] >= _LEAST
        ]  # fmt: skip
        against = [
            f"{self.names[at]} alone would put it in cluster {self.alone[row, at]}"
            for at in order.tolist() if self.present[row, at] and self.alone[row, at] != self.labels[row]
        ]  # fmt: skip
        lacking = [name for name, there in zip(self.names, self.present[row], strict=True) if not there]
        said = f"Row {row} is in cluster {self.labels[row]} by its {joined(speaking)}"
        said += f"; {joined(against)}" if against else ""
        return f"{said}{f'; it has no {joined(lacking)}' if lacking else ''}."

    def cluster_text(self, rows: np.ndarray) -> str:
        """``photo 61%, title 39%``: what decided these rows on average."""
        said = [f"{name} {share_text(share)}" for name, share in self.mean(rows).items() if share >= _LEAST]
        return ", ".join(said) or "nothing"

    def summary(self) -> str:
        """What decides over all rows, and which inputs go their own way, in sentences."""
        speaking = [f"{name} ({share_text(share)})" for name, share in self.mean().items() if share >= _LEAST]
        others = [name for name, share in self.mean().items() if share < _LEAST]
        said = f"The cluster of a row is decided by {joined(speaking)} on average"
        if others:
            said += f"; {joined(others)} {'counts' if len(others) == 1 else 'count'} for next to nothing"
        same = {name: share_text(share) for name, share in self.same().items() if not np.isnan(share)}
        alone = [
            f"{name} alone would give {share} of the rows the same cluster" if not at else f"{name} {share}"
            for at, (name, share) in enumerate(same.items())
        ]
        return f"{said}; {joined(alone)}."

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the rows."""
        return {
            "share": self.mean(), "weight": dict(self.weights), "agreement": dict(self.agreement),
            "same_alone": {name: None if np.isnan(share) else share for name, share in self.same().items()},
            "missing": self.missing(),
        }  # fmt: skip


def input_shares(clusterer: Clusterer, X: Any, labels: np.ndarray, space: np.ndarray) -> InputShares | None:
    """Of a model of several inputs, for rows ``X`` with these labels (n,) and this embedding (n, e); None for others,
    and where clusters were corrected in a way that the nearest centre does not say."""
    model, pipeline = clusterer.model, clusterer.joined
    if pipeline is None:
        return None
    centers = np.asarray(model.cluster_centers_, dtype=np.float64)
    prices = prices_of(model, len(centers))
    squared = _squared(space, centers) + prices
    numbers = center_labels(squared, labels)
    if numbers is None:
        return None
    try:
        sides = sides_of(squared, numbers)
    except InvalidDataError:  # a single cluster
        return None
    checked, _ = inputs_as_in_the_fit(X, pipeline, type(model).__name__, "impute")
    names = tuple(name for name in pipeline.pipelines if name in X)
    weight = model.encoder_.log_weights
    factors = np.ones(len(pipeline.pipelines)) if weight is None else weight.detach().cpu().double().exp().numpy()
    of_input = dict(zip(model.encoder_.input_names, factors.tolist(), strict=True))
    there = np.stack([checked.present[name] for name in names], axis=1)
    mass = there * np.array([of_input[name] for name in names])
    total = mass.sum(axis=1, keepdims=True)
    mass = np.divide(mass, total, out=np.zeros_like(mass), where=total > 0)
    margins = np.full(there.shape, np.nan)
    alone = np.full(there.shape, -1, dtype=np.int64)
    row = np.arange(len(space))
    for at, name in enumerate(names):
        only = JoinedInput(checked.parts, {other: held & (other == name) for other, held in checked.present.items()})
        z = np.asarray(model._embedding(only).cpu().numpy(), dtype=np.float64)
        away = _squared(z, centers) + prices
        held = there[:, at]
        alone[held, at] = numbers[away.argmin(axis=1)][held]
        margins[held, at] = (mass[:, at] * (away[row, sides.next] - away[row, sides.near]))[held]
    return InputShares(
        names, _shares(margins, mass), margins, alone, sides.first.astype(np.int64),
        *(_of_report(clusterer.report, names, key) for key in ("weight", "agreement")),
    )  # fmt: skip


def _shares(margins: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """Shares (n, m) of what speaks for a cluster; of a row for which nothing does, as on the border, of the weights."""
    speaking = np.nan_to_num(margins).clip(min=0.0)
    speaking = np.where(speaking.sum(axis=1, keepdims=True) > 0, speaking, mass)
    total = speaking.sum(axis=1, keepdims=True)
    return np.divide(speaking, total, out=np.full_like(speaking, np.nan), where=total > 0)


def _squared(rows: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Squared distances (n, k) of rows (n, e) from centres (k, e)."""
    return np.stack([np.square(rows - center).sum(axis=1) for center in centers], axis=1)


def _of_report(report: Mapping[str, Any], names: tuple[str, ...], key: str) -> dict[str, float]:
    said = report.get("modalities", {})
    return {name: float(said[name][key]) for name in names if key in said.get(name, {})}
