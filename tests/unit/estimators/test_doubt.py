"""Probabilities, confidence, outlier scores and noise of fitted models."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons

from deepkmeans import DeepKMeans, load, save
from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from deepkmeans.storage import read_container, write_container
from tests.unit.estimators.given import mixed, texts

GOLDEN = Path(__file__).parents[1] / "persistence" / "golden"


@functools.cache
def _rows() -> tuple[np.ndarray, np.ndarray]:
    """Three overlapping Gaussians in the plane, of which the best there is recognises about nine tenths."""
    random = np.random.RandomState(0)
    y = np.arange(450) % 3
    return random.standard_normal((450, 2)) + 3.0 * np.array([[0, 0], [1, 0], [0, 1]])[y], y


@functools.cache
def _fitted(**parameters: Any) -> DeepKMeans:
    return _fit(_rows()[0], **parameters)


def _fit(X: Any, k: int = 3, sample_weight: Any = None, **parameters: Any) -> DeepKMeans:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return DeepKMeans(k, random_state=0, **parameters).fit(X, sample_weight=sample_weight)


def test_probabilities_are_right_as_often_as_they_say() -> None:
    (X, y), model = _rows(), _fitted()
    shares = model.predict_proba(X)
    np.testing.assert_array_equal(shares.argmax(axis=1), model.labels_)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    right = np.array([np.bincount(y[model.labels_ == j]).argmax() for j in range(3)])[model.labels_] == y
    sure = shares.max(axis=1)
    assert abs(sure.mean() - right.mean()) < 0.05
    low, high = sure < np.quantile(sure, 0.3), sure >= np.quantile(sure, 0.3)
    assert abs(sure[low].mean() - right[low].mean()) < 0.1 and right[high].mean() > right[low].mean() + 0.1
    report = model.report_
    assert report["expected_accuracy"] == pytest.approx(sure.mean(), abs=0.01)
    assert report["unsure_share"] == pytest.approx(np.mean(model.confidence(X) < 0.5), abs=0.01)
    assert f"about {round(100 * report['expected_accuracy'])} of 100 rows" in report["how_sure"]


def test_far_away_all_clusters_are_as_probable() -> None:
    (X, _), model = _rows(), _fitted()
    angle = np.linspace(0, 6, 12)
    far = X.mean(0) + 10 * np.abs(X - X.mean(0)).max() * np.column_stack([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(model.predict_proba(far), 1 / 3, atol=0.1)
    np.testing.assert_array_equal(model.predict_proba(far).argmax(axis=1), model.predict(far))
    assert (model.confidence(far) < 0.5).all()
    assert model.outlier_score(far).min() > np.quantile(model.outlier_score(X), 0.99)
    assert np.mean(model.outlier_score(X) <= 1) == pytest.approx(0.95, abs=0.02)


def test_a_row_is_answered_alike_alone_and_among_others_in_either_precision() -> None:
    (X, _), model = _rows(), _fitted()
    for ask in (model.predict_proba, model.confidence, model.outlier_score):
        every = ask(X)
        assert every.dtype == np.float64
        alone = np.concatenate([ask(X[i : i + 1]) for i in range(0, len(X), 90)])
        np.testing.assert_allclose(alone, every[::90], atol=1e-9)
        single = ask(X.astype(np.float32))
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, every, atol=1e-3)


def test_a_weight_of_two_is_the_row_twice() -> None:
    X = _rows()[0][:300]
    weight = 1.0 + (np.arange(300) % 2)
    weighted, repeated = _fit(X, sample_weight=weight), _fit(np.repeat(X, weight.astype(int), axis=0))
    np.testing.assert_array_equal(weighted.labels_, repeated.predict(X))
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-6)


def test_one_cluster_has_probability_one_and_rows_that_are_unlike_it() -> None:
    X = _rows()[0]
    model = _fit(X, 1)
    np.testing.assert_array_equal(model.predict_proba(X), 1)
    assert np.median(model.confidence(X)) > 0.9 and model.confidence([[1e4, 1e4]])[0] < 0.01


def test_noise_is_what_is_strange() -> None:
    X = np.vstack([_rows()[0], [[60.0, 60.0], [-70.0, 40.0]]])
    model = _fit(X, noise="label")
    assert (model.labels_[-2:] == -1).all() and np.mean(model.labels_ == -1) < 0.02
    np.testing.assert_array_equal(model.labels_, model.predict(X))
    np.testing.assert_array_equal(model.labels_ == -1, model.outlier_score(X) > 2)
    assert model.n_clusters_ == 3 and model.report_["noise_share"] == np.mean(model.labels_ == -1)
    np.testing.assert_array_equal(model.predict_proba(X).shape, (len(X), 3))


@pytest.mark.parametrize("weighted", [False, True])
def test_a_share_of_the_rows_is_noise(weighted: bool) -> None:
    X = _rows()[0]
    weight = (np.arange(len(X)) % 3).astype(float) if weighted else None
    model = _fit(X, noise=0.05, sample_weight=weight)
    np.testing.assert_array_equal(model.labels_, model.predict(X))
    of_fit = np.average(model.labels_ == -1, weights=weight)
    assert of_fit == pytest.approx(0.05, abs=0.01)
    free = _fit(X, sample_weight=weight) if weighted else _fitted()
    np.testing.assert_array_equal(np.where(model.labels_ == -1, -1, free.labels_), model.labels_)


@pytest.mark.parametrize("noise", ["labels", 0.6, True, -1])
def test_noise_that_is_none(noise: Any) -> None:
    with pytest.raises(InvalidParameterError, match="must be None or 'label' or a number from 0 to 0.5. Got"):
        DeepKMeans(3, noise=noise).fit(_rows()[0])


@pytest.mark.parametrize("objective", ["dcn", "dec"])
def test_every_objective_knows_its_doubt(objective: str) -> None:
    X = _rows()[0][:200]
    model = _fit(X, objective=objective, pretrain_epochs=2, max_epochs=2)
    np.testing.assert_array_equal(model.predict_proba(X).argmax(axis=1), model.labels_)
    assert 0.5 < model.report_["expected_accuracy"] < 1
    assert set(model.report_["doubt"]) == {"agreed", "alike", "gaussian"}


@pytest.mark.parametrize("kind", ["pictures", "texts", "table", "sparse"])
def test_rows_of_any_kind(kind: str) -> None:
    import scipy.sparse as sp

    random = np.random.RandomState(0)
    pictures = 0.2 * random.rand(60, 8, 8)
    pictures[:30, 2:5] += 1
    X: Any = {
        "pictures": pictures, "texts": texts(), "table": mixed(),
        "sparse": sp.random(60, 300, 0.05, format="csr", random_state=0, dtype=np.float64),
    }[kind]  # fmt: skip
    model = _fit(X, 2, pretrain_epochs=1, max_epochs=1)
    np.testing.assert_array_equal(model.predict_proba(X).argmax(axis=1), model.labels_)
    assert ((model.confidence(X) >= 0) & (model.confidence(X) <= 1)).all()
    assert (model.outlier_score(X) >= 0).all()


def test_a_file_holds_it(tmp_path: Path) -> None:
    X, model = _rows()[0], _fit(_rows()[0], noise=0.02)
    save(model, tmp_path / "a.dkm")
    again = load(tmp_path / "a.dkm", expected=DeepKMeans)
    assert again.noise == 0.02 and again.n_clusters_ == 3
    for name in ("predict", "predict_proba", "confidence", "outlier_score"):
        np.testing.assert_array_equal(getattr(again, name)(X), getattr(model, name)(X))
    np.testing.assert_array_equal(again.labels_, model.labels_)


def test_a_forged_file_is_refused(tmp_path: Path) -> None:
    save(_fit(_rows()[0], noise=0.02), tmp_path / "a.dkm")
    document, tensors = read_container(tmp_path / "a.dkm", kind="model")
    doubt = document["state"]["doubt"]
    bad = tmp_path / "b.dkm"

    def refused(changed: Any, parts: Any) -> str:
        state = {**document["state"], "doubt": changed}
        if changed is None:
            del state["doubt"]
        write_container(bad, kind="model", document={**document, "state": state}, tensors=parts)
        with pytest.raises(ModelFileError) as error:
            load(bad)
        return str(error.value)

    assert "['doubt']['reach'] must be a finite number > 0. Got 0" in refused({**doubt, "reach": 0.0}, tensors)
    assert "['doubt']['gaussian'] must be a number from 0 to 1" in refused({**doubt, "gaussian": 2.0}, tensors)
    assert "unknown key 'more'" in refused({**doubt, "more": 1}, tensors)
    assert "no 'doubt'" in refused(None, tensors)
    assert "'doubt/cells' is missing" in refused(doubt, {n: t for n, t in tensors.items() if n != "doubt/cells"})
    assert "'doubt/votes' must be of shape" in refused(doubt, {**tensors, "doubt/votes": tensors["doubt/votes"][:, :2]})
    assert "'doubt/variances' holds 0" in refused(doubt, {**tensors, "doubt/variances": 0 * tensors["doubt/variances"]})
    assert "'doubt/x' is unknown" in refused(doubt, {**tensors, "doubt/x": tensors["doubt/mean"]})
    limitless = {name: value for name, value in doubt.items() if name != "noise_limit"}
    assert "'labels' holds -1, where no rows can be noise" in refused(limitless, tensors)


def test_a_file_of_an_earlier_version_answers_as_before() -> None:
    X = make_moons(200, noise=0.05, random_state=0)[0]
    model = load(GOLDEN / "deepkmeans_dense_format3.dkm", expected=DeepKMeans)
    shares = model.predict_proba(X)
    away = np.exp(-(model.transform(X) ** 2) / (2 * model._variance))
    np.testing.assert_allclose(shares, away / away.sum(axis=1, keepdims=True), atol=1e-5)
    np.testing.assert_allclose(model.confidence(X), shares.max(axis=1))
    assert model.outlier_score(X).shape == (200,) and model.noise is None


def test_after_corrections_the_label_still_has_the_largest_probability() -> None:
    random = np.random.RandomState(1)
    X = random.standard_normal((400, 2)) + 1.2 * random.randint(0, 3, (400, 2))  # nine groups, hardly apart
    for model in (_fit(X, 6).merge([1, 4, 5]), _fit(X, 5).split(0, X, n_clusters=3)):
        shares = model.predict_proba(X)
        np.testing.assert_array_equal(shares.argmax(axis=1), model.predict(X))
        np.testing.assert_array_equal(model.predict_proba(X.astype(np.float32)).argmax(axis=1), model.predict(X))
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-9)
        assert ((model.confidence(X) >= 0) & (model.confidence(X) <= 1)).all()


def test_copies_of_few_rows_are_sure() -> None:
    points = np.array([[0.0, 0], [5, 1], [9, 9], [-4, 7], [2, -8]])
    once, often = _fit(points, 5), _fit(np.repeat(points, 40, axis=0), 5)
    assert (often.predict_proba(points).max(axis=1) > 0.9).all() and often.report_["unsure_share"] == 0
    np.testing.assert_allclose(often.predict_proba(points).max(axis=1), once.predict_proba(points).max(axis=1))
