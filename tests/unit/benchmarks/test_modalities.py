"""The benchmark of inputs as they are found: every set has ours and an alternative, and the table has every row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import modalities, modality
from benchmarks.__main__ import main
from benchmarks.modality import OURS, Modality
from deepkmeans import KMeans


def blobs(data: Path | None, limit: int | None) -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(60 if limit is None else limit) % 3
    return y[:, None] * 10 + np.random.RandomState(0).normal(size=(len(y), 2)), np.array(["a", "b", "c"])[y]


def test_every_set_has_ours_and_an_alternative():
    assert modality.OURS == OURS
    for name, each in modalities.SETS.items():
        assert OURS in each.methods and len(each.methods) > 1, name


def test_rows_and_table(tmp_path, monkeypatch, capsys):
    methods = {
        OURS: lambda X, k, seed: KMeans(k, random_state=seed).fit_predict(X),
        "halves": lambda X, k, seed: np.arange(len(X)) % 2,
    }
    monkeypatch.setattr(modalities, "SETS", {"blobs": Modality(blobs, methods)})
    monkeypatch.setattr("benchmarks.__main__.run", run_here)
    file = tmp_path / "rows.jsonl"
    arguments = ["modalities", "--json", str(file), "--datasets", "blobs", "--seeds", "0", "1", "--rows", "30"]
    assert main(arguments) == 0
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(row["method"], row["seed"]) for row in rows] == [(OURS, 0), (OURS, 1), ("halves", 0), ("halves", 1)]
    assert all(row["acc"] == 1.0 and row["rows"] == 30 for row in rows[:2])
    table = capsys.readouterr().out
    assert "| blobs | deepkmeans | 30   | 2     | 1.000 | 1.000 | 1.000 " in table and "| halves " in table


def run_here(benchmark, keys, options):
    """As the runner does, but in this process, which knows the set of the test."""
    lines = [json.dumps({**key, **benchmark.measure(key, options.data)}) for key in keys]
    options.json.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


def test_a_set_of_a_folder_says_that_it_needs_one():
    loads = [each.load for name, each in modalities.SETS.items() if name.startswith("stackoverflow-")]
    assert loads
    for load in loads:
        with pytest.raises(ValueError, match="name it with --data"):
            load(None, None)
