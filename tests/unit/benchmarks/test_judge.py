"""The benchmark of the judge: rules by hand, what is learnt, and that families are left out whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks import judge, runner
from deepkmeans.graph import STATISTICS
from deepkmeans.graph.judge import CONFIDENCE, _learnt, probability_of_right


def _row(dataset: str = "generated-0000", **changes: Any) -> runner.Row:
    evidence = {name: changes.pop(name, 0.0) for name in STATISTICS}
    values = {"reference": 0.5, "range": 0.0, "best": "ranks/15/paris", "ari": 0.5, "k-means": 0.5, "oracle": 0.6}
    return {"dataset": dataset, "seed": 0, "skipped": False, "evidence": evidence, **values, **changes}


def _rows(n: int = 80) -> list[runner.Row]:
    """Candidates of which those with more consensus are better; every family has a cut and its table."""
    random, rows = np.random.RandomState(0), []
    for i in range(n):
        gain = random.uniform(-0.2, 0.2)
        more = {name: random.randn() for name in STATISTICS if name != "consensus_gain"}
        more |= {"gain_by_mixture": 0.1, "gain_by_graph": 0.1, "gain_in_robust": 0.1, "modularity_gain": 0.0}
        rows.append(_row(f"t{i // 2}~{i % 2}", **more, consensus_gain=gain, ari=0.5 + gain, oracle=0.8))
    return rows


def _options(**changes: Any) -> Any:
    options = {"datasets": ["all"], "data": None, "generated": 2, "seeds": [0, 1], "write": None}
    return SimpleNamespace(**{**options, **changes})


def test_the_plan_is_every_task_with_every_seed() -> None:
    keys = [("generated-0000", 0), ("generated-0001", 0), ("generated-0000", 1), ("generated-0001", 1)]
    assert [(row["dataset"], row["seed"]) for row in judge.plan(_options())] == keys
    assert [row["dataset"] for row in judge.plan(_options(datasets=["wine~2"]))] == ["wine~2"] * 2


def test_figures_by_hand() -> None:
    # Gains of three of four tasks; K-Means of the third is not sure, so that 0.04 less is within its own range.
    rows = [_row(), _row(reference=0.7), _row(range=0.02), _row()]
    gain, members = np.array([0.1, -0.02, -0.04]), np.array([True, True, True, False])
    expected = [f"{(1.7 + 0.04) / 3:.3f}", f"{1.7 / 3:.3f}", "33.3%", "0.0%", "33%"]
    assert judge._figures(gain, rows, members) == expected


def test_right_is_within_five_hundredths_of_the_better() -> None:
    gain = np.array([0.04, 0.06, -0.04, -0.06])
    assert judge._right(gain, np.zeros(4, dtype=bool)).tolist() == [True, False, True, True]
    assert judge._right(gain, np.ones(4, dtype=bool)).tolist() == [True, True, True, False]


def test_the_rule_leaves_k_means_only_for_another() -> None:
    for_it = {"consensus_gain": 0.04, "modularity_gain": -0.05}
    rows = [_row(**for_it), _row(**for_it, best="k-means"), _row(**{**for_it, "consensus_gain": 0.03})]
    assert judge._left(rows).tolist() == [True, False, False]


def test_the_ridge_is_that_of_standardised_numbers() -> None:
    random = np.random.RandomState(0)
    X, gain = random.randn(5000, 3) * [1, 10, 0.1] + 4, np.zeros(5000)
    gain = 0.05 * (X[:, 0] - 4) + 0.001 * (X[:, 1] - 4)
    weights, intercept = judge._fitted(X, gain)
    np.testing.assert_allclose(weights, [0.05, 0.001, 0], rtol=0.05, atol=5e-3)
    np.testing.assert_allclose(X @ weights + intercept, gain, atol=0.02)
    capped, mean = judge._fitted(X[:, :1] * 0, np.r_[np.full(2500, 9.0), np.full(2500, -0.1)])
    assert capped[0] == 0 and mean == pytest.approx(0.1)  # 9 counts as 0.3


def test_families_are_left_out_whole() -> None:
    rows = [_row(f"{name}~{cut}") for name in "abcdefghijklm" for cut in range(3)]
    rows += [_row("wine~0"), _row("wine_customer~1")]
    names = np.array([row["dataset"].split("~")[0].replace("_customer", "") for row in rows])

    def fit(train: np.ndarray) -> Any:
        assert train.any() and not set(names[train]) & set(names[~train])
        return lambda test: np.full(test.sum(), 1.0)

    assert judge._left_out(rows, fit).tolist() == [1.0] * len(rows)


def test_probabilities_of_one_answer_are_rule_of_succession() -> None:
    X = np.random.RandomState(0).randn(8, 2)
    for right, share in ((np.ones(8, dtype=bool), 0.9), (np.zeros(8, dtype=bool), 0.1)):
        weights, intercept = judge._logistic(X, right)
        assert (weights == 0).all() and 1 / (1 + np.exp(-intercept)) == pytest.approx(share)
    weights, intercept = judge._logistic(X, X[:, 0] * 100 > 0)
    assert weights[0] > abs(weights[1])
    np.testing.assert_allclose(judge._logistic(X[:0], np.ones(0, dtype=bool))[1], 0)


def test_confidence_is_learnt_from_other_families() -> None:
    rows = _rows()
    gain = np.array([row["ari"] - row["reference"] for row in rows])
    sure = judge._confidences(rows, gain, judge._left(rows))
    assert ((sure > 0) & (sure < 1)).all()
    kept = ~judge._left(rows)
    assert sure[kept & (gain < 0)].mean() > sure[kept & (gain > 0)].mean()  # what was right is called surer


def test_the_document_is_what_the_package_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, file = _rows(), tmp_path / "judge.json"
    text = judge.table([*rows, {"dataset": "x~0", "seed": 0, "skipped": True}], _options(write=file))
    document, shipped = json.loads(file.read_text(encoding="utf-8")), _learnt()
    assert document["tasks"] == 80 and document["families"] == 40
    assert document["kept"]["tasks"] + document["left"]["tasks"] == 80
    for side in ("kept", "left"):
        assert document[side].keys() == shipped[side].keys()
        assert list(document[side]["weights"]) == list(shipped[side]["weights"]) == list(CONFIDENCE)
    # The package calls its function as it calls its module: the module is asked for by name.
    monkeypatch.setattr(sys.modules["deepkmeans.graph.judge"], "_learnt", lambda: document)
    kept = rows[int(np.flatnonzero(~judge._left(rows))[0])]
    X = np.array([[row["evidence"][name] for name in CONFIDENCE] for row in rows if not judge._left([row])[0]])
    right = np.array([row["ari"] - 0.5 <= 0.05 for row in rows if not judge._left([row])[0]])
    weights, intercept = judge._logistic(X, right)
    expected = 1 / (1 + np.exp(-(X[0] @ weights + intercept)))
    assert probability_of_right(kept["evidence"], False) == pytest.approx(expected, abs=1e-4)
    lines = [line for line in text.splitlines() if "whichever is better" in line]
    assert len(lines) == 2 and all("0.0%" in line for line in lines)  # never below plain K-Means
    assert "best of the pool" in text and "generated" not in text and "the rule" in text


def test_no_row_no_table() -> None:
    assert judge.table([{"dataset": "x~0", "skipped": True}], _options()) == "no task has been measured"


def test_a_task_is_measured(tmp_path: Path) -> None:
    random, y = np.random.RandomState(0), np.arange(90) % 3
    X = random.randn(90, 3) + 8 * np.eye(3)[y]
    (tmp_path / "clubench").mkdir()
    np.savez(tmp_path / "clubench" / "easy.npz", X=np.r_[X, X[:20]], y=np.r_[y, y[:20]])
    row = judge.measure({"dataset": "easy~0", "seed": 0}, tmp_path)
    assert not row["skipped"] and row["reference"] == pytest.approx(1) and row["range"] == pytest.approx(0)
    assert row["ari"] == row["k-means"] == row["oracle"] == pytest.approx(1) and 0.5 < row["mean"] <= 1
    assert list(row["evidence"]) == list(STATISTICS) and row["evidence"]["log_clusters"] == pytest.approx(np.log(3))
    assert row["evidence"]["log_rows_a_cluster"] == pytest.approx(np.log(90 / 3))  # distinct rows
    assert json.loads(json.dumps(row)) == row
    np.savez(tmp_path / "clubench" / "easy.npz", X=X[:30], y=y[:30])
    assert judge.measure({"dataset": "easy~0", "seed": 0}, tmp_path) == {"skipped": True}
