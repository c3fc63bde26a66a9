from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import generated, runner, trust
from benchmarks.__main__ import main


def _options(**changes: Any) -> Any:
    options = {"datasets": ["generated"], "data": None, "generated": 3, "rows": None, "seeds": [0, 1]}
    return SimpleNamespace(**{**options, "methods": ["deepkmeans"], **changes})


def _reference(dataset: str, ari: float, spread: float = 0.0, kind: str = "blobs") -> runner.Row:
    return {"dataset": dataset, "method": "reference", "seed": None, "ari": ari, "range": spread, "kind": kind}


def _fits(dataset: str, *aris: float, **more: Any) -> list[runner.Row]:
    row = {"dataset": dataset, "method": "deepkmeans", "seconds": 2.0, **more}
    return [{**row, "seed": seed, "ari": ari} for seed, ari in enumerate(aris)]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")[1:-1]]


@pytest.mark.parametrize(
    ("reference", "spread", "ari", "below"),
    [
        (0.50, 0.0, 0.490, [False, False, False]),  # 0.01 is not more than 0.01
        (0.50, 0.0, 0.489, [True, False, False]),
        (0.50, 0.01, 0.479, [True, True, False]),
        (0.50, 0.0, 0.449, [True, True, True]),
        (0.50, 0.02, 0.460, [False, False, False]),  # K-Means itself is not sure: 0.05 must be missing
        (0.50, 0.02, 0.449, [True, True, True]),
        (0.50, 0.0, 0.900, [False, False, False]),
    ],
)
def test_below_by_hand(reference: float, spread: float, ari: float, below: list[bool]) -> None:
    (found,) = trust.compare([_reference("a", reference, spread), *_fits("a", ari)], "deepkmeans")
    assert found["below"] == below and found["better"] is (ari == 0.9) and found["steady"] is None


def test_the_mean_over_seeds_decides_and_the_least_is_shown() -> None:
    rows = [_reference("a", 0.5), *_fits("a", 0.6, 0.4, 0.5), *_fits("b", 0.1)]
    (found,) = trust.compare(rows, "deepkmeans")  # "b" has no reference
    assert found["ari"] == pytest.approx(0.5) and found["least"] == 0.4 and found["below"] == [False, False, False]
    assert found["steady"] is False  # a standard deviation of 0.1
    assert trust.compare(rows, "kmeans") == []


def test_table_by_hand() -> None:
    rows = [
        _reference("iris", 0.6, kind="real"), *_fits("iris", 0.7, 0.74, chosen="paris/1", confidence=0.75),
        _reference("wine", 0.9, kind="real"), *_fits("wine", 0.875, 0.865, chosen="K-Means", confidence=0.5),
        _reference("generated-0000", 0.5), *_fits("generated-0000", 0.5, 0.5),
        _reference("generated-0001", 1.0, kind="unequal"), *_fits("generated-0001", 1.0, 0.0, chosen="ward/0"),
    ]  # fmt: skip
    lines = trust.table(rows, _options()).splitlines()
    assert [_cells(line) for line in lines[2:6]] == [
        ["deepkmeans", "real", "2", "0.795", "0.750", "50.0%", "50.0%", "0.0%", "50.0%", "50.0%", "2.0"],
        ["deepkmeans", "generated", "2", "0.500", "0.750", "50.0%", "50.0%", "50.0%", "0.0%", "50.0%", "2.0"],
        ["deepkmeans", "- blobs", "1", "0.500", "0.500", "0.0%", "0.0%", "0.0%", "0.0%", "100.0%", "2.0"],
        ["deepkmeans", "- unequal", "1", "0.500", "1.000", "100.0%", "100.0%", "100.0%", "0.0%", "0.0%", "2.0"],
    ]
    assert [_cells(line) for line in lines[9:]] == [  # the worst first
        ["deepkmeans", "generated-0001", "unequal", "0.500", "0.000", "1.000", "0.000", "-0.500", "ward/0", "-"],
        ["deepkmeans", "wine", "real", "0.870", "0.865", "0.900", "0.000", "-0.030", "K-Means", "0.50"],
    ]
    assert trust.table(rows[:3], _options()).endswith("No set is below the reference.")


