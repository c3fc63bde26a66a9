"""How far trees can be believed: the share of rows, held out of their growth, whose leaf says their label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..runtime import Seeds
from .tree_fit import FittedTrees, fit_trees

__all__ = ["Fidelity", "TreeFidelities", "cross_validated", "fold_numbers"]

_FOLDS = 5
#: Fewer rows than this are divided again, so that there are as many held out, but not more than so often.
_REPEATED, _MOST_REPEATS = 1000, 5
#: Sizes of tree that are compared.
_MOST_SIZES = 65
#: Rows on which shuffled labels are tried, and their folds.
_SHUFFLED_ROWS, _SHUFFLED_FOLDS = 1000, 2
#: A tree is confident if it mends this share of what chance has wrong, by so many standard errors.
_SKILL, _ERRORS = 0.5, 3.0
#: A larger tree has to be better than a smaller one by more than this, and by more than one standard error.
_WORTH = 0.005


@dataclass(frozen=True)
class Fidelity:
    """Of one size of tree.

    Attributes
    ----------
    mean, std : float
        Over the folds; NaN of too few rows.
    by_chance : float
        The fidelity without any structure: of trees grown on shuffled labels, or the share of the largest cluster.
    is_confident : bool
    """

    mean: float
    std: float
    by_chance: float
    is_confident: bool


@dataclass(frozen=True)
class TreeFidelities:
    """Of the small tree, and of the large one with the number of leaves that it should have."""

    small: Fidelity
    large: Fidelity
    n_leaves: int
    n_folds: int


def cross_validated(
    values: np.ndarray, labels: np.ndarray, weight: np.ndarray, leaves_a_cluster: int, seeds: Seeds
) -> TreeFidelities:
    """Fidelity of trees for rows (n, p) with labels (n,) from 0 and weights (n,); see :func:`fold_numbers`.

    The large tree has as few leaves as are within one standard error of the best number.
    """
    if len(labels) < 2:
        nothing = Fidelity(float("nan"), float("nan"), 1.0, False)
        return TreeFidelities(nothing, nothing, 1, 0)
    numbers = fold_numbers(labels, seeds)
    trees, folds = _grown(values, labels, weight, leaves_a_cluster, numbers)
    least = max(tree.series[0].n_leaves for tree in trees)
    most = max(tree.series[-1].n_leaves for tree in trees)
    sizes = np.unique(np.linspace(least, most, _MOST_SIZES).round().astype(np.int64))
    curve = np.array([
        [_share(fold, tree.with_leaves(int(size)).predict(fold.bins)) for size in sizes]
        for tree, fold in zip(trees, folds, strict=True)
    ])  # fmt: skip
    average = curve.mean(axis=0)
    best = int(average.argmax())
    error = min(curve[:, best].std(ddof=1) / np.sqrt(numbers[0].max() + 1), _WORTH)
    n_leaves = int(sizes[np.flatnonzero(average >= average[best] - error)[0]])
    shares = np.array([
        [_share(fold, tree.small.predict(fold.bins)), _share(fold, tree.large(n_leaves).predict(fold.bins))]
        for tree, fold in zip(trees, folds, strict=True)
    ])  # fmt: skip
    chance = _by_chance(values, labels, weight, n_leaves, seeds)
    n_effective = weight.sum() ** 2 / np.square(weight).sum()
    small, large = (
        _judged(share, by_chance, n_effective) for share, by_chance in zip(shares.T, chance, strict=True)
    )  # fmt: skip
    return TreeFidelities(small, large, n_leaves, len(folds))


@dataclass(frozen=True, eq=False)
class _Fold:
    """Held-out rows."""

    bins: np.ndarray
    labels: np.ndarray
    weight: np.ndarray


def fold_numbers(labels: np.ndarray, seeds: Seeds) -> list[np.ndarray]:
    """Number of the fold (n,) of every row; of few rows several times over, since much depends on the folds there."""
    random, n = seeds.numpy("rules", "folds"), len(labels)
    return [_divided(labels, min(_FOLDS, n), random) for _ in range(int(np.clip(_REPEATED // n, 1, _MOST_REPEATS)))]


def _divided(labels: np.ndarray, n_folds: int, random: np.random.RandomState) -> np.ndarray:
    """Folds (n,) of equal size, with every cluster in as many of them as it can be."""
    order = random.permutation(len(labels))
    order = order[labels[order].argsort(kind="stable")]
    number = np.empty(len(labels), dtype=np.int64)
    number[order] = np.arange(len(labels)) % n_folds
    return number


def _grown(
    values: np.ndarray, labels: np.ndarray, weight: np.ndarray, leaves_a_cluster: int, numbers: list[np.ndarray]
) -> tuple[list[FittedTrees], list[_Fold]]:
    """For each fold, trees of the other rows, and the rows of the fold."""
    trees, folds = [], []
    for number in numbers:
        for fold in range(int(number.max()) + 1):
            out = number == fold
            tree = fit_trees(values[~out], labels[~out], weight[~out], leaves_a_cluster)
            trees.append(tree)
            folds.append(_Fold(tree.binned(values[out]), labels[out], weight[out]))
    return trees, folds


def _share(fold: _Fold, predicted: np.ndarray) -> float:
    return float(fold.weight[predicted == fold.labels].sum() / fold.weight.sum())


def _by_chance(
    values: np.ndarray, labels: np.ndarray, weight: np.ndarray, n_leaves: int, seeds: Seeds
) -> tuple[float, float]:
    """Fidelity that trees of both sizes have where the labels say nothing about the rows."""
    random = seeds.numpy("rules", "shuffled")
    some = random.permutation(len(labels))[:_SHUFFLED_ROWS]
    shuffled = np.unique(labels[random.permutation(some)], return_inverse=True)[1]
    n_clusters = int(shuffled.max()) + 1
    number = _divided(shuffled, _SHUFFLED_FOLDS, random)
    trees, folds = _grown(values[some], shuffled, weight[some], -(-n_leaves // n_clusters), [number])
    largest = float(np.bincount(labels, weight).max() / weight.sum())
    small = [_share(fold, tree.small.predict(fold.bins)) for tree, fold in zip(trees, folds, strict=True)]
    large = [_share(fold, tree.large(n_leaves).predict(fold.bins)) for tree, fold in zip(trees, folds, strict=True)]
    return max(largest, float(np.mean(small))), max(largest, float(np.mean(large)))


def _judged(shares: np.ndarray, by_chance: float, n_effective: float) -> Fidelity:
    mean = float(shares.mean())
    error = np.sqrt(by_chance * (1 - by_chance) / n_effective)
    needed = max(_SKILL * (1 - by_chance), _ERRORS * float(error))
    return Fidelity(mean, float(shares.std(ddof=1)), by_chance, bool(by_chance < 1 and mean - by_chance >= needed))
