"""What a person reads of the clusters of any model, put together."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import DBSCAN, AgglomerativeClustering
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.inspection import Explanation, explain
from deepkmeans.inspection.summary import summary_of

IRIS = load_iris(as_frame=True).data


class GivenLabels(ClusterMixin, BaseEstimator):
    """A clusterer with labels from elsewhere."""

    def __init__(self, labels: Any = None) -> None:
        self.labels = labels

    def fit(self, X: Any, y: Any = None) -> GivenLabels:
        self.labels_ = np.asarray(self.labels)
        return self


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, np.ndarray]:
    """Three groups by income, age and city; two columns of noise."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], [120, 80, 40])
    return pd.DataFrame({
        "income": np.array([20_000, 50_000, 90_000])[group] + rng.normal(0, 3_000, 240),
        "age": np.array([30, 60, 30])[group] + rng.normal(0, 3, 240),
        "city": np.array(["Bern", "Paris", "Rome"], dtype=object)[np.where(rng.random(240) < 0.9, group, 0)],
        "noise": rng.normal(size=240), "colour": rng.choice(["red", "blue", "green"], 240),
    }), group  # fmt: skip


@pytest.fixture(scope="module")
def explained(planted: tuple[pd.DataFrame, np.ndarray]) -> Explanation:
    table, _ = planted
    return explain(DeepKMeans(3, random_state=0).fit(table), table)


def test_planted_columns_come_first_and_noise_is_not_said(explained: Explanation) -> None:
    assert set(explained.columns[:3]) == {"income", "age", "city"}
    for cluster in explained.clusters:
        said = {distinction.column for distinction in cluster.profile.distinctions}
        assert said and not said & {"noise", "colour"}
        assert cluster.name
        assert cluster.rule
    assert len({cluster.name for cluster in explained.clusters}) == 3
    assert [cluster.size for cluster in explained.clusters] == np.bincount(explained.labels).tolist()


def test_the_text_says_sizes_names_rules_and_how_sure(explained: Explanation) -> None:
    text = str(explained)
    assert text.startswith("The 240 rows form 3 clusters")
    for cluster in explained.clusters:
        assert f"Cluster {cluster.number}: {cluster.name} ({cluster.size:.0f} rows" in text
    assert "Rule:" in text and "How the fit went" in text
    assert max(map(len, text.splitlines())) <= 100
    one, two, three = explained.summary
    assert "3 clusters" in one and "income" in two and "halves of the rows" in three


def test_json_is_strict_and_the_same_each_time(
    planted: tuple[pd.DataFrame, np.ndarray], explained: Explanation
) -> None:
    table, _ = planted
    written = json.dumps(explained.to_dict(), allow_nan=False)
    again = explain(DeepKMeans(3, random_state=0).fit(table), table)
    assert json.dumps(again.to_dict(), allow_nan=False) == written


def test_a_cluster_by_its_number(explained: Explanation) -> None:
    assert explained.cluster(2).number == 2
    assert explained.titles[2] == explained.cluster(2).title
    with pytest.raises(InvalidParameterError, match="must be one of 0, 1, 2. Got 7 instead"):
        explained.cluster(7)


def test_shuffled_labels_get_no_name_no_distinction_and_no_rule() -> None:
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], 50))
    explanation = explain(GivenLabels(labels).fit(IRIS), IRIS)
    for cluster in explanation.clusters:
        assert cluster.name is None and cluster.rule is None and not cluster.profile.distinctions
    assert explanation.columns == ()
    assert "No single column tells them apart" in explanation.summary[1]
    assert explanation.summary[2].startswith("Take the clusters with care")


@pytest.mark.parametrize(
    "model",
    [
        SklearnKMeans(3, n_init=1, random_state=0), KMeans(3, random_state=0), AgglomerativeClustering(3),
        make_pipeline(StandardScaler(), SklearnKMeans(3, n_init=1, random_state=0)),
    ],
    ids=lambda model: type(model).__name__,
)  # fmt: skip
def test_any_clusterer(model: Any) -> None:
    explanation = explain(model.fit(IRIS), IRIS)
    assert len(explanation.clusters) == 3
    assert explanation.columns[0].startswith("petal")
    assert explanation.rules is not None and explanation.rules[0].fidelity > 0.7


def test_noise_is_no_cluster() -> None:
    explanation = explain(DBSCAN(eps=0.5).fit(IRIS), IRIS)
    assert (explanation.labels == -1).any()
    assert [cluster.number for cluster in explanation.clusters] == [0, 1]
    assert "are noise" in explanation.summary[0]


def test_sizes_that_were_asked_for_are_mentioned_once() -> None:
    explanation = explain(KMeans(3, min_size=40, random_state=0).fit(IRIS), IRIS)
    assert str(explanation).count("asked for") == 1
    assert [note.text for note in explanation.health if note.key == "sizes_asked"] == [
        "Sizes were asked for (min_size=40); to keep them, rows may be in a cluster that is not the nearest."
    ]
    free = explain(KMeans(3, random_state=0).fit(IRIS), IRIS)
    assert "sizes_asked" not in {note.key for note in free.health}


def test_lengths_of_time_levels_of_short_columns_and_numbered_columns_can_be_read() -> None:
    """Of 3,600 and of 36,000 seconds: 1:00:00 and 10:00:00."""
    group = np.repeat([0, 1], 30)
    table = pd.DataFrame({
        "wait": pd.to_timedelta(3600 + 32_400 * group + np.tile([-60, 0, 60], 20), unit="s"),
        "B": np.where(group == 0, "p", "q"), "1": 5.0 * group + np.tile([0.0, 0.5, 1.0], 20),
    })  # fmt: skip
    explanation = explain(DeepKMeans(2, partition="k-means", random_state=0).fit(table), table)
    said = str(explanation)
    assert "typically 1:00:00 (elsewhere 10:00:00)" in said and "B q" not in said
    assert "column 1 high: typically 5.5" in said
    phrases = {one.phrase for cluster in explanation.clusters for one in cluster.profile.distinctions}
    assert {"B is p", "B is q"} <= phrases


