"""deepkmeans select, and fit --clusters auto."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.cli import main
from deepkmeans.cli.select import parse_range
from deepkmeans.exceptions import InvalidParameterError

from .conftest import run_command


def test_ranges() -> None:
    assert parse_range("2:20") == range(2, 21)
    assert parse_range("4") == range(4, 5)
    assert parse_range(None) is None
    for wrong in ("", "a:b", "5:2", "0:3", "2:3:4", "2:", ":3", "1_0", " 3", "٣"):
        with pytest.raises(InvalidParameterError, match="--k-range"):
            parse_range(wrong)


def test_table_choice_and_reason(files: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plot = tmp_path / "curves.png"
    arguments = [
        "select",
        str(files / "flowers.csv"),
        "--label-column",
        "species",
        "--k-range",
        "1:6",
        "--plot",
        str(plot),
    ]
    assert main(arguments) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].split()[:3] == ["k", "posterior", "inertia"]
    assert [line.split()[0] for line in lines[1:7]] == list("123456")
    assert [line.endswith("<") for line in lines[1:7]] == [False, False, True, False, False, False]
    assert lines[7].startswith("alone would choose: ")
    assert lines[8].startswith("3 clusters")
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert main(arguments) == 2  # the plot exists
    assert "--force" in capsys.readouterr().err
    assert main([*arguments, "--force", "--quiet"]) == 0


@pytest.mark.parametrize("estimator", ["deepkmeans", "kmeans"])
def test_one_json_object(files: Path, capsys: pytest.CaptureFixture[str], estimator: str) -> None:
    assert main(["select", str(files / "flowers.npz"), "--k-range", "2:5", "--json", "--estimator", estimator]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["n_clusters"] == 3
    assert document["k"] == [2, 3, 4, 5]
    assert len(document["curves"]["silhouette"]) == 4
    assert document["rows"] == 240


def test_the_same_rows_and_empty_cells(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "same.npy", np.ones((30, 2)))
    assert main(["select", str(tmp_path / "same.npy")]) == 0
    assert "all 30 rows are the same" in capsys.readouterr().out
    assert main(["select", str(files / "holes.csv"), "--label-column", "species", "--k-range", "1:5"]) == 0
    assert "\n3 clusters" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["two.csv", "--k-range", "1:5"], 3, "2 rows"), (["two.csv", "--k-range", "5:1"], 2, "A <= B"),
        (["flowers.npz", "--plot", "curves.txt"], 2, ".png"), (["missing.csv"], 3, "missing.csv"),
        (["flowers.npz", "--estimator", "dbscan"], 2, "--estimator"), (["empty.csv"], 3, "empty"),
        (["flowers.npz", "--plot", "nowhere/curves.png"], 2, "does not exist"),
        (["flowers.npz", "--seed", "-1"], 2, "--seed"),
    ],
)  # fmt: skip
def test_refusals(files: Path, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["select", str(files / arguments[0]), *arguments[1:]]) == code
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


@pytest.mark.parametrize("option", [["--kind", "petal=number"], ["--levels", "size=S,M"], ["--encoder", "owner/name"]])
def test_what_only_deepkmeans_takes(files: Path, option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["select", str(files / "flowers.csv"), "--estimator", "kmeans", *option]) == 2
    assert (
        f"{option[0]} goes with --estimator deepkmeans, and --estimator is kmeans; leave out one of them"
        in capsys.readouterr().err
    )


def test_fit_says_what_it_chose(files: Path, tmp_path: Path) -> None:
    done = run_command(
        "fit", files / "flowers.csv", "--clusters", "auto", "--label-column", "species", "--out", tmp_path / "run",
        "--device", "cpu", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["n_clusters"] == 3
    assert document["parameters"]["n_clusters"] == "divide"
    line = next(line for line in done.stderr.splitlines() if line.startswith("clusters: 3"))
    assert "gaps lie between 3 groups" in line and "; runner-up " in line and "sure: " in line
    assert "change with --clusters N" in line
    assert {"subject": "clusters", "value": 3, "change_with": "--clusters N"} in document["guesses"]
    assert document["report"]["n_clusters_selection"]["n_clusters"] == 3


def test_a_plan_for_auto(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(files / "flowers.npz"), "--clusters", "auto", "--dry-run"]) == 0
    assert "clusters as found" in capsys.readouterr().out


def test_customers_without_clear_structure_get_a_division(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.RandomState(110)
    centers = np.repeat([[25, 20], [25, 80], [55, 50], [88, 17], [87, 82]], 40, axis=0)
    data, run = tmp_path / "customers.npy", tmp_path / "run"
    np.save(data, centers + random.randn(200, 2) * np.repeat(random.uniform(8, 15, (5, 2)), 40, axis=0))
    assert main(["select", str(data), "--k-range", "1:8", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    k = document["useful_division"]["n_clusters"]
    assert abs(k - 5) <= 1
    assert document["reason"].endswith(f"--clusters {k} takes it")
    assert main(["select", str(data), "--k-range", "1:8"]) == 0
    line, more = capsys.readouterr().out.splitlines()[-2:]
    assert more == "another number: deepkmeans fit DATA --clusters N"
    assert line.startswith("1 cluster (")
    assert f"the most useful division is into {k} groups" in line
    assert line.endswith(f"--clusters {k} takes it")
    fit = ["fit", str(data), "--out", str(run), "--device", "cpu", "--no-progress"]  # "auto" is the default
    assert main(fit) == 0
    said = capsys.readouterr()
    k = json.loads((run / "run.json").read_text())["report"]["n_clusters_selection"]["useful_division"]["n_clusters"]
    assert abs(k - 5) <= 1
    assert f"200 rows in {k} clusters of" in said.out
    assert said.out.splitlines()[-1] == (
        f"no clear structure: divided into {k}, the most useful division; --clusters 1 keeps all rows together"
    )
    line = next(line for line in said.err.splitlines() if line.startswith(f"clusters: {k} (no clear structure: "))
    assert "useful division is into" in line and line.endswith("); change with --clusters N") and "takes it" not in line
    assert {row.split(",")[1] for row in (run / "labels.csv").read_text().splitlines()[1:]} == {*map(str, range(k))}


def test_noise_stays_together_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "noise.npy", np.random.RandomState(0).rand(200, 3))
    assert main(["fit", str(tmp_path / "noise.npy"), "--out", str(tmp_path / "run"), "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert "200 rows in 1 cluster of 200 rows" in said.out
    assert said.out.splitlines()[-1] == (
        "no clear structure: all rows are in one cluster; --clusters N divides them nevertheless"
    )
    assert "clusters: 1 (no clear structure: " in said.err


@pytest.mark.slow
def test_a_plot_that_finds_no_room_is_said_and_the_old_one_stays(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    plot = tmp_path / "old.png"
    plot.write_text("old")
    monkeypatch.setattr("os.fsync", fail)
    assert main(["select", str(files / "narrow.npy"), "--k-range", "2:3", "--force", "--plot", str(plot)]) == 5
    assert "old.png': the disk is full" in capsys.readouterr().err.splitlines()[-1]
    assert plot.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
