"""What fit makes of files: missing cells, chosen columns, bad data, folders that cannot be made, plans."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

from .conftest import QUICK, three_groups, write_csv


def test_force_replaces_and_a_failed_fit_does_not(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = write_csv(tmp_path / "groups.csv", *three_groups(60))
    arguments = ["fit", str(data), "-k", "3", "--label-column", "species", "--quiet", *QUICK]
    assert main(arguments) == 0  # --out is guessed
    folder = tmp_path / "run-groups"
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("run-groups: 60 rows in 3 clusters of ")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    write_csv(data, np.ones((60, 4), dtype=np.float32), three_groups(60)[1])
    assert main([*arguments, "--force"]) == 3
    assert "the same" in last_line(capsys)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    write_csv(data, *three_groups(60, seed=1))
    assert main([*arguments, "--force"]) == 0
    assert (folder / "run.json").read_bytes() != before["run.json"]
    (folder / "run.json").write_text("{")
    assert main(["evaluate", str(folder)]) == 4


def test_keys_of_an_npz_and_missing_cells(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(tmp_path / "npz"), "-v", *QUICK]) == 0
    assert "labels: key y (kept out of the fit" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "npz")]) == 0
    assert "3 classes" in capsys.readouterr().out

    holes = ["fit", str(files / "holes.csv"), "-k", "3", "--drop", "species", "--out", str(tmp_path / "holes")]
    holes += ["--verbose", *QUICK]
    assert main([*holes, "--missing", "error"]) == 3
    assert "'b'" in last_line(capsys)
    assert not (tmp_path / "holes").exists()
    assert main(holes) == 0
    assert "missing values: 12 imputed by column means; change with --missing error" in capsys.readouterr().err
    written = json.loads((tmp_path / "holes" / "run.json").read_text())
    assert written["report"]["imputed"] == {"b": 12}
    assert any("imputed" in text for text in written["warnings"])


def test_columns_without_names_are_chosen_by_position_in_predict_too(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    arguments = ["fit", str(files / "flowers.npz"), "-k", "3", "--columns", "3,0", "--out", str(folder), "-q", *QUICK]
    assert main(arguments) == 0
    labels = [line.split(",")[:2] for line in (folder / "labels.csv").read_text().splitlines()]
    np.save(tmp_path / "two.npy", np.load(files / "flowers.npz")["X"][:, [3, 0]])
    for data in (files / "flowers.npz", tmp_path / "two.npy"):
        capsys.readouterr()
        assert main(["predict", str(folder), str(data)]) == 0
        assert [line.split(",") for line in capsys.readouterr().out.splitlines()] == labels


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.csv", "no such file"),
        ("empty.csv", "empty"),
        ("text.csv", "2 rows, fewer than the 3 clusters"),
        ("two.csv", "2 rows, fewer than the 3 clusters"),
    ],
)
def test_bad_data_leaves_nothing(
    files: Path, name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", str(files / name), "-k", "3", "--out", str(tmp_path / "run"), *QUICK]) == 3
    assert words in last_line(capsys)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_column_is_a_usage_error(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(files / "flowers.csv"), "--label-column", "specie"]) == 2
    assert "did you mean 'species'" in last_line(capsys)


def test_a_folder_that_cannot_be_made(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = files / "flowers.npz" / "run"
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(out), *QUICK]) == 1
    assert "is not a folder" in last_line(capsys)
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(files / "flowers.csv"), *QUICK]) == 2
    assert "is a file" in last_line(capsys)


def test_dry_run_plans_and_writes_nothing(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fit.toml").write_text(
        'clusters = 3\nobjective = "dcn"\nlabel-column = "species"\nembedding-dim = 3\ndry-run = true\n'
    )
    arguments = ["fit", str(files / "flowers.csv"), "--config", str(tmp_path / "fit.toml"), "--embedding-dim", "2"]
    assert main([*arguments, "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)["plan"]
    assert (plan["rows"], plan["columns"], plan["n_clusters"], plan["embedding_dim"]) == (240, 4, 3, 2)
    sizes = [4, 64, 64, 2, 64, 64, 4]  # 4-64-64-2 and back: weights and biases
    assert plan["weights"] == sum(a * b + b for a, b in pairwise(sizes))
    assert plan["bytes"] > 10**8
    assert 0 < plan["seconds"]["pretraining"] < np.inf
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "4-64-64-2 and back" in text
    assert "This is an estimate" in text
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--dry-run"]) == 0
    assert "the candidates and" in capsys.readouterr().out  # the default spends its time there, too
    assert [path.name for path in tmp_path.iterdir()] == ["fit.toml"]


def test_a_plan_counts_the_rows_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.RandomState(0)
    rows = random.randn(500, 4)
    seconds = []
    for copies in (1, 3):  # copies are weights: they cost nothing
        np.save(tmp_path / "rows.npy", np.repeat(rows, copies, axis=0))
        assert main(["fit", str(tmp_path / "rows.npy"), "-k", "3", "--dry-run", "--json"]) == 0
        plan = json.loads(capsys.readouterr().out)["plan"]
        assert plan["rows"] == 500 * copies
        seconds.append(plan["seconds"]["the candidates"])
    assert seconds[0] == seconds[1] > 0


def test_many_columns_are_projected_and_it_is_said(
    tmp_path: Path, quick: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.RandomState(0)
    np.save(tmp_path / "wide.npy", random.randn(80, 300) + 8 * (np.arange(80) % 2)[:, None])
    monkeypatch.chdir(tmp_path)

    def fit(*options: str) -> tuple[dict[str, Any], str]:
        assert main(["fit", "wide.npy", "-k", "2", "--json", *options]) == 0
        captured = capsys.readouterr()
        return json.loads(captured.out), captured.err

    quick = (*quick, "--partition", "standard/15/modularity")  # a network only learns what K-Means does not find
    done, told = fit("--out", "run", "-v", *quick)
    assert "columns: 300 onto 80 principal components; change with --reduce none" in told
    assert done["report"]["reduce"] == "pca"
    none, told = fit("--out", "all", "--reduce", "none", *quick)
    assert none["report"]["n_components"] is None and none["parameters"]["reduce"] == "none"
    assert "principal components" not in told
    kept, told = fit("--out", "kept", "--partition", "k-means")
    assert kept["report"]["n_components"] is None and "principal components" not in told
    plan = fit("--dry-run", *quick)[0]["plan"]
    assert (plan["reduce"], plan["columns"], plan["n_components"]) == ("pca", 300, 80)
