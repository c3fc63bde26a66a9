from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from benchmarks import beside_clustpy, kmeans, peers, quality, runner, suite, tables
from benchmarks.__main__ import main


class Recorder:
    """A benchmark whose rows are what it is asked for. Rows run in another process: it counts in a file."""

    DATASETS = ("a",)

    def __init__(self, log: Path) -> None:
        self.log = log

    def measure(self, key: runner.Row, data: Path | None) -> runner.Row:
        if key["seed"] == 13:
            raise ValueError("unlucky")
        with self.log.open("a") as stream:
            stream.write(f"{key['seed']} ")
        return {"ari": key["seed"] / 10}


@pytest.mark.slow
def test_rows_are_kept_torn_ones_are_cut_failures_cost_no_other_row(tmp_path: Path) -> None:
    out, log = tmp_path / "out.jsonl", tmp_path / "log"
    out.write_text(json.dumps({"seed": 1, "ari": 0.5}) + '\n{"seed": 2, "ar')
    options = argparse.Namespace(json=out, data=None)
    keys = [{"seed": seed} for seed in (1, 13, 2)]
    assert runner.run(Recorder(log), keys, options) == 1  # type: ignore[arg-type]
    assert [(row["seed"], row["ari"]) for row in runner.read_rows(out)] == [(1, 0.5), (2, 0.2)]
    assert runner.run(Recorder(log), keys, options) == 1  # type: ignore[arg-type]
    assert log.read_text() == "2 "


class Killed:
    """Rows that say which process measured them; one of them dies of it."""

    DATASETS = ("a",)
    ROWS_PER_PROCESS = 3

    def measure(self, key: runner.Row, data: Path | None) -> runner.Row:
        if key["seed"] == 4:
            os._exit(1)
        return {"process": os.getpid()}


@pytest.mark.slow
def test_a_benchmark_may_measure_several_rows_in_a_process(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    options = argparse.Namespace(json=out, data=None)
    assert runner.run(Killed(), [{"seed": seed} for seed in range(7)], options) == 1  # type: ignore[arg-type]
    rows = {row["seed"]: row["process"] for row in runner.read_rows(out)}
    assert list(rows) == [0, 1, 2, 3, 5, 6]
    assert rows[0] == rows[1] == rows[2] and rows[5] == rows[6]
    assert len({os.getpid(), rows[0], rows[3], rows[5]}) == 4  # 4 took the process of 3 with it


def test_load_takes_bundled_sets_and_folders(tmp_path: Path) -> None:
    assert runner.load("iris", None)[0].shape == (150, 4)
    (tmp_path / "iris").mkdir()
    np.savez(tmp_path / "iris" / "iris.npz", X=np.ones((3, 2)), y=[0, 1, 1])
    assert runner.load("iris", tmp_path)[0].shape == (3, 2)  # the user's own wins
    with pytest.raises(ValueError, match="no bundled data set; name the folder"):
        runner.load("pendigits", None)
    np.savez(tmp_path / "iris" / "iris.npz", X=np.ones((3, 2)))
    with pytest.raises(ValueError, match="has no classes"):
        runner.load("iris", tmp_path)


def test_timed_sees_memory_and_time() -> None:
    result, cost = runner.timed(lambda: np.ones(32 * 2**20, dtype=np.uint8).sum())
    assert result == 32 * 2**20
    assert cost["peak_mib"] >= cost["peak_before_mib"] > 1
    assert 0 < cost["seconds"] < np.inf


def test_clustpy_table_by_hand(tmp_path: Path) -> None:
    peer = tmp_path / "peer.jsonl"
    theirs = [("DEC", 0, 0.5, 100.0), ("DEC", 1, 0.7, 300.0), ("DEC", 2, 0.9, 900.0), ("DCN", 0, 0.1, 10.0)]
    peer.write_text(
        "".join(
            json.dumps({"dataset": "d", "method": m, "seed": s, "ari": a, "seconds": t}) + "\n" for m, s, a, t in theirs
        )
    )
    ours = [
        {"dataset": "d", "objective": "dec", "seed": seed, "ari": ari, "seconds": seconds}
        for seed, ari, seconds in [(0, 0.8, 10.0), (1, 0.6, 10.0), (5, 0.0, 1.0)]
    ]
    options = SimpleNamespace(peer=peer, datasets=["d"], methods=["DEC", "VaDE"])
    lines = beside_clustpy.table(ours, options).splitlines()  # type: ignore[arg-type]
    # Seeds 0 and 1 only: ours 0.7, theirs 0.6; 10 s against 200 s.
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "d", "DEC", "2", "0.700", "0.600", "+0.100", "10.0", "200.0", "0.050",
    ]  # fmt: skip
    assert lines[-1] == "Geometric mean of the time ratios: 0.050"


def test_tables() -> None:
    assert tables.geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert tables.spread([{"x": 1.0}], "x") == "-"
    assert tables.render(["a", "bb"], [["ccc", "d"]]) == "| a   | bb |\n| --- | -- |\n| ccc | d  |"


