"""Clusters corrected by a person: ``merge``, ``rename`` and ``split`` of a fitted deep K-Means."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._validation import Constraint, Interval, OneOf, validate_parameters
from ..data import Rows
from ..data.weights import check_weight
from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import plain_torch
from .cluster_names import checked_names, names_after
from .corrections import Corrections, Merge, Split
from .prediction import CentersInEmbedding
from .sub_clusters import find_parts, how_many_parts

__all__ = ["CorrectsClusters"]

#: So many of the rows given to ``split`` must be in the cluster that the fit put them in, or they are other rows.
_SAME_ROWS = 0.99
_SPLIT: dict[str, list[Constraint]] = {"n_clusters": [Interval(int, 2, None), OneOf("auto")]}


class CorrectsClusters(CentersInEmbedding):
    """A deep K-Means whose clusters can be corrected; the next fit begins without corrections."""

    labels_: np.ndarray
    n_clusters_: int
    report_: dict[str, Any]
    distances_: np.ndarray

    def merge(self, clusters: Iterable[int]) -> Self:
        """Make one cluster of several.

        It has the smallest of their numbers; the numbers after the others move up, so that there are no gaps. Its name
        is theirs, where no two of them have different ones. Rows stay as far from it as they were: ``predict`` still
        looks for the nearest centre of the fit, and ``cluster_centers_`` has the weighted mean of those that were
        merged.

        Parameters
        ----------
        clusters : sequence of int
            Two numbers or more.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError
            For numbers that are no clusters, one twice, or fewer than two.
        """
        check_is_fitted(self)
        given = list(clusters) if isinstance(clusters, Iterable) and not isinstance(clusters, str) else [clusters]
        known = sorted({self._cluster(number, "clusters", "merge") for number in given})
        if len(known) < max(2, len(given)):
            raise InvalidParameterError(
                f"The 'clusters' parameter of merge must name two different clusters or more. Got {given} instead."
            )
        sizes = self._sizes
        mass = [sizes[number] for number in known]
        total = sum(mass)
        step = Merge(tuple(known), tuple(part / total if total else 1 / len(known) for part in mass))
        others = [size for number, size in enumerate(sizes) if number not in known[1:]]
        others[known[0]] = total
        record = {"correction": "merge", "clusters": known, "sizes": mass, "into": known[0]}
        return self._corrected(step, step.numbers(self.labels_), others, record)

    def rename(self, names: Mapping[int, str | None]) -> Self:
        """Give clusters names, which :attr:`cluster_names_` and the model file keep.

        Parameters
        ----------
        names : mapping of int to str or None
            ``{3: "Night owls"}``; None takes a name away.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError
            For numbers that are no clusters, a name that is empty, longer than 100 characters or of another cluster.
        """
        check_is_fitted(self)
        if not isinstance(names, Mapping):
            raise InvalidParameterError(
                f"The 'names' parameter of rename must be a mapping such as {{3: 'Night owls'}}. Got {names!r:.80} "
                "instead."
            )
        given = {self._cluster(number, "names", "rename"): name for number, name in names.items()}
        before, after = self.cluster_names_, checked_names(self.cluster_names_, given)
        changed = [number for number in given if before.get(number) != after.get(number)]
        records = [
            {"correction": "rename", "cluster": number, "name": after.get(number), "before": before.get(number)}
            for number in changed
        ]
        self.cluster_names_ = after
        self.report_ = self._report_with(*records) if records else self.report_
        return self

    @plain_torch()
    def split(self, cluster: int, X: Any, n_clusters: int | str = "auto", sample_weight: Any = None) -> Self:
        """Divide one cluster into parts; rows of other clusters stay.

        The largest part keeps the number, the others have new ones after all there are; the name is gone, as it was
        that of the whole. Parts are found by K-Means of the scaled rows that the network takes, and a new row that
        belongs to the cluster goes to the nearest of them. ``merge`` of the parts undoes it.

        Parameters
        ----------
        cluster : int
        X : the rows of the fit, in their order
            As ``labels_`` follows the split too.
        n_clusters : int or "auto", default="auto"
            How many parts; "auto" finds out as ``n_clusters="divide"`` of a fit does.
        sample_weight : array of shape (n_samples,) or None
            That of the fit, if it had one.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError
            For a number that is no cluster, or no number of parts.
        InvalidDataError
            For other rows or weights than those of the fit, fewer rows than parts, or a cluster without parts.
        """
        check_is_fitted(self)
        number = self._cluster(cluster, "cluster", "split")
        validate_parameters("split", _SPLIT, {"n_clusters": n_clusters})
        checked = self._checked(X)
        z, inputs = self._embedded(checked)
        labels, squared = self._assigned(z, inputs)
        self._check_rows_of_the_fit(labels)
        rows = np.flatnonzero(labels == number)  # rows that are noise among them
        weight = self._weight_of_the_fit(sample_weight, checked, number, rows)
        counted = rows[weight[rows] > 0]
        index = torch.from_numpy(counted).to(z.device)
        step, reason = _parts(inputs.subset(index), z[index], weight[counted], number, n_clusters)
        k = len(self.cluster_centers_)
        divided, after = step.assigned(z, inputs, labels, squared, k)
        into = [number, *range(k, k + step.more)]
        after_split = np.where((self.labels_ == number) & (labels == number), divided, self.labels_)
        counted_in = np.where(after_split < 0, divided, after_split)
        exact = np.bincount(counted_in, weights=weight, minlength=k + step.more)[into]
        sizes = exact.astype(int).tolist() if sample_weight is None else exact.tolist()
        self.inertia_ = max(0.0, self.inertia_ + float((weight[rows] * (after - squared)[rows]).sum()))
        if hasattr(self, "distances_"):
            self.distances_ = self.distances_.copy()
            self.distances_[rows] = np.sqrt(after[rows])
        record = {"correction": "split", "cluster": number, "into": into, "sizes": sizes, "reason": reason}
        every = [*self._sizes[:number], sizes[0], *self._sizes[number + 1 :], *sizes[1:]]
        return self._corrected(step, after_split, every, record)

    @property
    def _sizes(self) -> list[Any]:
        """Of the clusters, by weight."""
        sizes = self.report_.get("cluster_sizes", ())
        k = len(self.cluster_centers_)
        return list(sizes) if len(sizes) == k else np.bincount(self.labels_[self.labels_ >= 0], minlength=k).tolist()

    def _cluster(self, value: Any, parameter: str, method: str) -> int:
        k = len(self.cluster_centers_)
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not 0 <= int(value) < k:
            raise InvalidParameterError(
                f"The {parameter!r} parameter of {method} must name clusters by their numbers, from 0 to {k - 1}. Got "
                f"{value!r:.80} instead."
            )
        return int(value)

    def _corrected(self, step: Merge | Split, labels: np.ndarray, sizes: list[Any], record: dict[str, Any]) -> Self:
        """This model, with one correction more."""
        names = [self.cluster_names_[each] for each in sorted(self.cluster_names_) if each in _changed(step)]
        record = {**record, **({"names": names} if names else {})}
        made = self._corrections or Corrections(self.cluster_centers_.copy())
        self._corrections = made.then(step)
        self.cluster_centers_, self.labels_ = self._corrections.centers(), labels
        self.cluster_names_ = names_after(self.cluster_names_, step)
        self.n_clusters_ = sum(size > 0 for size in sizes)
        self.report_ = {**self._report_with(record), "cluster_sizes": sizes, "n_clusters": self.n_clusters_}
        return self

    def _report_with(self, *records: dict[str, Any]) -> dict[str, Any]:
        return {**self.report_, "corrections": [*self.report_.get("corrections", ()), *records]}

    def _check_rows_of_the_fit(self, labels: np.ndarray) -> None:
        n, known = len(self.labels_), self.labels_ >= 0
        if len(labels) == n and (labels == self.labels_)[known].mean() >= _SAME_ROWS:
            return
        got = f"{len(labels):,} rows" if len(labels) != n else "rows that are in other clusters"
        raise InvalidDataError(
            f"The X of split must hold the {n:,} rows of the fit, in their order, as their labels_ are split too. Got "
            f"{got}."
        )

    def _weight_of_the_fit(self, sample_weight: Any, X: Any, cluster: int, rows: np.ndarray) -> np.ndarray:
        given = check_weight(sample_weight, X)
        weight = np.ones(len(self.labels_)) if given is None else given.astype(np.float64)
        said, mass = float(self._sizes[cluster]), float(weight[rows].sum())
        if abs(mass - said) > (1 - _SAME_ROWS) * said:
            raise InvalidDataError(
                f"The sample_weight of split must be that of the fit, by which cluster {cluster} weighs {said:g}. "
                + ("Got none: pass it." if given is None else f"By the one given it weighs {mass:g}.")
            )
        return weight


def _changed(step: Merge | Split) -> tuple[int, ...]:
    return step.clusters if isinstance(step, Merge) else (step.cluster,)


def _parts(
    rows: Rows, z: Tensor, weight: np.ndarray, cluster: int, n_clusters: int | str
) -> tuple[Split, str | None]:  # fmt: skip
    """The parts of rows with their embedding (n, e), and why there are so many where that was found out."""
    reason = None
    if n_clusters == "auto":
        n_clusters, statistics = how_many_parts(rows, weight) if len(z) > 1 else (1, {"reason": "it has one row"})
        reason = str(statistics["reason"])
        if n_clusters == 1:
            raise InvalidDataError(
                f"Cluster {cluster} has no parts that can be told apart ({reason}); "
                "n_clusters=2 divides it all the same."
            )
    if len(z) < int(n_clusters):
        raise InvalidDataError(
            f"Cluster {cluster} has {len(z)} row{'' if len(z) == 1 else 's'}, fewer than the {n_clusters} parts asked "
            "for; lower n_clusters."
        )
    return find_parts(rows, z, weight, cluster, int(n_clusters)), reason
