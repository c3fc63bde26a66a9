"""``--kind series``: arrays and tables whose rows are time series, at fit and at predict."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

FIT = ("-k", "2", "--partition", "k-means", "--device", "cpu", "--no-progress", "--no-report", "--quiet")


def waves(n: int = 40, times: int = 30) -> np.ndarray:
    """Series (n, times) of one and of three periods."""
    random, time = np.random.RandomState(0), np.linspace(0, 1, times)
    return np.sin(2 * np.pi * np.where(np.arange(n) % 2, 3, 1)[:, None] * time) + 0.1 * random.randn(n, times)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    X = waves()
    np.save("flat.npy", X)
    np.savez("two.npz", X=np.stack([X, 2 * X[:, ::-1]], axis=2), y=np.arange(40) % 2)
    pd.DataFrame(X, columns=[f"t{time}" for time in range(30)]).to_csv("table.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(("name", "points"), [("flat.npy", [30, 1]), ("two.npz", [30, 2]), ("table.csv", [30, 1])])
def test_fit_and_predict(place: Path, name: str, points: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", name, "--kind", "series", *FIT, "--out", "run"]) == 0
    said = json.loads((place / "run" / "run.json").read_text())["report"]["input"]
    assert (said["kind"], [said["n_points"], said["n_channels"]]) == ("series", points)
    labels = pd.read_csv(place / "run" / "labels.csv")["label"]
    assert len({*zip(labels, np.arange(40) % 2, strict=True)}) == 2
    capsys.readouterr()
    assert main(["predict", "run", name, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == labels.tolist()
    if name == "two.npz":
        assert main(["evaluate", "run", "--json", "--quiet"]) == 0
        assert json.loads(capsys.readouterr().out)["ari"] == 1
        assert main(["fit", name, "--kind", "series", *FIT[:2], "--dry-run"]) == 0
        assert "two.npz: 40 rows of 30 x 2 values" in capsys.readouterr().err


def test_columns_in_any_order_and_other_lengths(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "table.csv", "--kind", "series", *FIT, "--out", "run"]) == 0
    table = pd.read_csv(place / "table.csv")
    table.assign(name="a")[[*table.columns[::-1], "name"]].to_csv(place / "turned.csv", index=False)
    np.save(place / "long.npy", np.repeat(waves(), 2, axis=1))
    for name in ("turned.csv", "long.npy"):
        capsys.readouterr()
        assert main(["predict", "run", name, "--json", "--quiet"]) == 0
        labels = json.loads(capsys.readouterr().out)["labels"]
        assert labels == pd.read_csv(place / "run" / "labels.csv")["label"].tolist(), name


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("fit named.csv --kind series --out x", 2, "leave it out with --drop name"),
        ("fit flat.npy --kind series --kind a=number --out x", 2, "--kind series is for a whole input"),
        ("predict run flat.npy", 3, "The fit was of series of 2 channels, and row 0"),
        ("predict run folder", 3, "is a folder; name a file in it"),
    ],
)
def test_what_is_refused(
    line: str, code: int, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    (place / "folder").mkdir()
    pd.read_csv(place / "table.csv").assign(name=[f"n{row}" for row in range(40)]).to_csv("named.csv", index=False)
    if line.startswith("predict"):
        assert main(["fit", "two.npz", "--kind", "series", *FIT, "--out", "run"]) == 0
    assert main(line.split()) == code
    assert message in last_line(capsys)


def test_arrays_of_three_dimensions_are_pictures_unless_series(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.RandomState(0)
    pictures = random.rand(30, 6, 9, 3)
    pictures[::2, :3] += 3
    np.save("pictures.npy", pictures)
    assert main(["fit", "pictures.npy", *FIT, "--out", "run"]) == 0
    assert json.loads((place / "run" / "run.json").read_text())["report"]["image_shape"] == [6, 9, 3]
    labels = pd.read_csv(place / "run" / "labels.csv")["label"].tolist()
    capsys.readouterr()
    assert main(["predict", "run", "pictures.npy", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == labels
