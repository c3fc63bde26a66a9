"""Few different rows: clear groups and copies of a few are found, noise and all combinations of values are not."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.graph import FewDistinct, NClustersChoice, n_clusters_statistics
from deepkmeans.graph.few_distinct import FEW_ROWS, clear_groups, weigh_distinct

KS = range(1, 9)
NONE = NClustersChoice(1, 2, 0.99, True, "no clear structure", {1: 0.99, 2: 0.01})
BLOCK = np.stack(np.meshgrid(range(3), range(3)), axis=-1).reshape(-1, 2).astype(float)


def groups(n: int, k: int, seed: int) -> np.ndarray:
    """Ten deviations apart, in two columns."""
    centers = np.array([[0, 0], [10, -10], [20, 0], [10, 10]])[:k]
    return centers[np.arange(n) % k] + np.random.RandomState(seed).randn(n, 2)


def few(rows: np.ndarray, mass: np.ndarray | float = 1.0) -> FewDistinct:
    return FewDistinct(rows, np.broadcast_to(np.asarray(mass, dtype=float), len(rows)), coded=False)


def fitted(X: object) -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = DeepKMeans("auto", max_epochs=1, random_state=0).fit(X)
    found = model.report_["n_clusters_selection"]
    assert model.n_clusters_ == found["n_clusters"] == len(np.unique(model.labels_))
    return found


def test_different_rows_are_counted_once_and_many_are_not_few():
    rows = np.array([[2.0, 0.0], [1.0, 5.0]])
    few = FewDistinct.of(rows[[0, 1, 1, 0, 1]], np.arange(5.0), coded=False)
    assert few is not None
    np.testing.assert_array_equal(few.rows, rows[::-1])
    np.testing.assert_array_equal(few.mass, [7, 3])
    assert FewDistinct.of(np.arange(FEW_ROWS)[:, None], np.ones(FEW_ROWS), coded=False) is None
    assert FewDistinct.of(np.arange(300)[:, None] // 3, np.ones(300), coded=False) is None


@pytest.mark.parametrize(("n", "k"), [(20, 2), (24, 3), (40, 4)])
def test_groups_far_from_each_other(n, k):
    found = clear_groups(groups(n, k, 0), np.ones(n), KS)
    assert found is not None and found.n_clusters == k
    assert found.silhouette > found.of_chance


@pytest.mark.parametrize("n", [12, 24, 40])
def test_noise_has_no_groups(n):
    random = np.random.RandomState(n)
    for X in (random.randn(n, 2), random.rand(n, 1), random.rand(n, 5), random.exponential(size=(n, 2))):
        assert clear_groups(X, np.ones(n), KS) is None


def test_copies_count_as_rows():
    blocks = np.vstack([BLOCK, BLOCK + 100, BLOCK + [0, 100]])
    found = clear_groups(blocks, np.full(27, 9.0), KS)
    assert found is not None and found.n_clusters == 3
    alone = np.vstack([BLOCK, BLOCK + 100, [[0, 100]]])  # one row far away is no group
    assert getattr(clear_groups(alone, np.ones(19), KS), "n_clusters", 1) != 3


def test_rows_that_are_copies_of_a_few():
    diagonal = np.array([[0.0, 0], [5, 2], [10, 4], [15, 1], [20, 3]])
    assert few(diagonal, 40).n_copied == 5
    assert few(diagonal[:2], 50).n_copied == 2
    assert few(diagonal, np.array([40, 40, 40, 40, 2])).n_copied == 4  # two rows elsewhere
    assert few(diagonal, np.array([40, 40, 40, 40, 4])).n_copied == 4
    assert few(diagonal).n_copied == 1  # no copies
    assert few(BLOCK, 40).n_copied == 1  # all combinations of three values
    assert few(np.arange(5.0)[:, None], 40).n_copied == 1  # a scale from 0 to 4
    assert FewDistinct(diagonal, np.full(5, 40.0), coded=True).n_copied == 1


def test_the_choice_by_gaps_stays_unless_it_is_one():
    clear = NClustersChoice(2, 3, 0.99, True, "gaps", {2: 0.99})
    three = few(groups(24, 3, 0))
    assert weigh_distinct(clear, three, KS) is clear
    assert weigh_distinct(NONE, None, KS) is NONE
    taken = weigh_distinct(NONE, three, KS)
    assert (taken.n_clusters, taken.second, taken.confident) == (3, 1, True)
    assert max(taken.posterior, key=lambda k: taken.posterior[k]) == 3
    assert sum(taken.posterior.values()) == pytest.approx(1)
    assert taken.reason.startswith("the different rows are few, but in 3 groups far from each other: silhouette 0.")
    assert weigh_distinct(NONE, three, [1, 2]).n_clusters < 3
    unsure = weigh_distinct(NONE, few(np.random.RandomState(0).randn(24, 2)), KS)
    assert unsure.n_clusters == 1 and not unsure.confident and unsure.confidence < 0.5


def test_other_statistics_are_as_without_a_look_at_them():
    X = torch.from_numpy(groups(24, 3, 0).astype(np.float32))
    before, after = (
        n_clusters_statistics(X, KS, np.random.RandomState(0), distinct=given)
        for given in (None, FewDistinct.of(X.numpy(), np.ones(24), coded=False))
    )
    assert (before["curves"], before["suggestions"]) == (after["curves"], after["suggestions"])
    assert after["n_clusters"] == 3


def test_fits_of_few_rows_and_of_copies():
    assert fitted(groups(24, 3, 1))["n_clusters"] == 3
    noise = fitted(np.random.RandomState(0).randn(24, 2))
    assert noise["n_clusters"] == 1 and noise["confidence"] < 0.5
    pair = fitted(np.tile([[1.0, 2.0], [3.0, 4.0]], (50, 1)))
    assert pair["n_clusters"] == 2
    assert pair["reason"] == "nearly all rows are copies of 2 different ones"
    five = np.array([[0.0, 0], [5, 2], [10, 4], [15, 1], [20, 3]])
    assert fitted(np.tile(five, (40, 1)))["n_clusters"] == 5


def test_latent_classes_count_the_copies_of_few_different_rows():
    random = np.random.RandomState(0)
    group = np.arange(120) % 3
    cells = [np.where(random.rand(120) < 0.85, group, random.randint(0, 3, 120)) for _ in range(3)]
    frame = pd.DataFrame({name: np.array(list("uvw"))[cell] for name, cell in zip("abc", cells, strict=True)})
    assert len(frame.drop_duplicates()) < 27
    found = fitted(frame)
    assert found["n_clusters"] == 3 and "latent classes" in found["reason"]
    alone = pd.DataFrame({name: np.array(list("uvw"))[random.randint(0, 3, 150)] for name in "ab"})
    none = fitted(alone)
    assert none["n_clusters"] == 1 and none["confidence"] < 0.5
    assert none["reason"] == "no clear structure: the columns do not go together in any groups of rows"
