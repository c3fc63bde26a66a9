"""Exemplars, boundary rows and runners-up, from rows whose places are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, AgglomerativeClustering
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.datasets import make_blobs, make_moons
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection.exemplars import exemplar_rows

LINE = np.array([[0.0], [1], [2], [3], [4], [10], [11], [12], [13], [14], [30], [31], [32]])
LABELS = np.repeat([0, 1, 2], [5, 5, 3])


def fitted(X: np.ndarray = LINE, k: int = 3) -> SklearnKMeans:
    return SklearnKMeans(k, n_init=5, random_state=0).fit(X)


def test_a_case_by_hand() -> None:
    first, second, third = exemplar_rows(fitted(), LINE, LABELS, n_exemplars=2, n_boundary=2)
    assert (first.number, second.number, third.number) == (0, 1, 2)
    assert first.exemplars == (2, 1) and second.exemplars[0] == 7 and third.exemplars[0] == 11
    assert first.boundary == (4, 3) and first.boundary_next == (1, 1)
    assert second.boundary == (5, 6) and second.boundary_next == (0, 0)
    assert third.boundary == (10, 11)
    assert [each.runner_up for each in (first, second, third)] == [1, 0, 1]
    json.dumps(first.to_dict())


def test_copies_are_shown_once_and_exemplars_are_apart() -> None:
    X = np.r_[np.zeros((50, 2)), np.random.RandomState(0).normal(0, 1, (50, 2)), np.full((5, 2), 100.0)]
    labels = np.repeat([0, 1], [100, 5])
    first, second = exemplar_rows(fitted(X, 2), X, labels, n_exemplars=4)
    assert len(first.exemplars) == 4 and sum(row < 50 for row in first.exemplars) == 1
    assert len(np.unique(X[list(first.exemplars)].round(6), axis=0)) == 4
    assert second.exemplars == (100,)


def test_rows_of_weight_0_are_not_shown() -> None:
    weight = np.ones(len(LINE))
    weight[[2, 4]] = 0
    first = exemplar_rows(fitted(), LINE, LABELS, weight=weight)[0]
    assert not {2, 4} & {*first.exemplars, *first.boundary}
    assert first.boundary[0] == 3


def test_one_cluster_has_no_boundary() -> None:
    (only,) = exemplar_rows(fitted(LINE[:5], 1), LINE[:5], np.zeros(5, dtype=int))
    assert (only.boundary, only.boundary_next, only.runner_up) == ((), (), None)
    assert only.exemplars[0] == 2


def test_noise_is_a_group_of_its_own() -> None:
    X = np.r_[make_moons(200, noise=0.03, random_state=0)[0], [[5.0, 5.0]], [[3.0, 3.0]]]
    model = DBSCAN(eps=0.3).fit(X)
    found = exemplar_rows(model, X, model.labels_)
    assert [each.number for each in found] == [0, 1, -1]
    noise = found[-1]
    assert noise.exemplars == (200, 201) and noise.boundary == (201, 200) and noise.runner_up is None
    # The moons' means are no rows of theirs: their border is where they are near each other all the same.
    gap = [np.linalg.norm(X[model.labels_ == 1] - X[row], axis=1).min() for row in range(200)]
    assert np.mean([gap[row] for row in found[0].boundary]) < np.median(np.array(gap)[model.labels_[:200] == 0])
    (alone,) = exemplar_rows(model, X, np.full(len(X), -1))
    assert alone.number == -1 and alone.exemplars[0] == 200 and alone.boundary == ()


def test_deep_models_pipelines_and_clusterers_without_predict() -> None:
    X = make_blobs(120, centers=3, n_features=4, random_state=3)[0]
    deep = DeepKMeans(3, objective="dcn", pretrain_epochs=3, max_epochs=4, tol=1.0, random_state=0).fit(X)
    pipeline = make_pipeline(StandardScaler(), SklearnKMeans(3, n_init=3, random_state=0)).fit(X)
    for model, labels in (
        (deep, deep.labels_), (pipeline, pipeline.predict(X)),
        (linked := AgglomerativeClustering(3).fit(X), linked.labels_), (linked, labels_with_gaps(linked.labels_)),
    ):  # fmt: skip
        found = exemplar_rows(model, X, labels)
        assert [each.number for each in found] == np.unique(labels).tolist()
        for each in found:
            assert {*labels[list(each.exemplars)], *labels[list(each.boundary)]} == {each.number}
            assert each.runner_up != each.number and each.runner_up in labels
    distance = deep.transform(X)
    for each in exemplar_rows(deep, X, deep.labels_):
        inside = distance[deep.labels_ == each.number, each.number]
        assert distance[each.exemplars[0], each.number] == pytest.approx(inside.min(), rel=1e-3)


def labels_with_gaps(labels: np.ndarray) -> np.ndarray:
    return np.array([2, 5, 9])[labels]


def test_labels_of_other_length_are_refused() -> None:
    with pytest.raises(InvalidDataError, match="one entry for each of the 13 rows; they have 3"):
        exemplar_rows(fitted(), LINE, [0, 1, 2])