def test_plan_has_one_reference_for_each_set(tmp_path: Path) -> None:
    keys = trust.plan(_options())
    names = ["generated-0000", "generated-0001", "generated-0002"]
    assert [(key["dataset"], key["method"], key["seed"]) for key in keys] == [
        *((name, "reference", None) for name in names), *((name, "deepkmeans", s) for s in (0, 1) for name in names),
    ]  # fmt: skip
    (tmp_path / "clubench").mkdir()
    for name in ("b", "a"):
        np.savez(tmp_path / "clubench" / f"{name}.npz", X=np.ones((3, 2)), y=[0, 1, 1])
    keys = trust.plan(_options(datasets=["real", "generated", "a"], data=tmp_path, generated=1, rows=50, seeds=[0]))
    assert [(key["dataset"], key["limit"]) for key in keys[:3]] == [("a", 50), ("b", 50), ("generated-0000", None)]
    assert len(keys) == 6
    for wrong in ({"datasets": ["real"]}, {"datasets": ["real"], "data": tmp_path / "clubench"}):
        with pytest.raises(ValueError, match="use --datasets generated"):
            trust.plan(_options(**wrong))
    with pytest.raises(ValueError, match="from 1 to 1000, got 1001"):
        trust.plan(_options(generated=1001))


def test_sets_are_read_and_cut(tmp_path: Path) -> None:
    (tmp_path / "clubench").mkdir()
    X, y = np.arange(60, dtype=np.float32).reshape(20, 3), np.arange(20) // 5 + 7
    np.savez(tmp_path / "clubench" / "a.npz", X=X, y=y)
    X, y, kind = trust.load("a", tmp_path)
    assert X.shape == (20, 3) and y.tolist() == (np.arange(20) // 5).tolist() and kind == "real"
    X, y, _ = trust.load("a", tmp_path, 8)
    assert X.shape == (8, 3) and (np.diff(X[:, 0]) > 0).all() and y.min() == 0
    X, y, kind = trust.load("generated-0012", None)
    assert kind == "mixed" and np.array_equal(X, generated.table(12)[0])
    with pytest.raises(ValueError, match="no generated table; name the folder"):
        trust.load("a", None)


def test_standardised_by_hand() -> None:
    X = np.array([[1.0, 0.1, 1e4], [3.0, 0.1, 3e4], [5.0, 0.1, 5e4]], dtype=np.float32)
    one = np.sqrt(1.5)
    np.testing.assert_allclose(trust.standardised(X), [[-one, 0, -one], [0, 0, 0], [one, 0, one]], atol=1e-6)


def test_the_reference_is_plain_kmeans_of_five_seeds() -> None:
    row = trust.measure({"dataset": "generated-0000", "method": "reference", "seed": None, "limit": None}, None)
    X, y, _ = generated.table(0)
    assert (row["rows"], row["columns"], row["k"], row["kind"]) == (*X.shape, y.max() + 1, "blobs")
    assert len(row["aris"]) == 5 and row["ari"] == sorted(row["aris"])[2] and row["ari"] > 0.8
    assert row["range"] == pytest.approx(max(row["aris"]) - min(row["aris"]))


@pytest.mark.slow
def test_trust_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.jsonl"
    command = ["trust", "--datasets", "generated-0001", "--seeds", "0", "--methods", "deepkmeans", "kmeans"]
    assert main([*command, "--json", str(out)]) == 0
    rows = runner.read_rows(out)
    assert [row["method"] for row in rows] == ["reference", "deepkmeans", "kmeans"]
    assert all(-1 <= row["ari"] <= 1 and row["seconds"] > 0 for row in rows)
    assert isinstance(rows[1]["chosen"], str)
    text = capsys.readouterr().out
    assert "| deepkmeans | generated " in text and "| kmeans     | - unequal " in text
    assert main([*command, "--json", str(out)]) == 0
    assert runner.read_rows(out) == rows == [json.loads(line) for line in out.read_text().splitlines()]
