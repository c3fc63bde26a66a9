"""n_clusters="auto" on tables of categories and of several kinds of columns, whose groups are known."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans
from deepkmeans.kmeans import LatentClasses
from deepkmeans.model_selection import NClustersSelection, select_n_clusters

COLOURS = np.array(["red", "green", "blue", "white"], dtype=object)


def categories(n: int, k: int, seed: int = 0, columns: int = 6, clear: float = 0.85) -> pd.DataFrame:
    """Each group has one colour of four in most rows of each column; one group is no structure."""
    random = np.random.RandomState(seed)
    own = random.permutation(4)[:k][:, None] + np.arange(columns)
    telling = random.rand(n, columns) < (clear if k > 1 else 0)
    levels = np.where(telling, own[np.arange(n) % k] % 4, random.randint(0, 4, (n, columns)))
    return pd.DataFrame({f"c{number}": COLOURS[column] for number, column in enumerate(levels.T)})


def found(X: Any, estimator: Any = None) -> NClustersSelection:
    estimator = DeepKMeans() if estimator is None else estimator
    return select_n_clusters(estimator, X, k_range=range(1, 9), n_references=1, n_resamples=1, random_state=0)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_groups_of_categories(k: int) -> None:
    chosen = found(categories(240, k))
    assert chosen.n_clusters == k
    assert chosen.table["posterior"].idxmax() == k - 1


def test_few_places_where_many_rows_stand() -> None:
    frame = categories(150, 3, columns=4, clear=0.95)
    chosen = found(frame)
    assert chosen.n_clusters == 3 and chosen.confident
    assert chosen.reason == "the columns go together best in 3 groups of rows (latent classes)"
    assert found(frame, KMeans(n_init=1)).n_clusters == 3


@pytest.mark.parametrize("k", [1, 2])
def test_a_category_that_tells_nothing_does_not_part_groups_of_numbers(k: int) -> None:
    random = np.random.RandomState(0)
    frame = pd.DataFrame(random.randn(240, 4) + 7 * (np.arange(240) % k)[:, None], columns=list("abcd"))
    frame["sex"] = random.choice(["m", "f"], 240)
    assert found(frame).n_clusters == k
    assert found(frame, KMeans(n_init=1)).n_clusters == k


def test_categories_that_have_nothing_to_do_with_each_other_are_not_divided() -> None:
    chosen = found(categories(200, 1))
    assert (chosen.n_clusters, chosen.useful_division) == (1, None)
    assert chosen.reason.startswith("no clear structure")


def test_the_fit_takes_that_number_and_its_groups() -> None:
    model = DeepKMeans("divide", max_epochs=2, random_state=0).fit(categories(240, 3))
    assert model.n_clusters_ == 3
    assert adjusted_rand_score(np.arange(240) % 3, model.labels_) > 0.9


def test_numbers_that_depend_on_each_other_are_no_groups_of_categories() -> None:
    random = np.random.RandomState(0)
    frame = categories(300, 1)[["c0", "c1", "c2"]]
    size = random.randn(300)
    for name in ("height", "weight", "reach"):
        frame[name] = size + 0.4 * random.randn(300)
    assert found(frame).n_clusters == 1


def test_rows_that_are_the_same_are_counted_as_they_were_given() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = DeepKMeans("auto", random_state=0).fit(np.ones((20, 3)))
    reason = model.report_["n_clusters_selection"]["reason"]
    assert reason == "no clear structure: all 20 rows are the same"


def test_tables_of_numbers_meet_no_latent_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> LatentClasses:
        raise AssertionError("a table of numbers has no levels")

    monkeypatch.setattr("deepkmeans.graph.n_clusters_levels.completed_likelihoods", refuse)
    random = np.random.RandomState(0)
    frame = pd.DataFrame(random.randn(60, 3) + 9 * (np.arange(60) % 2)[:, None], columns=["a", "b", "c"])
    frame["flag"] = np.arange(60) % 2
    assert found(frame).n_clusters == 2


def dates(what: str, n: int = 150) -> pd.DataFrame:
    """One column: of three years that are apart, of three seasons, or of any day of seven years."""
    random, group = np.random.RandomState(0), np.arange(n) % 3
    days = {
        "years": 1095 * group + random.randint(0, 250, n), "none": random.randint(0, 2500, n),
        "seasons": 365.25 * random.randint(0, 9, n) + 120 * group + random.randint(0, 28, n),
    }[what]  # fmt: skip
    stamps = pd.Timestamp("2005-01-01") + pd.to_timedelta(np.floor(days), unit="D")
    return pd.DataFrame({"day": stamps.strftime("%Y-%m-%d")})


@pytest.mark.parametrize(("what", "k"), [("years", 3), ("seasons", 3), ("none", 1)])
def test_groups_of_dates(what: str, k: int) -> None:
    assert found(dates(what)).n_clusters == k


def test_a_weekday_that_all_dates_share_alike_counts_less() -> None:
    model = DeepKMeans(3, max_epochs=2, random_state=0).fit(dates("years"))
    assert adjusted_rand_score(np.arange(150) % 3, model.labels_) > 0.9
