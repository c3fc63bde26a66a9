"""The demo on data cut down to seconds (`make demo` runs it whole), and doctor."""

from __future__ import annotations

import dataclasses
import importlib
import json
from pathlib import Path

import numpy as np
import pytest

import deepkmeans.datasets
from deepkmeans.cli import main


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("deepkmeans.cli.demo")  # the application's attribute of that name is the verb
    digits, iris = deepkmeans.datasets.load_digits(), deepkmeans.datasets.load_iris()
    digits = dataclasses.replace(digits, X=digits.X[:200], y=digits.y[:200])
    monkeypatch.setattr(deepkmeans.datasets, "load_digits", lambda: digits)
    monkeypatch.setattr(deepkmeans.datasets, "load_iris", lambda: iris)
    short = {"pretrain_epochs": 8, "max_epochs": 3, "batch_size": 32}
    monkeypatch.setattr(module, "OBJECTIVES", ("dcn", "selflabel"))
    monkeypatch.setattr(module, "_TRAINING", {"digits": short, "iris": short})


def test_demo_prints_a_table_and_leaves_a_run(small: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    written = json.loads((out / "results.json").read_text())
    assert written["results"] == said["results"]
    assert [(row["data"], row["method"]) for row in said["results"]] == [
        (data, method) for data in ("digits", "iris") for method in ("kmeans", "dcn", "selflabel")
    ]  # fmt: skip
    for row in said["results"]:
        assert 0.3 < row["acc"] <= 1
        assert 0.1 < row["ari"] <= 1
        assert row["seconds"] >= 0
    assert {path.name for path in out.iterdir()} == {
        "labels.csv", "model.dkm", "history.jsonl", "run.json", "results.json", "report.html",
    }  # fmt: skip
    labels = (out / "labels.csv").read_text().splitlines()
    assert len(labels) == 201
    np.save(tmp_path / "digits.npy", deepkmeans.datasets.load_digits().X)
    assert main(["predict", str(out), str(tmp_path / "digits.npy")]) == 0
    predicted = capsys.readouterr().out.splitlines()
    assert [line.split(",")[:2] for line in labels] == [line.split(",") for line in predicted]
    assert main(["evaluate", str(out)]) == 2  # its rows are in no file
    assert "--labels" in capsys.readouterr().err
    assert main(["demo", "--out", str(out)]) == 2
    assert "--force" in capsys.readouterr().err


def test_doctor(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["versions"]["torch"]
    assert said["device"].split(":")[0] in ("cpu", "cuda", "mps")
    assert said["cpus"] >= 1
    assert isinstance(said["fast_bfloat16"], bool)
    assert said["free_disk"] > 0
    assert said["folder_is_writable"] is True
    assert list(tmp_path.iterdir()) == []
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert all(line.strip() for line in text.splitlines())
    assert "GiB free" in text
