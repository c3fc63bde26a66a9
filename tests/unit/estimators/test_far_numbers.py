"""Numbers of a table of several kinds are cut off for clusters, and far away all the same for doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import deepkmeans
from deepkmeans import DeepKMeans

DRAW = np.random.default_rng(0)
GROUP = DRAW.choice(3, 300)
TABLE = pd.DataFrame({
    "x": DRAW.normal(GROUP * 8, 1), "y": DRAW.normal(-GROUP * 6, 1), "c": np.array(list("abc"))[GROUP],
})  # fmt: skip


def moved(group: int, **cells: float) -> pd.DataFrame:
    """A row of this group with other cells."""
    return TABLE.iloc[[int(np.argmax(GROUP == group))]].assign(**cells)


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return DeepKMeans(3, random_state=0).fit(TABLE)


@pytest.mark.parametrize("cells", [{"x": 1e6}, {"x": -1e6}, {"x": 60.0}, {"y": -1e6}, {"y": 1e6}, {"x": 1e300}])
@pytest.mark.parametrize("group", [0, 2])
def test_one_number_far_out_is_strange_on_either_side(model: DeepKMeans, group: int, cells: dict[str, float]) -> None:
    far = moved(group, **cells)
    assert model.confidence(far)[0] < 0.05 and model.outlier_score(far)[0] > model.outlier_score(TABLE).max()
    np.testing.assert_allclose(model.predict_proba(far), np.full((1, 3), 1 / 3), atol=0.1)


def test_the_farther_the_stranger_and_one_row_is_as_in_many(model: DeepKMeans) -> None:
    rows = pd.concat([moved(2, x=value) for value in (16.0, 25.0, 100.0, 1e4)])
    scores = model.outlier_score(rows)
    assert (np.diff(scores) > 0).all()
    np.testing.assert_allclose(scores, [model.outlier_score(rows[i : i + 1])[0] for i in range(4)], rtol=1e-6)


def test_missing_cells_are_not_far(model: DeepKMeans) -> None:
    assert model.outlier_score(moved(1, x=np.nan))[0] < model.outlier_score(moved(1, x=1e3))[0]


def test_noise_is_said_of_the_fit_as_of_new_rows(tmp_path: Path) -> None:
    table = TABLE.copy()
    table.iloc[5, 0] = 500.0
    model = DeepKMeans(3, noise="label", random_state=0).fit(table)
    assert model.labels_[5] == -1 and model.predict(moved(2, x=1e6))[0] == -1
    np.testing.assert_array_equal(model.predict(table), model.labels_)
    deepkmeans.save(model, tmp_path / "model.dkm")
    loaded = deepkmeans.load(tmp_path / "model.dkm")
    np.testing.assert_array_equal(loaded.predict(table), model.labels_)
    np.testing.assert_array_equal(loaded.outlier_score(table), model.outlier_score(table))
