"""The tables in which three columns define the clusters, and the table of the benchmark."""

import argparse

import numpy as np
import pytest

from benchmarks import contributions
from benchmarks.planted import COUNT, planted_table


@pytest.mark.parametrize("number", [0, 7, 23])
def test_any_two_clusters_differ_in_each_of_the_three_columns_and_in_no_other(number):
    X, y, planted = planted_table(number)
    again = planted_table(number)
    assert X.equals(again[0]) and (y == again[1]).all() and len(planted) == 3 and X.shape[1] == 40
    numbers = X.select_dtypes("number")
    means = numbers.groupby(y).mean()
    within = numbers.groupby(y).std().mean()
    apart = {
        name: min(abs(a - b) for i, a in enumerate(means[name]) for b in means[name][:i]) / within[name]
        for name in numbers
    }
    assert {name for name, least in apart.items() if least > 4} == planted
    assert number < COUNT


def test_rows_that_a_model_has_not_found_count_for_nothing():
    row = {"model": "default", "complete": 1.0, "worst": 0.0, "seconds": 1.0}
    rows = [
        {**row, "dataset": "planted-00", "top_three": 0.9, "ari": 1.0},
        {**row, "dataset": "planted-01", "top_three": 0.1, "ari": 0.2},
        {**row, "dataset": "wine", "shap": None, "ari": 0.9},
    ]
    shown = contributions.table(rows, argparse.Namespace(models=["default"]))
    assert "planted (1 of 2 found)" in shown and "0.900" in shown and "0.100" not in shown


def test_only_the_three_columns_and_no_other_are_a_hit():
    class Explained:
        columns, index = ("a", "b", "c", "d"), np.arange(3)
        values = np.array([[3.0, 2, 1, 0], [3, 2, 0, 1], [0, 1, 2, 3]])

    y, labels = np.array([0, 0, 0]), np.array([1, 1, 1])
    assert contributions._top_three(Explained(), y, labels, frozenset("abc")) == pytest.approx(1 / 3)
