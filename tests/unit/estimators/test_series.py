"""DeepKMeans of time series: classes it finds, containers it takes alike, gaps, files, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import deepkmeans
from deepkmeans import DeepKMeans, InputSpec
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning
from deepkmeans.objectives import SelfLabel
from tests.subprocesses import environment

SERIES = InputSpec(kind="series")


def sines(n: int, *, channels: int = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sines (n, 60, channels) of three frequencies and any phase, and which of them each is."""
    random = np.random.RandomState(seed)
    classes = np.arange(n) % 3
    phase, time = random.rand(n, 1, channels), np.linspace(0, 1, 60)[None, :, None]
    waves = np.sin(2 * np.pi * (np.array([2, 4, 7])[classes][:, None, None] * time + phase))
    return waves + 0.2 * random.randn(n, 60, channels), classes


def fitted(X: object, k: int = 3, **parameters: object) -> DeepKMeans:
    return DeepKMeans(k, preprocessor=SERIES, random_state=0, **parameters).fit(X)


def quickly(X: object, k: int = 3, **parameters: object) -> DeepKMeans:
    """Fitted without over-clustering rounds, for what the graph alone tells."""
    return fitted(X, k, objective=SelfLabel(n_rounds=0), max_epochs=6, **parameters)


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return fitted(sines(90)[0][:, :, 0])


def test_shifted_sines_are_told_by_their_frequency(model: DeepKMeans) -> None:
    X, classes = sines(90)
    assert adjusted_rand_score(classes, model.labels_) > 0.95
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    new, new_classes = sines(60, seed=1)
    assert adjusted_rand_score(new_classes, model.predict(new[:, :, 0])) > 0.8
    plain = DeepKMeans(3, partition="k-means", random_state=0).fit(X[:, :, 0])
    assert adjusted_rand_score(classes, plain.labels_) < 0.5


def test_one_row_other_lengths_and_lists_are_predicted_alike(model: DeepKMeans) -> None:
    X = sines(90)[0][:, :, 0]
    assert model.predict(X[4:5]).tolist() == [model.labels_[4]]
    assert model.predict([X[4]]).tolist() == [model.labels_[4]]
    np.testing.assert_array_equal(model.predict([row.tolist() for row in X]), model.labels_)
    longer = [np.interp(np.linspace(0, 59, 90), np.arange(60), row) for row in X]
    assert (model.predict(longer) == model.labels_).mean() > 0.9
    report = model.report_["input"]
    assert (report["kind"], report["n_points"], report["n_channels"]) == ("series", 60, 1)


def test_values_come_back_in_their_own_units(model: DeepKMeans) -> None:
    X = sines(90)[0][:, :, 0]
    assert model.reconstruct(X[:2]).shape == (2, 60)
    assert np.asarray(model.decode(model.cluster_centers_)).shape == (3, 60)


def test_a_file_holds_the_model(model: DeepKMeans, tmp_path: Path) -> None:
    X = sines(90)[0][:, :, 0]
    deepkmeans.save(model, tmp_path / "model.dkm")
    np.save(tmp_path / "X.npy", X)
    code = (
        "import numpy as np, deepkmeans; model = deepkmeans.load('model.dkm');"
        "print(model.predict(np.load('X.npy')).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), cwd=tmp_path
    )  # fmt: skip
    assert done.stdout.strip() == str(model.labels_.tolist())


def test_the_number_of_clusters_is_sought_where_they_are_clearest() -> None:
    model = quickly(sines(75)[0][:, :, 0], k="auto")  # of any phase: as they are, the rows fall into nothing
    assert model.n_clusters_ == 3 and model.report_["space"] in ("spectrum", "power")
    assert quickly(np.random.RandomState(0).randn(75, 60), k="auto").n_clusters_ == 1


