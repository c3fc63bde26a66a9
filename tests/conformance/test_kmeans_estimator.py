"""KMeans is a scikit-learn estimator: every check of its generator, every container, every error."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import sklearn
import torch
from sklearn.base import clone
from sklearn.cluster import KMeans as Oracle
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

from deepkmeans.estimators import kmeans_state
from deepkmeans.estimators.kmeans import KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from tests.subprocesses import environment

CHECKS = """
import json, sys, unittest, warnings
from sklearn.utils.estimator_checks import estimator_checks_generator
from deepkmeans.estimators.kmeans import KMeans
seen, wrong = [], {}
for estimator, check in estimator_checks_generator(KMeans(), legacy=True):
    name = getattr(check, "func", check).__name__
    seen.append(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(estimator)
    except BaseException as error:
        wrong[name] = f"{type(error).__name__}: {error}"
json.dump([seen, wrong], sys.stdout)
"""


def heaps(seed: int = 0, n: int = 150) -> np.ndarray:
    draw = np.random.RandomState(seed)
    return 8 * draw.randn(3, 4)[draw.randint(3, size=n)] + draw.randn(n, 4)


def test_every_check_of_scikit_learn() -> None:
    """None fails and none is skipped, the two sample-weight checks included that scikit-learn's own KMeans fails."""
    # In a process of its own: the array-API check wants a variable that SciPy reads when it is imported.
    own = environment(SCIPY_ARRAY_API="1")
    done = subprocess.run([sys.executable, "-c", CHECKS], env=own, capture_output=True, text=True, check=True)
    seen, wrong = json.loads(done.stdout)
    assert wrong == {}
    assert "check_sample_weight_equivalence_on_dense_data" in seen
    if parse_version(sklearn.__version__) >= parse_version("1.9"):  # not asked of such estimators before
        assert "check_array_api_input" in seen
    assert len(seen) >= 50


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_attributes_are_those_of_scikit_learn(dtype: type) -> None:
    X = heaps().astype(dtype)
    ours, theirs = (kind(3, init=X[:3], n_init=1).fit(X) for kind in (KMeans, Oracle))
    assert np.array_equal(ours.labels_, theirs.labels_)
    for name in ("labels_", "cluster_centers_"):
        assert getattr(ours, name).dtype == getattr(theirs, name).dtype
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-4)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-4)
    assert ours.transform(X).dtype == dtype
    assert ours.score(X) == pytest.approx(theirs.score(X), rel=1e-5) == -ours.inertia_
    assert (ours.n_features_in_, ours.n_clusters_) == (4, 3)
    assert list(ours.get_feature_names_out()) == ["kmeans0", "kmeans1", "kmeans2"]


def test_labels_are_the_predictions() -> None:
    X = np.random.RandomState(0).randn(500, 3).astype(np.float32)
    for seed in range(5):
        model = KMeans(12, random_state=seed)
        assert np.array_equal(model.fit_predict(X), model.predict(X))
        assert np.array_equal(model.labels_, [model.predict(row[None])[0] for row in X])


CONTAINERS = {
    "list": lambda X: X.tolist(),
    "fortran": np.asfortranarray,
    "reversed": lambda X: X[::-1][::-1],
    "read-only": lambda X: np.frombuffer(X.tobytes()).reshape(X.shape),
    "pandas": lambda X: pd.DataFrame(X, columns=list("abcd")),
    "polars": lambda X: pl.DataFrame(X, schema=list("abcd")),
    "arrow": lambda X: pa.table(dict(zip("abcd", X.T, strict=True))),
    "torch": torch.tensor,
    "csr": sp.csr_matrix,
    "csc": sp.csc_array,
    "coo": sp.coo_matrix,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_containers(container: str) -> None:
    X = heaps()
    given = CONTAINERS[container](X)
    model = KMeans(3, random_state=0).fit(given)
    assert np.array_equal(model.labels_, KMeans(3, random_state=0).fit(X).labels_)
    assert np.array_equal(model.predict(given), model.labels_)
    np.testing.assert_allclose(
        model.transform(given), Oracle(3, init=model.cluster_centers_, n_init=1).fit(X).transform(X)
    )
    if container in ("pandas", "polars", "arrow"):
        assert list(model.feature_names_in_) == list("abcd")


def test_set_output_pipeline_and_grid() -> None:
    X = heaps()
    frame = KMeans(3, random_state=0).set_output(transform="pandas").fit_transform(X)
    assert list(frame.columns) == ["kmeans0", "kmeans1", "kmeans2"]
    pipeline = make_pipeline(StandardScaler(), KMeans(3, random_state=0))
    assert len(np.unique(pipeline.fit_predict(X))) == 3
    search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [1, 2, 3]}, cv=3).fit(X)
    assert search.best_params_ == {"n_clusters": 3}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"n_clusters": 0}, "'n_clusters' parameter of KMeans must be an integer >= 1. Got 0"),
        ({"n_clusters": 2.5}, "Got 2.5"),
        ({"init": "k-means+"}, "did you mean 'k-means++'?"),
        (
            {"init": np.zeros((2, 9)), "n_clusters": 2},
            r"n_features\) = \(2, 4\). Got shape \(2, 9\)",
        ),
        ({"n_init": 0}, "'n_init' parameter"),
        ({"max_iter": 0}, "'max_iter' parameter"),
        ({"tol": -1.0}, "'tol' parameter"),
        ({"tol": float("nan")}, "'tol' parameter"),
        ({"device": "gpu"}, "'device' parameter"),
        ({"random_state": -1}, "'random_state' parameter"),
    ],
)
def test_bad_parameters(parameters: dict, expected: str) -> None:
    with pytest.raises(InvalidParameterError, match=expected.replace("+", r"\+")):
        KMeans(**parameters).fit(heaps())


