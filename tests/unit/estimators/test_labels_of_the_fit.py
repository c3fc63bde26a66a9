"""The labels and distances of a fit are what ``predict`` and ``transform`` say of its rows, without asking them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_digits, make_blobs
from sklearn.decomposition import PCA

from deepkmeans import DeepKMeans
from deepkmeans.data import InputPipeline, Rows
from deepkmeans.data.reduction import Reduction
from deepkmeans.objectives import OBJECTIVES

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")
QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0, "device": "cpu"}
X = make_blobs(120, 5, centers=4, cluster_std=2.0, random_state=0)[0]
RANDOM = np.random.RandomState(0)
WEIGHT = RANDOM.randint(0, 4, len(X)).astype(float)
ROWS: dict[str, Any] = {
    "float64": X,
    "float32": X.astype(np.float32),
    "sparse": sp.random(120, 400, 0.05, "csr", random_state=0),
    "sparse float32": sp.random(120, 400, 0.05, "csr", random_state=0, dtype=np.float32),
    "pictures": load_digits().images[:40].astype(np.float32),
    "counts": RANDOM.poisson(RANDOM.gamma(0.5, 8.0, (4, 60))[np.arange(120) % 4]).astype(np.float32),
    "missing": np.where(RANDOM.rand(*X.shape) < 0.05, np.nan, X),
    "repeated": np.vstack([X[:70], X[:50]]).astype(np.float32),
}


def check(model: DeepKMeans, rows: Any, weight: Any = None) -> None:
    model.fit(rows, sample_weight=weight)
    np.testing.assert_array_equal(model.labels_, model.predict(rows))
    own = model.transform(rows)[np.arange(len(model.labels_)), model.labels_]
    assert model.distances_.dtype == own.dtype
    np.testing.assert_allclose(model.distances_, own, rtol=1e-5, atol=1e-5 * np.abs(model.embed(rows)).max())


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
@pytest.mark.parametrize("kind", ROWS)
def test_of_rows_of_every_kind(kind: str, objective: str) -> None:
    check(DeepKMeans(4, objective=objective, **QUICK), ROWS[kind])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_of_every_objective_and_of_rows_without_weight(objective: str) -> None:
    check(DeepKMeans(4, objective=objective, **QUICK), X, WEIGHT)


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
@pytest.mark.parametrize("changes", [{"reduce": "pca"}, {"reduce": PCA(3)}, {"n_clusters": 1}], ids=str)
def test_of_every_way_to_reduce_and_of_one_cluster(changes: dict[str, Any], objective: str) -> None:
    for rows, weight in ((X, None), (ROWS["repeated"], None), (X, WEIGHT)):
        check(DeepKMeans(**{"n_clusters": 4, "objective": objective, **QUICK, **changes}), rows, weight)


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_rows_enter_each_room_once(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transformer sees them once; in float32 they are scaled for the stages that train, and for nothing else."""
    reduced: list[int] = []
    transform, scaled = Reduction.transform, Rows._scaled

    def counted(self: Reduction, rows: Any) -> Any:
        reduced.append(rows.shape[0])
        return transform(self, rows)

    monkeypatch.setattr(Reduction, "transform", counted)
    DeepKMeans(4, objective=objective, reduce=PCA(3), **QUICK).fit(X, sample_weight=WEIGHT)
    absent = int((WEIGHT == 0).sum())
    assert sorted(n for n in reduced if n > 2) == sorted([len(X) - absent, absent])  # two made-up rows know it again

    cells: list[int] = []

    def counted_cells(self: Rows, rows: Any) -> Any:
        cells.append(rows.shape[0])
        return scaled(self, rows)

    monkeypatch.setattr(Rows, "_scaled", counted_cells)
    fit = InputPipeline.fit
    trained: list[int] = []

    def counting(*arguments: Any, **options: Any) -> Any:
        found = fit(*arguments, **options)
        trained.append(len(cells))
        return found

    monkeypatch.setattr(InputPipeline, "fit", counting)
    model = DeepKMeans(4, objective=objective, **QUICK).fit(ROWS["float32"])
    again = 1 if model.alternatives_ else 0  # rows follow their nearest landmark, as plain K-Means sees them
    assert len(cells) - trained[0] == again
