"""t-SNE and UMAP as the preparation of a fit: labels, new rows, files, weights, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_digits, make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.data import layout
from deepkmeans.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingDependencyError,
    MissingValuesWarning,
    ModelFileError,
)
from deepkmeans.inspection import project
from deepkmeans.objectives import OBJECTIVES
from deepkmeans.training import Checkpoint
from tests.subprocesses import PATIENCE

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]
QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 3, "random_state": 0, "reduce": "tsne"}
X, Y = make_blobs(120, 5, centers=4, random_state=0)
DRAW = np.random.RandomState(0)
ROWS: dict[str, Any] = {
    "float32": X.astype(np.float32),
    "frame": pd.DataFrame(X, columns=[*"abcde"]),
    "sparse": sp.random(90, 400, 0.05, "csr", random_state=0),
    "pictures": load_digits().images[:60],
    "repeated": np.vstack([X[:70], X[:50]]),
}


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return DeepKMeans(4, **QUICK).fit(X)


def test_labels_are_those_of_predict_one_row_or_all(model: DeepKMeans) -> None:
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_array_equal([model.predict(row[None])[0] for row in X], model.labels_)
    assert adjusted_rand_score(Y, model.labels_) > 0.95
    assert adjusted_rand_score(Y, model.predict(X + 0.05)) > 0.95
    report = model.report_
    assert (report["reduce"], report["n_components"], report["n_features"]) == ("tsne", 2, 5)
    assert report["layout"] == {"method": "tsne", "scaling": "standard", "n_rows": 120, "n_components": 2}


@pytest.mark.parametrize("kind", ROWS)
def test_of_rows_of_every_kind(kind: str) -> None:
    fitted = DeepKMeans(3, **QUICK).fit(ROWS[kind])
    np.testing.assert_array_equal(fitted.predict(ROWS[kind]), fitted.labels_)
    assert fitted.report_["image_shape"] is None and fitted.encoder_.module.n_inputs == 2


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_before_every_objective_with_rows_without_weight(objective: str) -> None:
    weight = DRAW.randint(0, 3, len(X)).astype(float)
    fitted = DeepKMeans(4, objective=objective, **QUICK).fit(X, sample_weight=weight)
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
    assert len(fitted.reducer_.rows) == (weight > 0).sum()


def test_a_weight_of_two_is_the_row_twice() -> None:
    weight = DRAW.randint(1, 3, len(X)).astype(float)
    weighted = DeepKMeans(4, **QUICK).fit(X, sample_weight=weight)
    repeated = DeepKMeans(4, **QUICK).fit(np.repeat(X, weight.astype(int), axis=0))
    np.testing.assert_array_equal(weighted.reducer_.coordinates, repeated.reducer_.coordinates)
    assert adjusted_rand_score(weighted.predict(X), repeated.predict(X)) == 1


def test_more_rows_than_are_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_MOST_ROWS", 60)
    fitted = DeepKMeans(4, **QUICK).fit(X)
    assert fitted.report_["layout"]["n_rows"] == 60
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
    assert adjusted_rand_score(Y, fitted.labels_) > 0.95


def test_groups_that_are_no_balls_become_some() -> None:
    rows, side = make_moons(240, noise=0.05, random_state=0)
    found = DeepKMeans(2, partition="k-means", **QUICK).fit(rows)
    assert adjusted_rand_score(side, found.labels_) > 0.9
    plain = DeepKMeans(2, partition="k-means", **(QUICK | {"reduce": "none"})).fit(rows)
    assert adjusted_rand_score(side, plain.labels_) < 0.7


@pytest.mark.parametrize("n", range(1, 7))
def test_few_rows(n: int) -> None:
    rows = X[:n]
    fitted = DeepKMeans(min(n, 2), **QUICK).fit(rows)
    np.testing.assert_array_equal(fitted.predict(rows), fitted.labels_)
    assert fitted.predict(X).shape == (120,)


def test_missing_cells_are_filled_and_said() -> None:
    holes = X.copy()
    holes[::10, 2] = np.nan
    with pytest.warns(MissingValuesWarning, match="'2': 12"):
        fitted = DeepKMeans(4, **QUICK).fit(holes)
    np.testing.assert_array_equal(fitted.predict(holes), fitted.labels_)
    with pytest.raises(InvalidDataError, match="contains NaN"):
        DeepKMeans(4, missing="error", **QUICK).fit(holes)


def test_a_file_holds_the_layout(model: DeepKMeans, tmp_path: Path) -> None:
    path = tmp_path / "model.dkm"
    deepkmeans.save(model, path)
    loaded = deepkmeans.load(path, expected=DeepKMeans)
    assert loaded.get_params() == model.get_params()
    new = X[:50] + 0.1
    np.testing.assert_array_equal(loaded.embed(new), model.embed(new))
    np.testing.assert_array_equal(loaded.reducer_.transform(new), model.reducer_.transform(new))
    deepkmeans.save(loaded, tmp_path / "again.dkm")
    assert (tmp_path / "again.dkm").read_bytes() == path.read_bytes()
    with pytest.raises(ModelFileError, match="holds its whole reduction: load it without reduce="):
        deepkmeans.load(path, reduce=model.reducer_)


@pytest.mark.slow
def test_a_fresh_process_needs_no_training_data_and_no_umap(model: DeepKMeans, tmp_path: Path) -> None:
    new = X[:50] + 0.1
    deepkmeans.save(model, tmp_path / "model.dkm")
    np.save(tmp_path / "new.npy", new)
    script = (
        "import numpy as np, deepkmeans, sys\n"
        "labels = deepkmeans.load('model.dkm').predict(np.load('new.npy'))\n"
        "assert 'umap' not in sys.modules\nnp.save('labels.npy', labels)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, timeout=PATIENCE)
    np.testing.assert_array_equal(np.load(tmp_path / "labels.npy"), model.predict(new))


def test_parameters_changed_after_the_fit_are_kept(model: DeepKMeans, tmp_path: Path) -> None:
    fitted = DeepKMeans(4, **QUICK).fit(X).set_params(reduce="auto")
    deepkmeans.save(fitted, tmp_path / "model.dkm")
    loaded = deepkmeans.load(tmp_path / "model.dkm")
    assert loaded.reduce == "auto" and loaded.reducer_.method == "tsne"
    np.testing.assert_array_equal(loaded.predict(X), model.labels_)


def test_there_is_no_way_back(model: DeepKMeans) -> None:
    for ask in (lambda: model.reconstruct(X), lambda: model.decode(model.cluster_centers_)):
        with pytest.raises(InvalidParameterError, match="With reduce='tsne' an embedding cannot be decoded"):
            ask()


def test_a_checkpoint_belongs_to_its_layout(tmp_path: Path) -> None:
    asked = {**QUICK, "objective": "dcn"}
    whole = DeepKMeans(4, **asked, callbacks=[Checkpoint(tmp_path)]).fit(X)
    again = DeepKMeans(4, **asked, callbacks=[Checkpoint(tmp_path, resume=True)]).fit(X)
    np.testing.assert_array_equal(again.labels_, whole.labels_)
    other = DeepKMeans(4, **(asked | {"reduce": "none"}), callbacks=[Checkpoint(tmp_path, resume=True)])
    with pytest.raises(ModelFileError, match="another fit"):
        other.fit(X)


def test_it_is_drawn_and_searched_as_other_models(model: DeepKMeans) -> None:
    assert project(model, X).embedding.shape == (120, 2)
    search = GridSearchCV(DeepKMeans(4, **QUICK), {"reduce": ["none", "tsne"]}, cv=2).fit(X)
    assert search.best_params_["reduce"] in ("none", "tsne")


def test_umap_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingDependencyError, match=r"reduce='umap' needs the package 'umap'.*deepkmeans\[map\]"):
        DeepKMeans(4, **(QUICK | {"reduce": "umap"})).fit(X)


@pytest.mark.slow
def test_by_umap(tmp_path: Path) -> None:
    pytest.importorskip("umap")
    fitted = DeepKMeans(4, **(QUICK | {"reduce": "umap"})).fit(X)
    np.testing.assert_array_equal(fitted.predict(X), fitted.labels_)
    np.testing.assert_array_equal(DeepKMeans(4, **(QUICK | {"reduce": "umap"})).fit(X).labels_, fitted.labels_)
    assert adjusted_rand_score(Y, fitted.labels_) > 0.95 and fitted.report_["layout"]["method"] == "umap"
    deepkmeans.save(fitted, tmp_path / "model.dkm")
    np.testing.assert_array_equal(deepkmeans.load(tmp_path / "model.dkm").predict(X + 0.1), fitted.predict(X + 0.1))
