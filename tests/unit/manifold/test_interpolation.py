"""Where a new row lies in a layout: by hand, on itself, and the same whichever rows are placed with it."""

from __future__ import annotations

import numpy as np

from deepkmeans.manifold import NeighborInterpolation
from deepkmeans.manifold.interpolation import _geometric_median

ROWS = np.random.RandomState(0).normal(size=(60, 4))
COORDINATES = np.random.RandomState(1).normal(size=(60, 2)) * 30


def test_a_weighted_geometric_median_by_hand() -> None:
    line = np.array([[0.0, 0], [1, 2], [5, 10]])  # on a line: its median
    square = np.array([[0.0, 0], [2, 0], [2, 2]])  # and of a triangle the point that sees its sides under 120 degrees
    found = _geometric_median(
        np.array([line, line, line, square]), np.array([[1.0, 1, 1], [1, 0, 0], [1, 1, 3], [1] * 3]), 10.0
    )
    np.testing.assert_allclose(found[:3], [[1, 2], [0, 0], [5, 10]], atol=1e-6)
    sides = (square - found[3]) / np.linalg.norm(square - found[3], axis=1)[:, None]
    np.testing.assert_allclose((sides @ sides.T)[np.triu_indices(3, 1)], -0.5, atol=1e-6)


def test_between_three_rows_by_hand() -> None:
    rule = NeighborInterpolation(np.array([[0.0], [2.0], [3.0]]), np.array([[0.0, 0], [10, 0], [30, 0]]))
    # At 1.1 the weights are 0.67, 1 and 0.22: more than half lies beyond the first point, less beyond the second.
    np.testing.assert_allclose(rule.place(np.array([[1.1], [0.1], [1e6]])), [[10, 0], [0, 0], [10, 0]], atol=1e-4)


def test_a_row_of_the_layout_lands_on_itself_bit_for_bit() -> None:
    np.testing.assert_array_equal(NeighborInterpolation(ROWS, COORDINATES).place(ROWS), COORDINATES)


def test_no_place_depends_on_the_other_rows() -> None:
    rule, rows = NeighborInterpolation(ROWS, COORDINATES), np.random.RandomState(2).normal(size=(50, 4))
    rows[0] *= 1e6
    together = rule.place(rows)
    np.testing.assert_array_equal(np.concatenate([rule.place(row[None]) for row in rows]), together)
    low, high = COORDINATES.min(axis=0), COORDINATES.max(axis=0)
    assert (low <= together).all() and (together <= high).all()  # among the others, however far


def test_fewer_rows_than_neighbours_and_none_to_place() -> None:
    one = NeighborInterpolation(ROWS[:1], COORDINATES[:1])
    np.testing.assert_array_equal(one.place(ROWS[:3]), COORDINATES[[0, 0, 0]])
    assert one.place(ROWS[:0]).shape == (0, 2)
