from __future__ import annotations

import argparse
import json
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import recall_score

from benchmarks import runner, select_k, select_peers, select_sets
from benchmarks.__main__ import main


def _row(dataset: str, true: int, k: int | None, **more: object) -> runner.Row:
    row = {"dataset": dataset, "method": "m", "seed": 0, "true": true, "k": k, "second": None, "confidence": None}
    return {**row, "confident": None, "over_time": k is None, "seconds": 1.0, "cpu_seconds": 0.5, **more}


@pytest.mark.parametrize(
    ("dataset", "true", "k", "hit"),
    [
        ("iris", 3, 2, True), ("iris", 3, 3, True), ("iris", 3, 4, True), ("iris", 3, 5, False), ("iris", 3, 1, False),
        ("moons", 2, 0, True), ("moons", 2, 1, True), ("iris", 3, 0, False),  # "none" is 1
        ("iris", 3, None, False), ("moons", 2, None, False), ("blob", 1, None, False),  # no proposal
        ("blob", 1, 1, True), ("noise", 1, 0, True), ("blob", 1, 2, False), ("noise", 1, 2, False),
    ],
)  # fmt: skip
def test_hits_by_hand(dataset: str, true: int, k: int | None, hit: bool) -> None:
    assert select_k.is_hit(dataset, true, k) is hit


def test_totals_by_hand() -> None:
    rows = [
        _row("iris", 3, 3, second=2, confident=True),
        _row("wine", 3, 6, second=4, confident=True, seconds=5.0),
        _row("blob", 1, 0, second=4, confident=True),
        _row("digits", 10, 12, second=8, confident=False),
        _row("moons", 2, None, seconds=12.0, cpu_seconds=8.0),
    ]
    assert select_k.totals(rows) == {
        "rows": 5,
        "exact": pytest.approx(2 / 5),  # "none" is exact for the blob
        "within 1": pytest.approx(2 / 5),
        "either": pytest.approx(3 / 5),
        "confident": pytest.approx(3 / 5),
        "right if confident": pytest.approx(2 / 3),  # by the first proposal alone
        "over time": 1,
        "seconds": pytest.approx(20 / 5),
        "cpu seconds": pytest.approx(10 / 5),
    }
    silent = select_k.totals([_row("iris", 3, 3)])
    assert silent["confident"] is None and silent["right if confident"] is None and silent["either"] == 1
    doubtful = select_k.totals([_row("iris", 3, 3, confident=False)])
    assert doubtful["confident"] == 0 and doubtful["right if confident"] is None


def test_table_by_hand() -> None:
    rows = [
        _row("iris", 3, 5, seed=1, method="ours", second=3, confidence=0.25, confident=False),
        _row("iris", 3, 3, method="ours", second=2, confidence=0.9, confident=True),
        _row("iris", 3, None, method="peer"),
        _row("blob", 1, 0, method="ours", confidence=0.8, confident=True),
    ]
    options = SimpleNamespace(methods=["ours", "peer", "absent"], datasets=["blob", "iris", "wine"])
    first, legend, second = select_k.table(rows, options).split("\n\n")  # type: ignore[arg-type]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in first.splitlines()]
    assert cells[0] == ["data", "true", "ours", "peer"]
    assert cells[2:] == [["blob", "1", "1* c0.80!", ""], ["iris", "3", "3* (2*) c0.90! / 5 (3*) c0.25", "-"]]
    assert "second proposal" in legend
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in second.splitlines()]
    assert cells[2] == ["ours", "3", "67%", "67%", "100%", "67%", "100%", "0", "1.0", "0.5"]
    assert cells[3] == ["peer", "1", "0%", "0%", "0%", "-", "-", "1", "1.0", "0.5"]


@pytest.mark.parametrize(("k", "d", "seed"), [(2, 2, 0), (4, 2, 1), (10, 3, 2), (12, 50, 0)])
def test_gaussians_can_be_told_and_differ_in_size_and_spread(k: int, d: int, seed: int) -> None:
    X, y, best = select_sets.gaussians(k, d, seed, n=20_000)
    assert X.shape == (20_000, d) and X.dtype == np.float32
    assert (best == y).mean() > 0.95 and recall_score(y, best, average="macro") > 0.95
    means = np.stack([X[y == group].mean(0) for group in range(k)])
    near = np.square(X[:, None] - means).sum(2).argmin(1) if d < 50 else best
    assert recall_score(y, near, average="macro") == pytest.approx(select_sets.RECALL, abs=0.03) or d == 50
    sizes, spreads = np.bincount(y), np.array([X[y == group].std(0).mean() for group in range(k)])
    assert 1.05 < sizes.max() / sizes.min() < 9
    assert 1.05 < spreads.max() / spreads.min() < 6.5


def test_generated_sets_come_from_the_seed() -> None:
    for name in (name for name in select_sets.DATASETS if name.startswith("gaussians") or name in ("blob", "noise")):
        X, y = select_sets.load(name, None, seed=3)
        again, other = (select_sets.load(name, None, seed=seed)[0] for seed in (3, 4))
        np.testing.assert_array_equal(X, again)
        assert X.shape == other.shape and not np.array_equal(X, other)
        assert len(np.unique(y)) == (int(name.split("_")[1]) if "_" in name else 1)
        assert [len(part) for part in select_sets.load(name, None, rows=200, seed=3)] == [200, 200]
    assert sum(name.startswith("gaussians") for name in select_sets.DATASETS) == 10
    assert len(select_sets.load("iris", None, rows=100)[0]) == 100


