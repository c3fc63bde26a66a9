"""Which row is in which cluster, and how the clusters are called, whatever it is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..exceptions import InvalidParameterError
from ..metrics.labels import encode

__all__ = ["Grouping", "names_of", "title_of"]


@dataclass(frozen=True)
class Grouping:
    """Clusters of n rows.

    Attributes
    ----------
    numbers : list
        The distinct clusters, sorted; -1 is noise.
    index : ndarray of shape (n,)
        Of each row, the position of its cluster in ``numbers``.
    names : dict
        Names of clusters that have one.
    """

    numbers: list[Any]
    index: np.ndarray
    names: Mapping[Any, str]

    @classmethod
    def of(cls, source: Any, purpose: str) -> Grouping:
        """From a fitted clusterer, an explanation of one, or labels (n,)."""
        names: dict[Any, str] = {}
        if hasattr(source, "clusters") and hasattr(source, "labels"):  # an explanation
            labels, names = source.labels, {each.number: each.name for each in source.clusters if each.name}
        elif callable(getattr(source, "fit", None)):
            labels, names = _labels_of_fit(source, purpose), names_of(source)
        else:
            labels = source
        numbers, index = encode(labels, "labels")
        return cls(numbers, index, names)

    @property
    def labels(self) -> np.ndarray:
        """The distinct clusters as an array."""
        return np.asarray(self.numbers)

    @property
    def counts(self) -> np.ndarray:
        """Rows of each cluster."""
        return np.bincount(self.index, minlength=len(self.numbers))

    def title(self, position: int) -> str:
        """What the cluster at this position is called in a picture."""
        return title_of(self.numbers[position], self.names)


def title_of(number: Any, names: Mapping[Any, str]) -> str:
    """A cluster by its number and, where it has one, its name; "noise" for -1."""
    if isinstance(number, int) and number == -1:
        return "noise"
    return f"{number}  {names[number]}" if number in names else str(number)


def names_of(model: Any) -> dict[Any, str]:
    """Names that a person gave clusters of ``model``, by number."""
    return {number: name for number, name in dict(getattr(model, "cluster_names_", None) or {}).items() if name}


def _labels_of_fit(model: Any, purpose: str) -> Any:
    """The labels of the fit of a clusterer, a pipeline or a search."""
    model = getattr(model, "best_estimator_", model)
    model = model.steps[-1][1] if hasattr(model, "steps") else model
    labels = getattr(model, "labels_", None)
    if labels is None:
        raise InvalidParameterError(
            f"{purpose} needs labels of rows, and this {type(model).__name__} holds none: it is not fitted, or was "
            "loaded from a file. Give the labels, as model.predict(X) makes them."
        )
    return labels
