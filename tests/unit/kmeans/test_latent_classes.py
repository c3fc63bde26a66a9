"""Mixtures for columns of levels, and how many classes there are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from deepkmeans.kmeans import completed_likelihoods, fit_latent_classes, level_gain


def classes(n: int = 300, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Six columns of four levels, of which each class has one in most of its rows; and the classes."""
    random = np.random.RandomState(seed)
    y = np.arange(n) % k
    own = random.permutation(4)[:k][:, None] + np.arange(6)
    return np.where(random.rand(n, 6) < 0.85, own[y] % 4, random.randint(0, 4, (n, 6))), y


def number(levels: np.ndarray, mass: np.ndarray) -> int:
    fits = completed_likelihoods(levels, range(1, 9), mass, np.random.RandomState(0))
    return min(fits, key=lambda k: fits[k].criterion)


def test_one_class_is_the_product_of_the_shares() -> None:
    levels = np.array([[0, 0], [0, 1], [1, 1], [0, -1]])
    fit = fit_latent_classes(levels, 1, np.ones(4), np.random.RandomState(0))
    by_hand = 3 * np.log(3 / 4) + np.log(1 / 4) + np.log(1 / 3) + 2 * np.log(2 / 3)
    assert fit.log_likelihood == pytest.approx(by_hand)
    assert fit.criterion == pytest.approx(2 * np.log(4) - 2 * by_hand)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_classes_and_their_number_are_found_with_gaps_and_without(k: int) -> None:
    levels, y = classes(k=k)
    assert number(levels, np.ones(len(y))) == k
    assert adjusted_rand_score(y, fit_latent_classes(levels, k, np.ones(300), np.random.RandomState(0)).labels) > 0.9
    missing = np.where(np.random.RandomState(1).rand(*levels.shape) < 0.1, -1, levels)
    assert number(missing, np.ones(len(y))) == k


def test_independent_columns_are_one_class() -> None:
    levels = np.random.RandomState(0).randint(0, [2, 3, 4, 5, 6], (400, 5))
    assert number(levels, np.ones(400)) == 1


def test_a_mass_is_copies() -> None:
    levels, _ = classes(120)
    mass = np.arange(120) % 3 + 1.0
    copied = np.repeat(levels, mass.astype(int), axis=0)
    once = fit_latent_classes(levels, 1, mass, np.random.RandomState(0))
    twice = fit_latent_classes(copied, 1, np.ones(240), np.random.RandomState(0))
    assert once.criterion == pytest.approx(twice.criterion)
    assert number(levels, mass) == number(copied, np.ones(240)) == 3


def test_gain_of_labels_for_columns() -> None:
    levels, y = classes()
    mass = np.ones(len(y))
    assert level_gain(levels, y, mass) > 100
    assert level_gain(levels, np.random.RandomState(0).permutation(y), mass) < 0
    two, same = np.array([[0], [0], [1], [1]]), np.array([0, 0, 1, 1])
    assert level_gain(two, same, np.ones(4)) == pytest.approx(4 * np.log(2) - 0.5 * np.log(4))