def test_silhouette_and_gap_know_blobs() -> None:
    X, _ = make_blobs([80, 120, 60, 40], centers=[[0, 0], [9, 0], [0, 9], [9, 9]], random_state=0)
    assert select_peers.silhouette(X, 0) == 4
    assert select_peers.gap(X, 0) == 4
    one = np.random.RandomState(0).standard_normal((400, 3))
    assert select_peers.gap(one, 0) == 1
    assert select_peers.silhouette(one, 0) >= 2  # it cannot say otherwise


def test_largest_k() -> None:
    assert [select_peers.largest_k(n) for n in (4, 10, 100, 399, 70_000)] == [3, 6, 20, 39, 40]


@pytest.mark.slow
def test_hdbscan_on_umap_knows_blobs() -> None:
    pytest.importorskip("umap")
    X, _ = make_blobs(400, centers=10 * np.eye(4), random_state=0)
    assert select_peers.umap_hdbscan(X, 0) == 4


def _interpreter(tmp_path: Path, script: str) -> str:
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_clustpy_is_asked_in_its_own_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.arange(6, dtype=np.float32).reshape(3, 2)
    answer = r"{\"k\": 7, \"seed\": $4, \"limit\": $5, \"method\": \"$2\"}"
    says = f'cp "$3" {tmp_path}/rows.npy; echo noise; echo "{answer}"'
    monkeypatch.setenv("CLUSTPY_PYTHON", _interpreter(tmp_path, says))
    assert select_peers.propose("dipdeck", X, 5, 9.0) == {"k": 7, "seed": 5, "limit": 9, "method": "DipDECK"}
    np.testing.assert_array_equal(np.load(tmp_path / "rows.npy"), X)
    monkeypatch.setenv("CLUSTPY_PYTHON", _interpreter(tmp_path, "echo one >&2; echo 'ImportError: no' >&2; exit 3"))
    with pytest.raises(RuntimeError, match="xmeans: ImportError: no"):
        select_peers.propose("xmeans", X, 0, 9.0)
    with pytest.raises(ValueError, match="'kmeans' is unknown"):
        select_peers.propose("kmeans", X, 0, 9.0)


def test_a_method_over_time_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = {"dataset": "iris", "seed": 0, "limit": 100, "time_limit": 0.2}
    monkeypatch.setenv("CLUSTPY_PYTHON", _interpreter(tmp_path, "kill -PROF $$"))
    monkeypatch.setitem(select_peers.PEERS, "gap", _stubborn)
    for method in ("xmeans", "gap"):
        row = select_k.measure({**key, "method": method}, None)
        assert (row["k"], row["over_time"], row["cpu_seconds"], row["rows"], row["true"]) == (None, True, 0.2, 100, 3)


def _stubborn(X: np.ndarray, seed: int) -> int:
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def test_the_deadline_counts_processor_time_and_leaves_nothing_behind() -> None:
    with pytest.raises(select_peers.TimeIsUp), select_peers.deadline(0.1):
        _stubborn(np.empty(0), 0)
    with select_peers.deadline(0.1):
        time.sleep(0.3)
    started = time.process_time()
    while time.process_time() - started < 0.3:
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_the_peers_need_their_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CLUSTPY_PYTHON", raising=False)
    command = ["select", "--json", str(tmp_path / "out.jsonl"), "--datasets", "iris", "--seeds", "0"]
    assert main(command) == 1
    assert capsys.readouterr().err.startswith("error: CLUSTPY_PYTHON is not set")
    options = argparse.Namespace(
        table_only=False, methods=["gap"], seeds=[0, 1], datasets=["iris"], rows=50, time_limit=9.0
    )
    assert [(key["seed"], key["method"], key["limit"]) for key in select_k.plan(options)] == [
        (0, "gap", 50),
        (1, "gap", 50),
    ]


@pytest.mark.slow
def test_select_on_iris_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.jsonl"
    command = ["select", "--json", str(out), "--datasets", "iris", "noise", "--seeds", "0"]
    assert main([*command, "--methods", "silhouette", "gap"]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["dataset"], row["method"], row["true"]) for row in rows] == [
        ("iris", "silhouette", 3), ("iris", "gap", 3), ("noise", "silhouette", 1), ("noise", "gap", 1),
    ]  # fmt: skip
    assert rows[0]["k"] == 2 and rows[3]["k"] == 1
    assert "| silhouette | 2    | 0%    | 50%      |" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("method", ["deepkmeans", "select"])
def test_ours_give_two_proposals_and_a_confidence(method: str) -> None:
    key = {"dataset": "iris", "method": method, "seed": 0, "limit": 60, "time_limit": 300.0}
    row = select_k.measure(key, None)
    assert row["k"] >= 1 and row["second"] != row["k"] and isinstance(row["confident"], bool)
    assert 0 <= row["confidence"] <= 1 and row["cpu_seconds"] > 0 and not row["over_time"]