def test_channels_lengths_gaps_and_missing_series() -> None:
    X, classes = sines(90, channels=2)
    cut = [x[: 60 - row % 5].copy() for row, x in enumerate(X)]
    for x in cut[::7]:
        x[10:13, 0] = np.nan
    rows: list[np.ndarray | None] = [*cut]
    rows[5], rows[33] = None, np.full((4, 2), np.nan)
    with pytest.warns(MissingValuesWarning, match=r"^2 series have no value and decide nothing \(rows 5, 33\)"):
        model = quickly(rows)
    there = np.setdiff1d(np.arange(90), [5, 33])
    assert adjusted_rand_score(classes[there], model.labels_[there]) > 0.9
    report = model.report_["input"]
    assert report["left_out"] == [{"row": 5, "reason": "no value"}, {"row": 33, "reason": "no value"}]
    assert report["n_left_out"] == 2 and report["n_series"] == 88
    assert report["n_filled"] == 13 * 3 and report["longest"] == 60
    with pytest.warns(MissingValuesWarning, match=r"^2 of 90 series have no value .* \(rows 5, 33\)"):
        np.testing.assert_array_equal(model.predict(rows), model.labels_)
    with pytest.warns(MissingValuesWarning, match=r"^1 of 1 series has no value and gets"):
        assert model.predict([None]).shape == (1,)
    assert model.reconstruct(rows[:1]).shape == (1, 60, 2)
    without = quickly([rows[row] for row in there])
    assert adjusted_rand_score(without.labels_, model.labels_[there]) == 1.0


@pytest.mark.parametrize("held", ["channels", "list", "frame"])
def test_containers_of_one_kind_of_series_give_one_fit(held: str) -> None:
    X = sines(45)[0][:, :, 0]
    given = {"channels": X[:, :, None], "list": [*X], "frame": pd.DataFrame(X, columns=[f"t{t}" for t in range(60)])}
    np.testing.assert_array_equal(quickly(given[held]).labels_, quickly(X).labels_)


def test_columns_of_a_frame_are_times_in_the_order_of_the_fit() -> None:
    frame = pd.DataFrame(sines(45)[0][:, :, 0], columns=[f"t{t}" for t in range(60)])
    model = quickly(frame)
    np.testing.assert_array_equal(model.predict(frame[frame.columns[::-1]]), model.labels_)
    np.testing.assert_array_equal(model.predict(frame.to_numpy()), model.labels_)
    assert list(model.feature_names_in_) == list(frame.columns)
    with pytest.raises(InvalidDataError, match="lacks 1 of the 60 columns of the fit, 't3'"):
        model.predict(frame.drop(columns="t3"))


def test_vectors_of_other_lengths_are_series_without_being_asked() -> None:
    rows = [x[: 60 - row % 5, 0] for row, x in enumerate(sines(45)[0])]
    model = DeepKMeans(3, random_state=0, objective=SelfLabel(n_rounds=0), max_epochs=6).fit(rows)
    np.testing.assert_array_equal(model.labels_, quickly(rows).labels_)
    assert model.report_["input"]["kind"] == "series"
    assert model.report_["input"]["longest"] == 60


def test_other_objectives_and_few_rows() -> None:
    X = sines(30)[0][:, :, 0]
    assert fitted(X, objective="dcn", pretrain_epochs=1, max_epochs=1).predict(X).shape == (30,)
    assert sorted(quickly(X[:6], k=2).predict(X[:6]).tolist()) in ([0] * 3 + [1] * 3, [0] * 4 + [1] * 2, [0] * 5 + [1])


def test_what_is_refused(model: DeepKMeans) -> None:
    X = sines(45)[0][:, :, 0]
    with pytest.raises(InvalidDataError, match="was fitted on time series, and X is another kind of input"):
        model.predict(np.ones(5))
    with pytest.raises(InvalidDataError, match=r"was fitted on time series, and X is the folder '.*'; give an array"):
        model.predict(Path(__file__).parent)
    with pytest.raises(InvalidDataError, match="of 1 channel, and row 0 of X .* has 2"):
        model.predict(np.ones((2, 60, 2)))
    with pytest.raises(InvalidDataError, match=r"series 3 \(counted from 0\) has missing values.*missing='impute'"):
        quickly([x if row != 3 else np.where(x == x[4], np.nan, x) for row, x in enumerate(X)], missing="error")
    with pytest.raises(InvalidParameterError, match="kind='series' says that X is time series"):
        InputSpec(kind="series", columns={"a": "number"})