@pytest.mark.slow
def test_kmeans_on_digits_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    out = tmp_path / "rows.jsonl"
    methods = ["deepkmeans", "lloyd", "lloyd-10"]
    command = ["kmeans", "--datasets", "digits", "--seeds", "0", "1", "--methods", *methods, "--json", str(out)]
    assert main(command) == 0
    rows = runner.read_rows(out)
    assert [row["method"] for row in rows] == ["deepkmeans", "lloyd", "lloyd-10", "deepkmeans", "lloyd"]
    # The best known of digits with k = 10 is 1,165,130. Which optimum near it a fit ends in, rounding may decide.
    assert all(1.165e6 < row["inertia"] < 1.3e6 for row in rows)
    assert all(row["inertia"] < 1.18e6 for row in rows if row["method"] == "deepkmeans")
    text = capsys.readouterr().out
    assert "| digits | 1797 x 64 |" in text
    assert re.search(r"deepkmeans no worse than the best of scikit-learn in [012] of 2 fits", text)
    assert main(command) == 0
    assert runner.read_rows(out) == rows


def test_the_inertia_of_a_benchmark_by_hand() -> None:
    X, centers = np.array([[0.0, 0], [2, 0], [5, 5]], dtype=np.float32), np.array([[1.0, 0], [5, 4]])
    labels = np.array([0, 0, 1])
    assert kmeans.inertia(X, centers, labels) == 3.0
    assert kmeans.inertia(sparse.csr_matrix(X), centers, labels) == pytest.approx(3.0)


def test_a_case_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kmeans", "--datasets", "iris", "--json", str(tmp_path / "r")]) == 1
    assert "no case iris; there are digits," in capsys.readouterr().err


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.jsonl"
    out.write_text("no json\n")
    assert main(["kmeans", "--datasets", "digits", "--json", str(out), "--table-only"]) == 1
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.slow
def test_objectives_on_iris_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.jsonl"
    short = json.dumps({"pretrain_epochs": 2, "max_epochs": 2})
    names = ["kmeans", "sequential", "dcn"]
    command = ["objectives", "--datasets", "iris", "--seeds", "0", "--options", short, "--json", str(out)]
    assert main([*command, "--objectives", *names]) == 0
    rows = {row["objective"]: row for row in runner.read_rows(out)}
    assert list(rows) == names
    assert rows["kmeans"]["acc"] == pytest.approx(0.83, abs=0.02)  # standardised iris, well known
    assert rows["dcn"]["epochs"] == 4
    assert all(row["peak_mib"] > 50 and row["seconds"] > 0 for row in rows.values())
    assert capsys.readouterr().out.count("| iris |") == 3


def test_the_suite_names_sets_that_it_has() -> None:
    assert set(suite.ASIDE) | set(suite.IMAGES) <= set(suite.SETS)
    X, y = suite.load("digits", None, rows=100, flat=False)
    assert X.shape == (100, 8, 8) and y.shape == (100,)
    assert suite.load("spirals", None)[0].shape == (2000, 2)


def test_peers_prepare_rows_of_every_kind() -> None:
    random = np.random.RandomState(0)
    words = sparse.random(300, 120, 0.2, random_state=0, format="csr")
    np.testing.assert_allclose(np.linalg.norm(peers.prepare(words), axis=1), 1, rtol=1e-5)
    counts = random.poisson(random.gamma(0.3, 3.0, 80), (200, 80))
    assert peers.prepare(counts).shape == (200, 50)
    mixed = random.randn(100, 3) * [1, 100, 1e4]
    np.testing.assert_allclose(peers.prepare(mixed).std(0), 1, rtol=1e-4)


def test_quality_table_by_hand() -> None:
    rows = [
        {"dataset": d, "method": m, "seed": s, "ari": a, "acc": a}
        for d, m, s, a in [
            ("iris", "deepkmeans", 0, 0.6), ("iris", "deepkmeans", 1, 0.8), ("iris", "kmeans", 0, 0.5),
            ("spirals", "deepkmeans", 0, 1.0), ("spirals", "kmeans", 0, 0.0), ("wine", "kmeans", 0, 0.9),
        ]
    ]  # fmt: skip
    options = SimpleNamespace(datasets=["iris", "wine", "spirals"], methods=["deepkmeans", "kmeans"])
    text = quality.table(rows, options)  # type: ignore[arg-type]
    cells = {
        line.split("|")[1].strip(): [c.strip() for c in line.split("|")[2:-1]]
        for line in text.split("\n\n")[1].splitlines()[2:]
    }
    assert cells["iris"] == ["0.700 ±0.141", "0.500"] and cells["wine"] == ["", "0.900"]
    assert cells["spirals*"] == ["1.000", "0.000"]
    assert cells["mean of 2 sets"] == ["0.850", "0.250"]  # wine is not complete
    assert cells["mean rank"] == ["1.00", "2.00"]


@pytest.mark.slow
def test_quality_and_ablation_measure_a_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--datasets", "iris", "--seeds", "0"]
    command = ["quality", *common, "--json", str(tmp_path / "q.jsonl"), "--methods", "deepkmeans", "kmeans"]
    assert main(command) == 0
    ours, plain = runner.read_rows(tmp_path / "q.jsonl")
    assert ours["ari"] >= plain["ari"] - 0.01 and ours["chosen"]
    command = ["ablation", *common, "--json", str(tmp_path / "a.jsonl"), "--variants"]
    assert main([*command, "full", "no judge", "no mixtures", "one space", "no noise"]) == 0
    full, judged, *_ = rows = runner.read_rows(tmp_path / "a.jsonl")
    assert len(rows) == 5 and judged["ari"] <= full["oracle"] + 0.1
    assert full["cut_0"] > 0.4 and full["oracle"] >= full["cut_0"] - 0.1 and "cut_1" not in full
    assert "first choice" in capsys.readouterr().out