def test_one_cluster_has_nothing_to_compare_with() -> None:
    explanation = explain(GivenLabels(np.zeros(150, dtype=int)).fit(IRIS), IRIS)
    assert explanation.rules is None and explanation.tree is None
    assert "form one cluster" in explanation.summary[0]
    assert str(explanation)


def test_texts_are_said_by_their_words() -> None:
    texts = [
        "the hockey team won the game", "the goalie saved the puck for his hockey team", "the moon orbits the earth",
        "nasa sends a mission to the moon", "a new disk drive for windows", "the disk controller of my windows pc",
    ] * 15  # fmt: skip
    model = make_pipeline(TfidfVectorizer(stop_words="english"), SklearnKMeans(3, n_init=10, random_state=0))
    explanation = explain(model.fit(texts), texts)
    first = [" ".join(word.word for word in cluster.profile.words[:4]) for cluster in explanation.clusters]
    for word in ("hockey", "moon", "disk"):
        assert sum(word in words for words in first) == 1
    assert "Words: " in str(explanation)
    assert "differ most in the words" in explanation.summary[1]


def test_pictures_have_exemplars() -> None:
    digits = load_digits().data[:300]
    explanation = explain(SklearnKMeans(4, n_init=1, random_state=0).fit(digits), digits)
    assert explanation.rows.pictures is not None
    assert all(cluster.exemplars.exemplars for cluster in explanation.clusters)


def test_weights_count_as_repetition() -> None:
    weight = np.random.default_rng(0).integers(0, 3, 150)
    model = SklearnKMeans(3, n_init=1, random_state=0).fit(IRIS)
    weighed = explain(model, IRIS, sample_weight=weight)
    repeated = explain(model, IRIS.iloc[np.repeat(np.arange(150), weight)].reset_index(drop=True))
    assert weighed.summary[0] == repeated.summary[0]  # of as many rows as the weights stand for
    for one, other in zip(weighed.clusters, repeated.clusters, strict=True):
        assert one.size == other.size
        assert [d.text for d in one.profile.distinctions] == [d.text for d in other.profile.distinctions]


def test_a_function_of_the_user_names_clusters() -> None:
    model = SklearnKMeans(3, n_init=1, random_state=0).fit(IRIS)
    names = explain(model, IRIS, namer=lambda profile: f"Group {'ABC'[profile.number]}").titles
    assert names == {0: "Group A", 1: "Group B", 2: "Group C"}
    with pytest.raises(InvalidParameterError, match="'namer'"):
        explain(model, IRIS, namer="Group")  # type: ignore[arg-type]


def test_what_is_no_fitted_clusterer_is_refused() -> None:
    with pytest.raises(NotFittedError):
        explain(SklearnKMeans(3), IRIS)
    with pytest.raises(InvalidParameterError):
        explain(3, IRIS)


@pytest.mark.parametrize("names", [5, "abcd"])
def test_what_are_no_names_is_refused(names: Any) -> None:
    X = IRIS.to_numpy()
    with pytest.raises(InvalidParameterError, match=r"'feature_names' parameter of explain must be None or a sequence"):
        explain(SklearnKMeans(3, n_init=1, random_state=0).fit(X), X, feature_names=names)


def test_what_gives_no_labels_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="labels are whole numbers"):
        explain(LinearRegression().fit(IRIS, IRIS.iloc[:, 0]), IRIS)


def test_a_division_without_structure_says_so() -> None:
    noise = np.random.default_rng(0).normal(size=(200, 5))
    model = DeepKMeans(4, partition="k-means", random_state=0).fit(noise)
    selection = {"n_clusters": 1, "second": 2, "reason": "no gap is clear", "useful_division": {"n_clusters": 4}}
    report = {**model.report_, "n_clusters_selection": selection}
    summary = summary_of(
        200, {0: 60.0, 1: 50.0, 2: 50.0, 3: 40.0}, {}, (), None, report, separation=None, resampling=None,
        confidence=model.confidence(noise), kind="table",
    )  # fmt: skip
    assert summary[2].startswith("No clear structure was found, and these clusters are only its most useful division")


def test_small_values_are_not_rounded_to_nothing() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"spend": np.r_[rng.normal(14, 1, 60), rng.normal(1200, 100, 60)], "x": rng.normal(size=120)})
    explanation = explain(GivenLabels(np.repeat([0, 1], 60)).fit(table), table)
    said = " ".join(d.text for cluster in explanation.clusters for d in cluster.profile.distinctions)
    assert "typically 14" in said and "elsewhere 14" in said


def test_weights_that_are_shares_and_clusters_without_weight() -> None:
    model = SklearnKMeans(3, n_init=1, random_state=0).fit(IRIS)
    shares = explain(model, IRIS, sample_weight=np.full(150, 1 / 150))
    assert sum(cluster.size for cluster in shares.clusters) == pytest.approx(150)
    assert "(50)" in shares.summary[0]
    only = explain(model, IRIS, sample_weight=(model.labels_ != 2).astype(float))
    assert [cluster.number for cluster in only.clusters] == [0, 1] and "2 clusters" in str(only)
    one = np.where(model.labels_ == 2, 0.0, 1.0)
    one[np.flatnonzero(model.labels_ == 2)[0]] = 1.0
    assert explain(model, IRIS, sample_weight=one).cluster(2).size == 1
