"""A gap between the levels of one column is none where no other column knows of it."""

from __future__ import annotations

import numpy as np
import torch

from deepkmeans.graph import DensityGap, GapTree, Levels, without_gaps_of_levels
from deepkmeans.graph.gaps_of_levels import some_gap_of_one_column

HALF = np.arange(100, 200)
TREE = GapTree(200, [DensityGap(2.0, 2.0, 0.0, HALF, 200)])


def _levels(*columns: np.ndarray, coded: tuple[bool, ...]) -> Levels:
    return Levels(np.column_stack(columns).astype(np.int64), np.array(coded), np.ones(200))


def _chance(seed: int, n_levels: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, n_levels, 200)


def test_one_column_alone_tells_the_sides() -> None:
    levels = _levels(np.repeat([0, 1], 100), _chance(0), _chance(1), coded=(True, False, True))
    assert some_gap_of_one_column(TREE, levels)


def test_another_column_tells_them_too() -> None:
    number = np.where(np.random.default_rng(2).random(200) < 0.9, np.repeat([1, 6], 100), 3)
    assert not some_gap_of_one_column(TREE, _levels(np.repeat([0, 1], 100), number, coded=(True, False)))


def test_a_number_parts_rows_by_itself() -> None:
    """What it tells is a gap between numbers, not between levels."""
    levels = _levels(np.repeat([0, 5], 100), _chance(0), coded=(False, True))
    assert not some_gap_of_one_column(TREE, levels)


def test_missing_cells_of_a_number_part_no_rows() -> None:
    number = np.where(np.arange(200) < 100, -1, _chance(3, 8))
    assert some_gap_of_one_column(TREE, _levels(number, _chance(4), coded=(False, True)))


def test_small_gaps_are_not_looked_at() -> None:
    shallow = GapTree(200, [DensityGap(0.4, 0.4, 0.7, HALF, 200)])
    assert not some_gap_of_one_column(shallow, _levels(np.repeat([0, 1], 100), _chance(0), coded=(True, False)))


def test_rows_change_only_where_there_is_such_a_gap() -> None:
    rng = np.random.default_rng(5)
    numbers = rng.normal(size=(200, 3))
    owner = np.array([-1, -1, -1, 0])
    random_state = np.random.RandomState(0)
    for level, changed in ((np.repeat([0.0, 1.0], 100), True), (np.zeros(200), False)):
        X = torch.from_numpy(np.column_stack([numbers, 6 * level]))
        grouped = np.digitize(numbers, [-0.7, 0.0, 0.7])
        levels = _levels(*grouped.T, level, coded=(False, False, False, True))
        made = without_gaps_of_levels(X, owner, levels, random_state)
        assert torch.equal(made, X) is not changed
