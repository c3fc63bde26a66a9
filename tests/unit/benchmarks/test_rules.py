"""The benchmark of rules measures and prints, with and without ExKMC."""

from __future__ import annotations

import argparse
import importlib.util

import pytest

from benchmarks import rules
from benchmarks.__main__ import BENCHMARKS, main


def row(**changed: object) -> dict[str, object]:
    figures = {
        f"{name}{part}": value for name in ("small", "large")
        for part, value in (("", 0.9), ("_leaves", 3), ("_std", 0.01), ("_chance", 0.3), ("_exkmc", 0.89))
    }  # fmt: skip
    known = {"dataset": "iris", "labels": "kmeans", "rows": 150, "k": 3, "seconds": 1.0, "shuffled_confident": False}
    return {**figures, **known, **changed}


def test_what_is_below_the_gate_has_a_mark() -> None:
    options = argparse.Namespace(datasets=["iris"], labels=["kmeans"])
    assert BENCHMARKS["rules"] is rules
    assert "*" not in rules.table([row()], options)
    assert "0.870 *" in rules.table([row(large=0.87)], options)
    assert "0.900 *" in rules.table([row(small_exkmc=0.902)], options)
    assert "yes *" in rules.table([row(shuffled_confident=True)], options)
    assert "*" not in rules.table([row(small_exkmc=None, large_exkmc=None)], options)


def test_it_measures_iris(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--datasets", "iris", "--labels", "kmeans", "--seeds", "0", "--rows", "100"]) == 0
    printed = capsys.readouterr().out
    assert "| iris | kmeans | 100  | 3 |" in printed and "*" not in printed
    assert ("-" in printed.split("\n")[2]) == (importlib.util.find_spec("ExKMC") is None)
