"""The calibration benchmark: its error by hand, its mixtures, what it learns, and its table."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.calibration_tasks import MIXTURES, load_task, mixture, with_outliers


def test_the_error_by_hand() -> None:
    sure = np.array([0.95, 0.95, 0.55, 0.55])
    # Two rows say 0.95 and half of them are right; two say 0.55 and both are.
    error = calibration._error(sure, np.array([True, False, True, True]))
    assert error == pytest.approx(0.5 * 0.45 + 0.5 * 0.45)
    assert calibration._error(np.array([1.0]), np.array([True])) == 0


def test_mixtures_are_the_same_every_time() -> None:
    for number in range(MIXTURES):
        X, y = mixture(number)
        assert len(X) == len(y) >= 1000 and set(y) == set(range(y.max() + 1))
    np.testing.assert_array_equal(mixture(3)[0], mixture(3)[0])
    assert load_task("mixture-003", None, 100)[0].shape == mixture(3)[0].shape
    with pytest.raises(ValueError, match="name the folder"):
        load_task("pendigits", None, 100)


def test_outliers_come_last() -> None:
    X = np.random.RandomState(0).rand(200, 3)
    rows, outlier = with_outliers(X, wide=True)
    np.testing.assert_array_equal(rows[~outlier], X)
    assert outlier.sum() == 4 and np.abs(rows - 0.5).max() <= 1


def _row(name: str, agreed: float) -> dict[str, Any]:
    """A set of which candidates are right as often as they agree."""
    draw = np.random.RandomState(int(100 * agreed))
    votes = np.clip(agreed + 0.1 * draw.standard_normal(400), 0.02, 0.98)
    return {
        "dataset": name, "k": 2, "votes": votes.tolist(), "right": (draw.rand(400) < votes).tolist(), "agreed": agreed,
        "alike": 0.9, "gaussian": 0.0, "accuracy": agreed, "before": 0.3, "ece": 0.05, "surer": 0.1,
        "far_confidence": 0.0, "far_shares": 0.0, "far_beyond": 1.0, "box_ours": 0.9, "wide_ours": 0.95,
        "box_forest": 0.5, "wide_forest": 0.6,
    }  # fmt: skip


def test_what_agreement_is_worth_is_learnt_and_written(tmp_path: Path) -> None:
    rows = [_row(f"set{i}", 0.55 + 0.05 * i) for i in range(8)]
    options = argparse.Namespace(write=tmp_path / "doubt.json")
    text = calibration.table(rows, options)
    assert all(row["left_out"] < 0.1 for row in rows)
    assert "open sets" in text and "isolation" not in text and "| wide" in text
    written = json.loads((tmp_path / "doubt.json").read_text())
    assert written["sets"] == 8 and set(written["weights"]) == {"constant", "votes", "agreed", "alike"}
    assert written["weights"]["votes"] + written["weights"]["agreed"] > 0.5
    assert calibration.table([], options) == "no set has been measured"
