"""Where no structure is clear: the division that is of most use even so, if the classical criteria see one.

Groups that run into each other have no low-density gap between them, and may still be worth telling apart: customers
by income and score. A division into k is useful if it holds by all of

- silhouette: larger than that of every structureless table divided into k the same way,
- gap statistic: larger than of one cluster, by a tenth and by one and a half standard errors,
- stability: larger than of structureless tables,

and if three criteria would choose k themselves, to within 1. One Gaussian blob and uniform noise have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .internal import log_inertia, sampled_silhouette
from .n_clusters_criteria import first_gap

__all__ = ["Reference", "division_in_words", "useful_division"]

#: Structureless rows (m, d), and their partitions by number of clusters.
Reference = tuple[np.ndarray, dict[int, np.ndarray]]
#: Standard errors by which the gap has to grow, and the least growth: of the logarithm of the inertia.
_ERRORS, _GROWTH = 1.5, 0.1
#: Criteria that have to choose k, to within 1.
_AGREE = 3


def useful_division(
    X: np.ndarray, ks: Sequence[int], curves: Mapping[str, Sequence[float]], suggestions: Mapping[str, int | None],
    references: Sequence[Reference],
) -> dict[str, Any] | None:  # fmt: skip
    """The k > 1 that most criteria choose of those that hold; None if there is none, or it was not measured.

    Parameters
    ----------
    X : ndarray of shape (m, d)
        The rows of the curves.
    ks, curves, suggestions
        As :func:`~.n_clusters_criteria.criteria_curves` and :func:`~.n_clusters_criteria.suggestions` have them.
    references : sequence of (rows, partitions)
        The structureless tables of the gap statistic.

    Returns
    -------
    dict or None, JSON-safe
        ``n_clusters``; ``criteria``, the names of those that choose it to within 1; ``silhouette`` and ``stability``,
        each with that ``_of_chance``; ``gap``, by how much it grows from one cluster, and ``gap_error``.
    """
    if not references:
        return None
    # The gap statistic of one cluster is its answer where even two are too many: here it is asked for more than one.
    more = [i for i, k in enumerate(ks) if k > 1]
    gaps = first_gap([ks[i] for i in more], [curves["gap"][i] for i in more], [curves["gap_error"][i] for i in more])
    chosen = {name: k for name, k in {**suggestions, "gap": gaps}.items() if k is not None and k > 1}
    one = np.zeros(len(X), dtype=np.int64)
    gap_of_one = float(np.mean([log_inertia(box, one) for box, _ in references])) - log_inertia(X, one)
    useful: list[tuple[tuple[int, int, float], dict[str, Any]]] = []
    for k in sorted(set(chosen.values())):
        at = {name: float(values[list(ks).index(k)]) for name, values in curves.items()}
        criteria = [name for name, suggested in chosen.items() if abs(suggested - k) <= 1]
        grows = at["gap"] - gap_of_one
        # What was not measured is NaN, and does not hold.
        holds = grows > max(_GROWTH, _ERRORS * at["gap_error"]) and at["stability"] > at["stability_of_chance"]
        if len(criteria) < _AGREE or not holds:
            continue
        chance = max(_silhouette(box, labels.get(k), number) for number, (box, labels) in enumerate(references))
        if not at["silhouette"] > chance:
            continue
        exactly = sum(suggested == k for suggested in chosen.values())
        measured = {
            "n_clusters": int(k), "criteria": criteria, "silhouette": at["silhouette"], "silhouette_of_chance": chance,
            "gap": grows, "gap_error": at["gap_error"], "stability": at["stability"],
            "stability_of_chance": at["stability_of_chance"],
        }  # fmt: skip
        useful.append(((len(criteria), exactly, at["silhouette"] - chance), measured))
    return max(useful, key=lambda one: one[0])[1] if useful else None


def division_in_words(division: Mapping[str, Any] | None, option: str) -> str:
    """What a reason says of it; ``option`` takes it, in the terms of the caller."""
    if division is None:
        return "no division into several groups is better than one of random rows"
    names = [name.replace("_", "-") for name in division["criteria"]]
    return (
        f"the most useful division is into {division['n_clusters']} groups, better than of random rows by silhouette, "
        f"gap statistic and stability ({', '.join(names)} would choose it to within 1): {option} takes it"
    )


def _silhouette(X: np.ndarray, labels: np.ndarray | None, seed: int) -> float:
    return -1.0 if labels is None else sampled_silhouette(X, labels, np.random.RandomState(seed))