def test_bad_data() -> None:
    X = heaps()
    with pytest.raises(InvalidDataError, match="n_samples=3 should be >= n_clusters=8"):
        KMeans().fit(X[:3])
    for value, word in ((np.nan, "NaN"), (np.inf, "infinity")):
        broken = X.copy()
        broken[5, 2] = value
        with pytest.raises(ValueError, match=word):
            KMeans(3).fit(broken)
        with pytest.raises(ValueError, match=word):
            KMeans(3).fit(X).predict(broken)
        with pytest.raises(ValueError, match="NaN|inf"):
            KMeans(3, init=broken[4:7]).fit(X)
    with pytest.raises(ValueError, match="(?i)sample.weight"):
        KMeans(3).fit(X, sample_weight=np.zeros(len(X)))
    with pytest.raises(ValueError, match="(?i)negative"):
        KMeans(3).fit(X, sample_weight=-np.ones(len(X)))
    with pytest.raises(NotFittedError):
        KMeans(3).predict(X)
    with pytest.raises(ValueError, match="expecting 4 features"):
        KMeans(3).fit(X).predict(X[:, :2])


def test_one_warning_each() -> None:
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(2\) found smaller than n_clusters \(5\)") as seen:
        model = KMeans(5, random_state=0).fit(np.repeat([[0.1, 0.2], [0.3, 0.4]], 20, axis=0))
    assert len(seen) == 1
    assert model.n_clusters_ == 2
    assert np.isfinite(model.cluster_centers_).all()
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=1 ") as seen:
        KMeans(10, init="random", max_iter=1, refine=False, n_init=1, random_state=0).fit(
            np.random.RandomState(0).randn(500, 2)
        )
    assert len(seen) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KMeans(3, random_state=0).fit(heaps())
        KMeans(3, random_state=0).fit(sp.csr_matrix(heaps()))


def test_n_init_auto() -> None:
    X = np.random.RandomState(1).randn(300, 2)
    plain = {"init": "random", "refine": False, "random_state": 3}
    auto, ten, one = (KMeans(15, n_init=n, **plain).fit(X).inertia_ for n in ("auto", 10, 1))
    assert auto == ten < one
    assert KMeans(15, random_state=3).fit(X).inertia_ < ten


def test_seeds() -> None:
    X = np.random.RandomState(2).randn(400, 3)
    one, other = (KMeans(9, random_state=4).fit(X) for _ in range(2))
    assert np.array_equal(one.cluster_centers_, other.cluster_centers_)
    state = np.random.RandomState(0)
    first, second = (KMeans(9, random_state=state).fit(X).inertia_ for _ in range(2))
    assert first != second  # a RandomState moves on


def test_no_global_state_is_touched(capsys: pytest.CaptureFixture[str]) -> None:
    def world() -> tuple:
        return (
            torch.get_rng_state().tolist(), np.random.get_state()[1].tolist(), torch.get_num_threads(),
            torch.get_default_dtype(), torch.is_grad_enabled(), list(warnings.filters),
        )  # fmt: skip

    before = world()
    KMeans(3, random_state=0).fit(heaps()).predict(heaps())
    KMeans(3, random_state=0).fit(sp.csr_matrix(heaps()))
    assert world() == before
    assert capsys.readouterr() == ("", "")
    KMeans(3, random_state=0, verbose=1).fit(heaps())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("K-Means: 3 clusters, inertia ")


@pytest.mark.parametrize("init", ["k-means++", "array"])
def test_state_round_trip(init: str) -> None:
    X = pd.DataFrame(heaps(), columns=list("abcd"))
    model = KMeans(np.int64(3), init=init if init != "array" else X.to_numpy()[:3], random_state=0).fit(X)
    document, tensors = kmeans_state.to_state(model)
    tensors = {name: part.clone() for name, part in tensors.items()}
    again = kmeans_state.from_state(KMeans, json.loads(json.dumps(document)), tensors)
    assert np.array_equal(again.predict(X), model.labels_)
    assert np.array_equal(again.labels_, model.labels_)
    assert list(again.feature_names_in_) == list("abcd")
    assert list(again.get_feature_names_out()) == list(model.get_feature_names_out())
    assert (again.inertia_, again.n_iter_, again.n_clusters_) == (model.inertia_, model.n_iter_, model.n_clusters_)
    assert np.array_equal(clone(again).fit(X).labels_, model.labels_)
    with pytest.raises(NotFittedError):
        kmeans_state.to_state(KMeans())
